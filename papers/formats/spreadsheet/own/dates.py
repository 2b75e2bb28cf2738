"""The dates of a Record: with the precision that they have, as ISO dates and what is beyond."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from papers.formats.remarks import year_or_remark
from papers.formats.spreadsheet.own.group import Cells, Fields, Group
from papers.formats.text import date_from_text, partial_date
from papers.records import PartialDate, Record

_ISO = re.compile(r"^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$")


def iso_date(cell: str, text: str) -> PartialDate | None:
    found = _ISO.match(cell)
    if not found:
        return date_from_text(cell)
    year, month, day = found.groups()
    return partial_date(year, month, day, text or None)


def _write_published(record: Record) -> Sequence[str]:
    date = record.published
    return (f"{date.year:04d}", date.iso(), date.text or "") if date else ("", "", "")


def _read_published(cells: Cells, remarks: list[str]) -> Fields:
    """The date, unless the year beside it was changed or the date spoilt by a spreadsheet."""
    year = year_or_remark(cells["year"], remarks)
    date = iso_date(cells["publication_date"], cells["publication_date_text"])
    agrees = date and (year is None or year.year == date.year)
    return {"published": date if agrees else year}


def _write_electronic(record: Record) -> Sequence[str]:
    date = record.electronic
    return (date.iso(), date.text or "") if date else ("", "")


def _read_electronic(cells: Cells, _: list[str]) -> Fields:
    return {"electronic": iso_date(cells["electronic_date"], cells["electronic_date_text"])}


def _read_revised(cells: Cells, _: list[str]) -> Fields:
    try:
        return {"revised": dt.date.fromisoformat(cells["revised"])}
    except ValueError:
        return {"revised": None}


PUBLISHED = Group(
    ("year", "publication_date", "publication_date_text"), _write_published, _read_published
)
ELECTRONIC = Group(("electronic_date", "electronic_date_text"), _write_electronic, _read_electronic)
REVISED = Group(
    ("revised",), lambda r: (r.revised.isoformat() if r.revised else "",), _read_revised
)
