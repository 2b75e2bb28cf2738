"""Rows of a table to Records: what CSV and Excel files share.

``Table`` is made from the header row and turns every further row into a Record or a Rejected.
Our own exports are recognised by their columns and read exactly (``spreadsheet.own``); all others
are read by what their headers mean (``spreadsheet.foreign``).

A row with fewer cells than the header is padded, with a remark. A row with more is Rejected, because nobody can
tell which of its cells moved; its neighbours are kept.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from papers.formats.input import Unreadable
from papers.formats.spreadsheet import own
from papers.formats.spreadsheet.cells import rearm
from papers.formats.spreadsheet.foreign import ForeignRow
from papers.formats.spreadsheet.headers import columns_of, known_examples
from papers.formats.text import clean
from papers.records import Record, Rejected, Source


class Table:
    """The meaning of a header row. Raises Unreadable where no column has a known name."""

    def __init__(self, header: Sequence[str]) -> None:
        self.header = [rearm(clean(cell) or "") for cell in header]
        self.columns = columns_of(self.header)
        self._named_width = max(
            (place for place, name in enumerate(self.header, start=1) if name), default=0
        )
        self.is_own = own.are_ours(self.header)
        if not self.columns:
            seen = ", ".join(repr(name[:40]) for name in self.header[:20] if name)
            raise Unreadable(
                f"No column has a known name. The first row has {seen or 'only empty cells'}; "
                f"known are names such as {known_examples()}. Put them in the first row."
            )

    def entry(
        self, cells: Sequence[str], number: int, line: int | None, remarks: Sequence[str] = ()
    ) -> Record | Rejected:
        """The Record of data row ``number``, or why there is none."""
        kept = _without_empty_end(cells, len(self.header))
        if len(kept) > len(self.header):
            return Rejected(
                position=number,
                line=line,
                raw=csv_text(kept),
                reason=f"Row {number} has {len(kept)} cells, but the header has "
                f"{len(self.header)}. Put quotes around cells that hold the separator.",
            )
        padded = [*kept, *[""] * (len(self.header) - len(kept))]
        if len(kept) < self._named_width:
            remarks = [
                *remarks,
                f"Row {number} has {len(kept)} cells of {len(self.header)}; the "
                "missing ones were taken as empty.",
            ]
        raw = csv_text(self.header, padded)
        record = self._record(padded, raw.encode("utf-8", "replace"), line, list(remarks))
        if record.names_a_paper:
            return record
        why = f" {record.remarks[0]}" if record.remarks else ""
        reason = f"Row {number} has neither a title, nor a valid identifier, nor authors.{why}"
        return Rejected(position=number, line=line, raw=csv_text(kept), reason=reason)

    def _record(
        self, cells: Sequence[str], raw: bytes, line: int | None, remarks: list[str]
    ) -> Record:
        texts = [rearm(cell) for cell in cells]
        if self.is_own:
            fields = own.fields_of(dict(zip(self.header, texts, strict=True)), remarks)
        else:
            fields = ForeignRow(self.header, self.columns, texts, remarks).fields()
        return Record(source=Source.FILE, raw=raw, line=line, remarks=tuple(remarks), **fields)  # type: ignore[arg-type]


def _without_empty_end(cells: Sequence[str], width: int) -> Sequence[str]:
    """Spreadsheets leave separators after the last column."""
    end = len(cells)
    while end > width and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def csv_text(*rows: Sequence[str]) -> str:
    """The rows as CSV, from which our own reader builds the same Record again."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
