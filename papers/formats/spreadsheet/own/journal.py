"""Where a paper stands: the journal with its ranking, the book, open access."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

from papers.formats.spreadsheet.cells import as_json, join_list, split_semicolons
from papers.formats.spreadsheet.own.dates import iso_date
from papers.formats.spreadsheet.own.group import Cells, Fields, Group, items_of
from papers.formats.spreadsheet.own.people import read_people, write_people
from papers.formats.spreadsheet.own.structures import plain
from papers.formats.text import clean
from papers.identifiers import normalise_issn
from papers.records import Book, JournalMetric, JournalName, OpenAccess, Record

N = TypeVar("N", int, float)

JOURNAL = (
    "journal", "journal_abbreviation", "issn_print", "issn_electronic", "issn_linking",
    "journal_nlm_id", "journal_publisher", "journal_country", "impact_factor", "jcr_quartile",
    "jcr_category", "cas_zone", "cas_category", "metrics_year", "journal_metrics",
)  # fmt: skip
_METRIC = ("impact_factor", "jcr_quartile", "jcr_category", "cas_zone", "cas_category", "year")


def _write_journal(record: Record) -> Sequence[str]:
    """The first ranking in columns of its own, any further ones as JSON."""
    name = record.journal or JournalName()
    first = name.metrics[0] if name.metrics else JournalMetric()
    values = (
        name.title, name.iso_abbreviation, name.issn_print, name.issn_electronic,
        name.issn_linking, name.nlm_id, name.publisher, name.country,
        *(getattr(first, field) for field in _METRIC),
    )  # fmt: skip
    more = as_json(plain(name.metrics[1:])) if name.metrics[1:] else ""
    return [*("" if value is None else str(value) for value in values), more]


def _read_journal(cells: Cells, _: list[str]) -> Fields:
    found = JournalName(
        title=clean(cells["journal"]),
        iso_abbreviation=clean(cells["journal_abbreviation"]),
        issn_print=normalise_issn(cells["issn_print"]),
        issn_electronic=normalise_issn(cells["issn_electronic"]),
        issn_linking=normalise_issn(cells["issn_linking"]),
        nlm_id=clean(cells["journal_nlm_id"]),
        publisher=clean(cells["journal_publisher"]),
        country=clean(cells["journal_country"]),
        metrics=(*_first_metric(cells), *(items_of(JournalMetric, cells["journal_metrics"]) or ())),
    )
    return {"journal": None if found == JournalName() else found}


def _first_metric(cells: Cells) -> tuple[JournalMetric, ...]:
    metric = JournalMetric(
        year=_number(int, cells["metrics_year"]),
        impact_factor=_number(float, cells["impact_factor"]),
        jcr_quartile=clean(cells["jcr_quartile"]),
        jcr_category=clean(cells["jcr_category"]),
        cas_zone=_number(int, cells["cas_zone"]),
        cas_category=clean(cells["cas_category"]),
    )
    return () if metric == JournalMetric() else (metric,)


def _number(kind: Callable[[str], N], cell: str) -> N | None:
    """A finite number, or None from anything else."""
    try:
        value = kind(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


BOOK = (
    "book_title",
    "book_publisher",
    "book_place",
    "book_accession",
    "book_isbns",
    "book_editors",
    "book_date",
)


def _write_book(record: Record) -> Sequence[str]:
    book = record.book or Book()
    texts = (book.title, book.publisher, book.place, book.accession)
    date = book.published
    written = f"{date.iso()} {date.text or ''}".strip() if date else ""
    lists = (join_list(book.isbns), write_people(book.editors))
    return [*(text or "" for text in texts), *lists, written]


def _read_book(cells: Cells, _: list[str]) -> Fields:
    date, _space, beyond = cells["book_date"].partition(" ")
    found = Book(
        title=clean(cells["book_title"]),
        publisher=clean(cells["book_publisher"]),
        place=clean(cells["book_place"]),
        accession=clean(cells["book_accession"]),
        isbns=split_semicolons(cells["book_isbns"]),
        editors=read_people(cells["book_editors"]),
        published=iso_date(date, beyond),
    )
    return {"book": None if found == Book() else found}


OPEN_ACCESS = ("open_access", "open_access_status", "open_access_url", "open_access_license")


def _write_open_access(record: Record) -> Sequence[str]:
    access = record.open_access or OpenAccess()
    is_open = {True: "yes", False: "no", None: ""}[access.is_open]
    return is_open, access.status or "", access.url or "", access.license or ""


def _read_open_access(cells: Cells, _: list[str]) -> Fields:
    found = OpenAccess(
        is_open={"yes": True, "true": True, "no": False, "false": False}.get(
            cells["open_access"].lower()
        ),
        status=clean(cells["open_access_status"]),
        url=clean(cells["open_access_url"]),
        license=clean(cells["open_access_license"]),
    )
    return {"open_access": None if found == OpenAccess() else found}


JOURNAL_PARTS = Group(JOURNAL, _write_journal, _read_journal)
BOOK_PARTS = Group(BOOK, _write_book, _read_book)
OPEN_ACCESS_PARTS = Group(OPEN_ACCESS, _write_open_access, _read_open_access)
