"""Bytes to Records and back: the one table of the formats that the house reads and writes.

A format is a module of this package with a ``detect`` and a ``read`` function and, where it
can be written, a ``write`` function:

* ``detect(head: str) -> int``: how sure, 0 (no) to 100, from the first 64 KB of text;
* ``read(file: InputFile) -> Iterator[Entry]``: Records and Rejected, in the order of the input;
* ``write(records: Iterable[Record]) -> Iterator[bytes]``.

The format of a file is found by its content; a name or a suffix never decides.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from papers.formats.input import InputFile, Unreadable
from papers.records import Entry, Record, Rejected

__all__ = ["FORMATS", "Format", "InputFile", "Unreadable", "detect", "read", "read_one", "write"]

RAW_LIMIT = 2000
"""Characters of a rejected piece that are kept with its reason."""


@dataclass(frozen=True, slots=True)
class Format:
    """One row of the table. ``module`` is loaded at first use."""

    name: str
    label: str
    suffix: str
    media_type: str
    can_write: bool = False

    @property
    def module(self) -> str:
        return f"papers.formats.{self.name}"

    def detect(self, head: str) -> int:
        return _function(self.name, "detect")(head)

    def read(self, file: InputFile) -> Iterator[Entry]:
        return _function(self.name, "read")(file)

    def write(self, records: Iterable[Record]) -> Iterator[bytes]:
        if not self.can_write:
            raise ValueError(f"{self.label} is not a format that can be written.")
        return _function(self.name, "write")(records)


@cache
def _function(format_name: str, function: str) -> Callable[..., Any]:
    return getattr(import_module(f"papers.formats.{format_name}"), function)


FORMATS = {
    row.name: row
    for row in (
        Format("pubmed_xml", "PubMed XML", ".xml", "application/xml"),
        Format("medline", "MEDLINE (nbib)", ".nbib", "text/plain"),
        Format("ris", "RIS", ".ris", "application/x-research-info-systems", can_write=True),
        Format("bibtex", "BibTeX", ".bib", "application/x-bibtex", can_write=True),
        Format("csl_json", "CSL-JSON", ".json", "application/json", can_write=True),
        Format("endnote_xml", "EndNote XML", ".xml", "application/xml"),
        Format("endnote_tagged", "EndNote tagged (enw)", ".enw", "text/plain"),
        Format("csv", "CSV or TSV", ".csv", "text/csv", can_write=True),
        Format("xlsx", "Excel workbook", ".xlsx",
               "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", can_write=True),
        Format("semantic_scholar", "Semantic Scholar JSON", ".json", "application/json"),
        Format("aggregator_json", "Aggregator JSON", ".json", "application/json"),
        Format("jsonl", "RMS Review JSON lines", ".jsonl", "application/x-ndjson"),
    )
}  # fmt: skip


# What a file can be recognised as without being a bibliography, and what to do about it.
_NOT_BIBLIOGRAPHIES = (
    (b"%PDF-", "This is a PDF. Export the references from your reference manager instead."),
    (b"Rar!", "This is a RAR archive. Unpack it and import the files inside."),
    (b"7z\xbc\xaf", "This is a 7z archive. Unpack it and import the files inside."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel or Word file. Save it as .xlsx or .csv."),
    (b"\x89PNG", "This is a picture. Export the references from your reference manager instead."),
    (
        b"\xff\xd8\xff",
        "This is a picture. Export the references from your reference manager instead.",
    ),
    (b"SQLite format 3", "This is a database file. Export the references as RIS or BibTeX."),
)


def detect(file: InputFile) -> Format:
    """The format of a file by its content. Raises Unreadable with a sentence for its reader."""
    head = file.head
    if not head.strip():
        raise Unreadable("The file is empty. Export it again and import the new file.")
    for magic, sentence in _NOT_BIBLIOGRAPHIES:
        if head.startswith(magic):
            raise Unreadable(sentence)
    if head.startswith(b"PK\x03\x04"):
        if b"[Content_Types].xml" in head or b"xl/" in head:
            return FORMATS["xlsx"]
        raise Unreadable("This is a ZIP archive. Unpack it and import the files inside.")
    if not head.strip(b"\x00"):
        raise Unreadable("The file holds nothing but zero bytes. Export it again.")
    text = file.head_text
    score, best = max(
        ((row.detect(text), row) for row in FORMATS.values() if row.name != "xlsx"),
        key=lambda pair: pair[0],
    )
    if score <= 0:
        raise Unreadable(
            "No known format: the file begins with "
            f"{_excerpt(text)!r}. Read are PubMed XML, nbib, RIS, BibTeX, CSL-JSON, EndNote XML, "
            "CSV, TSV, Excel, and Semantic Scholar JSON."
        )
    return best


def _excerpt(text: str) -> str:
    return " ".join(text.split())[:60]


def read(file: InputFile, format_name: str | None = None) -> Iterator[Entry]:
    """Every entry of a file, in order, numbered from 1, Records marked with their format.

    ``format_name`` None: found by content. Raises Unreadable where the file as a whole cannot be
    read; whatever is wrong with one piece is a Rejected between its neighbours.
    """
    row = FORMATS[format_name] if format_name else detect(file)
    position = 0
    for position, entry in enumerate(row.read(file), start=1):
        if isinstance(entry, Record):
            # Records are ours alone at this point; a copy of forty fields each would cost a
            # tenth of the import.
            if not entry.format:  # a reader names another where ``raw`` is kept in that one
                object.__setattr__(entry, "format", row.name)
            object.__setattr__(entry, "position", position)
            yield entry
        elif isinstance(entry, Rejected):
            yield dataclasses.replace(entry, position=position, raw=entry.raw[:RAW_LIMIT])
        else:
            yield dataclasses.replace(entry, position=position)
    if file.problem:
        yield Rejected(position + 1, None, "", file.problem)


def read_one(raw: bytes, format_name: str) -> Record:
    """The Record that ``raw``, the stored bytes of one, says. Raises ValueError if it says none.

    Every reader gives each Record such ``raw`` that this returns an equal one.
    """
    for entry in read(InputFile.from_bytes(raw), format_name):
        if isinstance(entry, Record):
            return entry
    raise ValueError(f"the stored {format_name} payload holds no record: {raw[:80]!r}")


def write(format_name: str, records: Iterable[Record]) -> Iterator[bytes]:
    """The records as a file of that format, in pieces."""
    return FORMATS[format_name].write(records)
