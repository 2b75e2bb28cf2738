"""The lines of a RIS file: which belong to one record, and which field each of them says.

A field is written "TY  - JOUR": two letters, two spaces, a hyphen, a space. Files in the wild
also leave spaces out, indent, go on over several lines, and forget the ER that ends a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

Field = tuple[str, str]

_LETTERS = (
    "AB AD AN AR AU AV BT CA CN CP CT CY DA DB DI DO DP ED EP ER ET ID IS JA JF JO KW LA LB LK NV "
    "OP PB PM PP PY RI RN RP SE SN SP ST TA TI TT TY UR VL VO"
)
_WITH_DIGIT = (
    "A1 A2 A3 A4 C1 C2 C3 C4 C5 C6 C7 C8 J1 J2 L1 L2 L3 L4 M1 M2 M3 N1 N2 T1 T2 T3 U1 U2 U3 U4 U5 "
    "Y1 Y2"
)
_KNOWN = frozenset(_LETTERS.split()) | frozenset(_WITH_DIGIT.split())
_PLAIN = frozenset(
    ["TY", "TI", "AU", "PY", "KW", "JO", "JF", "VL", "IS", "UR", "LA", "DO", "AN", "ER"]
)
"""Tags that no abstract has for an abbreviation, as it has CT, AD or T1."""

# Two spaces before the hyphen make a tag of any two characters; PsycINFO has "PMID  - 1", too.
# A byte order mark stands in the middle where somebody has joined two files.
_TAG = re.compile(r"[\s\ufeff]*(PMID|PMCID|DOI|[A-Z][A-Z0-9])\s{2,}[-\u2013](?:\s?(.*))$")
# With fewer, "T1-weighted images" and "ER - positive tumours" must stay text.
_LOOSE_TAG = re.compile(r"[\s\ufeff]*([A-Z][A-Z0-9]) ?[-\u2013](?: +(.*)|\s*)$")
_LOOSE_START = re.compile(r"[\s\ufeff]*TY ?[-\u2013] ?([A-Z]{3,8})\s*$")


@dataclass(slots=True)
class Piece:
    """The lines of one record, as they are and as fields."""

    line: int
    is_loose: bool = False
    """Its TY line leaves out a space, so its other lines may do so, too."""
    is_open: bool = False
    """The file ends before the record does."""
    lines: list[str] = field(default_factory=list)
    parts: list[tuple[str, list[str]]] = field(default_factory=list)
    """Each tag with the lines of its text."""

    @property
    def fields(self) -> list[Field]:
        return [(tag, "\n".join(texts)) for tag, texts in self.parts]

    @property
    def raw(self) -> bytes:
        return "\n".join(self.lines).rstrip("\n").encode("utf-8", "replace")


def pieces(lines: Iterable[tuple[int, str]]) -> Iterator[Piece]:
    """The records of a file. Lines outside of any ("Provider: …", "1.") belong to none."""
    piece: Piece | None = None
    for number, line in lines:
        found = field_of(line, is_loose=piece is None or piece.is_loose)
        tag = found[0] if found else None
        if piece and tag == "TY":
            yield piece
            piece = None
        if piece is None:
            if tag is None or tag == "ER":
                continue
            piece = Piece(number, is_loose=not _TAG.match(line))
        piece.lines.append(line)
        if tag == "ER":
            yield piece
            piece = None
        else:
            _append(piece, found, line)
    if piece:
        piece.is_open = True
        yield piece


def field_of(line: str, *, is_loose: bool) -> Field | None:
    """(tag, text) of a line, or None where it goes on with the line before it."""
    if found := _TAG.match(line):
        return found[1], (found[2] or "").strip()
    if found := _LOOSE_START.match(line):
        return "TY", found[1]
    found = _LOOSE_TAG.match(line)
    if not found or found[1] not in _KNOWN:
        return None
    text = (found[2] or "").strip()
    if found[1] == "ER":
        return None if text else ("ER", "")
    # In a record that is otherwise well written, "CT - guided" is text and "AU - Smith" is not.
    return (found[1], text) if is_loose or found[1] in _PLAIN else None


def _append(piece: Piece, found: Field | None, line: str) -> None:
    if found:
        piece.parts.append((found[0], [found[1]]))
    elif piece.parts:
        piece.parts[-1][1].append(line.strip())
