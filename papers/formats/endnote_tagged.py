"""EndNote's tagged format (enw, refer): a line for each field, which begins with "%" and a letter.

A blank line parts records; a paragraph of an abstract may follow a blank line, too, so only a tag
that can begin a record, or that the record already has, ends it. "%0" always begins one, unless
it comes late, as some repositories write it behind the title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from papers.formats.endnote_record import entry_from
from papers.formats.input import InputFile
from papers.records import Record, Rejected

_NAMES = {
    "0": "type", "A": "author", "E": "editor", "T": "title", "Q": "translated_title",
    "B": "secondary_title", "J": "journal", "O": "abbreviation", "D": "year", "8": "date",
    "V": "volume", "N": "issue", "P": "pages", "]": "number_of_article", "@": "isbn",
    "M": "accession", "R": "doi", "2": "pmcid", "~": "database", "G": "language", "K": "keyword",
    "X": "abstract", "Z": "note", "U": "url", "+": "address", "I": "publisher", "C": "place",
    "9": "work_type",
}  # fmt: skip
_TAG = re.compile(r"\s{0,3}%([0-9A-Z@!#$^&*()+=\]\[?<>~|])(?:\s(.*)|$)")
_BEGINS_A_RECORD = frozenset("0TA")
_MANY = frozenset("AEYKU?")


@dataclass(slots=True)
class _Piece:
    """The lines of one record so far."""

    line: int
    lines: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    is_after_blank: bool = False


def detect(head: str) -> int:
    tags = [found.group(1) for found in map(_TAG.match, head.splitlines()) if found]
    if not tags:
        return 0
    return 85 if set("0T") & set(tags) and len(tags) > 1 else 40


def read(file: InputFile) -> Iterator[Record | Rejected]:
    for piece in _pieces(file.lines()):
        raw = "\n".join(piece.lines).strip("\n").encode()
        if piece.tags:
            yield entry_from(_values(piece.lines), raw, piece.line)
        else:
            yield Rejected(
                position=0,
                line=piece.line,
                raw=raw.decode(),
                reason="No line here begins with a tag such as %T. Export the file again.",
            )


def _pieces(lines: Iterable[tuple[int, str]]) -> Iterator[_Piece]:
    piece: _Piece | None = None
    for number, line in lines:
        if not line.strip():
            if piece:
                piece.is_after_blank = True
                piece.lines.append("")
            continue
        found = _TAG.match(line)
        tag = found.group(1) if found else None
        if piece is None or (tag and _begins_another(piece, tag)):
            if piece:
                yield piece
            piece = _Piece(number)
        piece.lines.append(line)
        piece.is_after_blank = False
        if tag:
            piece.tags.add(tag)
    if piece:
        yield piece


def _begins_another(piece: _Piece, tag: str) -> bool:
    if not piece.tags:
        return True  # what stood before was no record
    is_repeated = tag in piece.tags and tag not in _MANY
    if piece.is_after_blank:
        return is_repeated or tag in _BEGINS_A_RECORD
    return tag == "0" and is_repeated


def _values(lines: Iterable[str]) -> dict[str, list[str]]:
    """Names to texts; a line without a tag goes on with the field before it."""
    values: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in lines:
        if found := _TAG.match(line):
            current = values.setdefault(_NAMES.get(found.group(1), "unused"), [])
            current.append(found.group(2) or "")
        elif current:
            current[-1] += f"\n{line}"
    return values
