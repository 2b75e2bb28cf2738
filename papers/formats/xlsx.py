"""Excel workbooks: the same rows as CSV, from the first sheet that names its columns.

The stored ``raw`` of a row is CSV, which ``papers.formats.csv`` reads back to an equal Record.
A text that is too long for a cell goes on in the sheet "Long texts", below the number that ends
its beginning; nothing is cut.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from tempfile import TemporaryFile
from typing import Any

import openpyxl
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from papers.formats.input import CHUNK_BYTES, InputFile, Unreadable
from papers.formats.spreadsheet import own
from papers.formats.spreadsheet.cells import disarm
from papers.formats.spreadsheet.headers import PREAMBLE_ROWS, best_header, count_known
from papers.formats.spreadsheet.table import Table
from papers.records import Record, Rejected

CELL_LIMIT = 32_767
"""Most characters of a cell (Microsoft, "Excel specifications and limits")."""

MAX_UNPACKED_BYTES = 512 << 20
MAX_RATIO = 200
"""Sheets of text pack 5 to 20 times; only a bomb packs better than this."""

_LONG_TEXTS = "Long texts"
_CONTINUES = re.compile(r" … \[long text (\d+) continues\]$")

# XML 1.0 has no such characters. openpyxl refuses them, Excel calls the file damaged.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_WIDTHS = {"title": 60, "authors": 40, "abstract": 80, "journal": 30, "keywords": 30}
_WIDTH = 16

# It warns of charts and rules in a workbook that it leaves out; only cells are read here.
warnings.filterwarnings("ignore", module="openpyxl")

_Cells = list[str]
_Workbook = openpyxl.Workbook


def detect(head: str) -> int:
    """0: a workbook is no text; ``papers.formats.detect`` knows it by its first bytes."""
    return 0


def read(file: InputFile) -> Iterator[Record | Rejected]:
    book = _load(file)
    header, rows = _table(book)
    table, number, line = Table(header), 0, 0
    long_texts = _long_texts(book)
    try:
        for line, cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            number += 1
            yield _as_csv(table.entry(_continued(cells, long_texts), number, line))
    except Exception:  # openpyxl lets errors of any kind out of a damaged sheet
        yield Rejected(
            number + 1, line + 1, "", f"The sheet is damaged after its row {line}. Open the "
            "workbook in Excel, save it again, and import the new file."
        )  # fmt: skip
    finally:
        book.close()


def header_of(file: InputFile) -> list[str]:
    """The names of the columns. Raises Unreadable where no sheet has any that is known."""
    book = _load(file)
    try:
        return Table(_table(book)[0]).header
    finally:
        book.close()


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """One sheet "Papers" with a frozen header, every cell a text and none a formula."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Papers")
    sheet.freeze_panes = "B2"
    for place, name in enumerate(own.HEADER, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(name, _WIDTH)
    sheet.append([_heading(sheet, name) for name in own.HEADER])
    overflow: list[list[str]] = []
    for record in records:
        sheet.append([_text(sheet, _cut(cell, overflow)) for cell in own.row_of(record)])
    if overflow:
        _write_long_texts(book, overflow)
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


# -- Reading -----------------------------------------------------------------------------------


def _load(file: InputFile) -> _Workbook:
    content = file.read_whole()
    try:
        _refuse_bomb(zipfile.ZipFile(io.BytesIO(content)))
        return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Unreadable:
        raise
    except Exception:  # openpyxl has no error of its own for a damaged workbook
        raise Unreadable(
            "The workbook is damaged or not finished. Open it in Excel, save it again, and import "
            "the new file."
        ) from None


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > MAX_UNPACKED_BYTES or (unpacked > 32 << 20 and unpacked > MAX_RATIO * packed):
        raise Unreadable(
            f"The workbook unpacks to {unpacked >> 20} MB, more than any bibliography. It was not "
            "read. Export the references as CSV instead."
        )


def _table(book: _Workbook) -> tuple[_Cells, Iterator[tuple[int, _Cells]]]:
    """(the header, the numbered rows below it) of the first sheet that has a header."""
    fallback: _Cells | None = None
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        first = [_texts(row) for row in islice(sheet.iter_rows(), PREAMBLE_ROWS)]
        place = best_header(first)
        if first and count_known(first[place]):
            rows = enumerate(sheet.iter_rows(), start=1)
            width = len(first[place])
            below = ((line, _padded(_texts(row), width)) for line, row in rows if line > place + 1)
            return first[place], below
        fallback = fallback or next((row for row in first if any(row)), None)
    return fallback or [], iter(())


def _texts(row: Iterable[Any]) -> _Cells:
    return ["" if cell.data_type == "e" else _as_text(cell.value) for cell in row]


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


def _padded(cells: _Cells, width: int) -> _Cells:
    """Excel does not store the empty cells at the end of a row."""
    return [*cells, *[""] * (width - len(cells))]


def _as_csv(entry: Record | Rejected) -> Record | Rejected:
    if isinstance(entry, Record):
        object.__setattr__(entry, "format", "csv")  # what ``raw`` is; a Record is ours until read
    return entry


def _long_texts(book: _Workbook) -> dict[str, str]:
    """Number of a long text -> what follows its beginning."""
    parts: dict[str, list[str]] = defaultdict(list)
    if _LONG_TEXTS in book.sheetnames:
        for row in book[_LONG_TEXTS].iter_rows(min_row=2):
            number, text = (*_texts(row), "", "")[:2]
            parts[number].append(text.removeprefix("'"))
    return {number: "".join(texts) for number, texts in parts.items()}


def _continued(cells: Sequence[str], long_texts: Mapping[str, str]) -> Sequence[str]:
    return [_with_continuation(cell, long_texts) for cell in cells] if long_texts else cells


def _with_continuation(cell: str, long_texts: Mapping[str, str]) -> str:
    found = _CONTINUES.search(cell)
    if not found or found[1] not in long_texts:
        return cell
    return cell[: found.start()] + long_texts[found[1]]


# -- Writing -----------------------------------------------------------------------------------


def _heading(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _text(sheet: WriteOnlyWorksheet, text: str) -> Cell | None:
    if not text:
        return None
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.alignment = Alignment(vertical="top")
    return cell


def _cut(cell: str, overflow: list[list[str]]) -> str:
    """What stands in the cell; the rest of a longer text is added to ``overflow``."""
    text = disarm(_ILLEGAL.sub("", cell))
    if _length(text) <= CELL_LIMIT:
        return text
    number = str(len({row[0] for row in overflow}) + 1)
    pieces = _pieces(text, CELL_LIMIT // 2)
    overflow.extend([number, f"'{piece}"] for piece in pieces[1:])
    return f"{pieces[0]} … [long text {number} continues]"


def _length(text: str) -> int:
    """Excel counts UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text)


def _pieces(text: str, size: int) -> list[str]:
    """Pieces that fit into a cell even if every character counts twice."""
    return [text[start : start + size - 50] for start in range(0, len(text), size - 50)]


def _write_long_texts(book: _Workbook, overflow: Sequence[Sequence[str]]) -> None:
    sheet = book.create_sheet(_LONG_TEXTS)
    sheet.column_dimensions["B"].width = 120
    sheet.append([_heading(sheet, "long text"), _heading(sheet, "continues")])
    for row in overflow:
        sheet.append([_text(sheet, cell) for cell in row])
