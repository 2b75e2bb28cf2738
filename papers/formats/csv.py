"""CSV and TSV of any origin, and the CSV that we write.

Reading streams. The separator (comma, semicolon, tab, bar) is the one that makes most of the
header's names known. A quote that is never closed would swallow the rows behind it: such a row
is Rejected alone and reading goes on with the line after it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, dropwhile, islice

from papers.formats.input import InputFile, Unreadable
from papers.formats.spreadsheet import own
from papers.formats.spreadsheet.cells import disarm
from papers.formats.spreadsheet.headers import PREAMBLE_ROWS, best_header, count_known
from papers.formats.spreadsheet.table import Table
from papers.records import Record, Rejected

_SEPARATORS = (",", ";", "\t", "|")

# The module's own limit of 131,072 is less than the affiliations of a paper with 3,000 authors.
csv.field_size_limit(1 << 22)

MAX_LINES_OF_ROW = 5000
"""Most lines that one row may cover before its quote counts as never closed."""

FEWEST_LINES_OF_ROW = 100
"""What that number falls to, by halves, in a file that keeps opening quotes: each of its rows
would be looked for through thousands of lines."""


def detect(head: str) -> int:
    lines = head.replace("\0", "").lstrip().splitlines()[:PREAMBLE_ROWS]
    if not lines or lines[0].startswith(("{", "[", "<", "@", "%")):
        return 0
    place, separator = _find_header(lines)
    header = _split(lines[place], separator)
    known = count_known(header)
    if not known or (len(header) == 1 and len(lines) < 2):
        return 0
    return min(85, 25 + 10 * known)


def read(file: InputFile) -> Iterator[Record | Rejected]:
    rows = _Rows(file)
    table = Table(rows.header)
    number = 0
    for line, cells, problem, remarks in rows:
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        if problem:
            yield Rejected(number, line, "\n".join(cells), problem)
        else:
            yield table.entry(cells, number, line, remarks)


def header_of(file: InputFile) -> list[str]:
    """The names of the columns. Raises Unreadable where the first row has none that is known."""
    return Table(_Rows(file).header).header


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, without which Excel reads it as Windows-1252."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")
    for row in chain([own.HEADER], map(own.row_of, records)):
        writer.writerow([disarm(cell) for cell in row])
        yield out.getvalue().encode("utf-8", "replace")
        out.seek(0)
        out.truncate()


def _sep_line(line: str) -> str | None:
    """Excel's own first line, "sep=;"."""
    text = line.strip().strip('"')
    return text[4:5] if text.lower().startswith("sep=") and len(text) <= 5 else None


def _find_header(lines: Sequence[str]) -> tuple[int, str]:
    """(the place of the line that names the columns, the separator of the file)."""
    declared = _sep_line(lines[0])
    if declared and len(lines) > 1:
        return 1, declared
    place = best_header([_split(text, _separator_of(text)) for text in lines])
    return place, _separator_of(lines[place])


def _separator_of(line: str) -> str:
    """The separator that makes most names known; among equals the one that parts most."""
    parted = ((separator, _split(line, separator)) for separator in _SEPARATORS)
    return max(parted, key=lambda pair: (count_known(pair[1]), len(pair[1])))[0]


def _split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return line.split(separator)


_RawRow = tuple[int, list[str], str | None, list[str]]


NEVER_CLOSED = (
    "A quote in this row is never closed. Close it or double it, and import the row again."
)
TOO_LONG = (
    "A cell that begins in this row is longer than 4 MB. Look for a missing line end or quote."
)


class _Rows:
    """The data rows of a file as (line, cells, problem, remarks); ``header`` is the first row."""

    def __init__(self, file: InputFile) -> None:
        self._lines = file.lines()
        self._pending: list[tuple[int, str]] = []
        self._taken: list[tuple[int, str]] = []
        self._most_lines = MAX_LINES_OF_ROW
        self._separator = self._find_separator()
        self.header = next(self._read_rows(), (0, [], None, []))[1]

    def __iter__(self) -> Iterator[_RawRow]:
        return self._read_rows(len(self.header))

    def _find_separator(self) -> str:
        """The separator of the header, which is then the next line to be read."""
        below_blanks = dropwhile(lambda pair: not pair[1].strip("\0 \t"), self._lines)
        first = list(islice(below_blanks, PREAMBLE_ROWS))
        if not first:
            raise Unreadable("The file has no header row. The first row must name the columns.")
        place, separator = _find_header([text.replace("\0", "") for _, text in first])
        self._pending = first[place:][::-1]  # a stack: the next line on top
        return separator

    def _feed(self) -> Iterator[str]:
        """The lines for the parser, which asks for more as long as a quote is open."""
        while True:
            numbered = self._pending.pop() if self._pending else next(self._lines, None)
            if numbered is None:
                return
            self._taken.append(numbered)
            yield numbered[1].replace("\0", "") + "\n"
            if len(self._taken) > self._most_lines:
                return

    def _read_rows(self, width: int | None = None) -> Iterator[_RawRow]:
        while True:
            self._taken = []
            reader = csv.reader(self._feed(), delimiter=self._separator, skipinitialspace=True)
            try:
                cells = next(reader, None)
            except csv.Error:
                cells = None
            if not self._taken:
                return
            yield self._row(cells, width)

    def _row(self, cells: list[str] | None, width: int | None) -> _RawRow:
        first_line, first_text = self._taken[0]
        remarks = (
            ["NUL bytes were removed."] if any("\0" in text for _, text in self._taken) else []
        )
        if cells is not None and (width is None or not self._has_open_quote(cells, width)):
            return first_line, cells, None, remarks
        self._pending.extend(self._taken[:0:-1])
        if len(self._taken) > FEWEST_LINES_OF_ROW:
            self._most_lines = max(self._most_lines // 2, FEWEST_LINES_OF_ROW)
        return (
            first_line,
            [first_text.replace("\0", "")],
            NEVER_CLOSED if cells is not None else TOO_LONG,
            remarks,
        )

    def _has_open_quote(self, cells: Sequence[str], width: int) -> bool:
        """A row over several lines of the wrong width, with a line in it that is a row itself."""
        following = self._taken[1:]
        if not following or len(cells) == width:
            return False
        if len(self._taken) > self._most_lines:
            return True
        return any(len(_split(text, self._separator)) == width for _, text in following)
