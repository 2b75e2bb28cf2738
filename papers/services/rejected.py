"""The rejected pieces of an import as a file that can be mended and imported again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from papers.formats import FORMATS, InputFile, Unreadable
from papers.models import Import, Pull


@dataclass(frozen=True, slots=True)
class Frame:
    """What makes loose pieces a file of a format again."""

    before: str = ""
    between: str = "\n\n"
    after: str = "\n"


_JSON = Frame("[\n", ",\n", "\n]\n")
_FRAMES = {
    "pubmed_xml": Frame("<PubmedArticleSet>\n", "\n", "\n</PubmedArticleSet>\n"),
    "endnote_xml": Frame("<xml><records>\n", "\n", "\n</records></xml>\n"),
    "csl_json": _JSON,
    "semantic_scholar": _JSON,
    "aggregator_json": _JSON,
    "jsonl": Frame(between="\n"),
}
_TABLES = ("csv", "xlsx")


def rejected_suffix(job: Import | Pull) -> str:
    """How the name of that file ends; a workbook's rows come as CSV."""
    if job.format in _TABLES:
        return ".csv"
    return FORMATS[job.format].suffix if job.format in FORMATS else ".txt"


def rejected_file(job: Import | Pull) -> Iterator[str]:
    """The raw pieces, one after the other, within what their format needs around them.

    A piece whose raw text was cut (``papers.formats.RAW_LIMIT``) is cut here too: its whole is
    in the uploaded file, at the line that the import's page names.
    """
    pieces = job.rejected_pieces.exclude(raw="").values_list("raw", flat=True).iterator(500)
    if isinstance(job, Import) and job.format in _TABLES:
        yield from _table(job, pieces)
        return
    frame = _FRAMES.get(job.format, Frame())
    yield frame.before
    for number, raw in enumerate(pieces):
        yield frame.between + raw if number else raw
    yield frame.after


def _table(job: Import, pieces: Iterator[str]) -> Iterator[str]:
    """The header once, then the rows; some pieces bring the header along, some do not."""
    header = _header(job)
    yield header
    for raw in pieces:
        row = raw.removeprefix(header) if header else raw
        yield row.rstrip("\n") + "\n"


def _header(job: Import) -> str:
    # Loaded at first use, as all formats are: openpyxl would slow every start.
    from papers.formats import csv, xlsx
    from papers.formats.spreadsheet.table import csv_text

    header_of = {"csv": csv.header_of, "xlsx": xlsx.header_of}[job.format]
    try:
        return csv_text(header_of(InputFile.from_path(job.path)))
    except (Unreadable, FileNotFoundError):
        return ""  # the rows alone are better than nothing
