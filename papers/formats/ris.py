"""RIS in the dialects of databases and reference managers; our own reads back without loss."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from papers.formats import ris_lines
from papers.formats.input import InputFile
from papers.formats.ris_reading import record_from
from papers.formats.ris_writing import lines_of
from papers.records import Record, Rejected

_CUT = "The record has no end: the file is cut off or damaged here. Export it again."


def detect(head: str) -> int:
    lines = head.splitlines()
    if any(line.startswith("PMID-") for line in lines):
        return 0
    found = [field for line in lines if (field := ris_lines.field_of(line, is_loose=True))]
    tags = {tag for tag, _ in found}
    if "TY" in tags:
        return 90 if len(tags) > 1 else 50
    # Some files have lost the TY lines; MEDLINE looks alike, but has no ER.
    return 60 if "ER" in tags and len(tags) > 3 else 0


def read(file: InputFile) -> Iterator[Record | Rejected]:
    for piece in ris_lines.pieces(file.lines()):
        is_cut = piece.is_open and file.problem is not None
        yield _rejected(piece, _CUT) if is_cut else _entry(piece)


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """One record a piece, in UTF-8, with the line ends that the format asks for."""
    for record in records:
        yield ("\r\n".join(lines_of(record)) + "\r\n\r\n").encode("utf-8", "replace")


def _entry(piece: ris_lines.Piece) -> Record | Rejected:
    record = record_from(piece.fields, raw=piece.raw, line=piece.line)
    if record.names_a_paper:
        return record
    why = f" {record.remarks[0]}" if record.remarks else ""
    return _rejected(
        piece, f"The record has neither a title, nor authors, nor a valid identifier.{why}"
    )


def _rejected(piece: ris_lines.Piece, reason: str) -> Rejected:
    return Rejected(position=0, line=piece.line, raw=piece.raw.decode(), reason=reason)
