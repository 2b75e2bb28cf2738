"""A Record as lines of RIS that reference managers understand.

RIS has no tags for MeSH, ORCIDs, grants or retractions. What its tags do not give back stands in
notes, one line for each column of our spreadsheets ("RMS Review mesh_headings: …", see
``csl_notes``), so that a file of ours is read back whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from papers.formats import csl_notes, tag_keywords
from papers.formats.ris_reading import TYPES, record_from
from papers.formats.ris_values import RETRACTED, TRIALS
from papers.formats.text import clean
from papers.records import AuthorName, Book, JournalName, PartialDate, Record

_CODES = {name: code for code, name in reversed(TYPES.items())}


def lines_of(record: Record) -> Iterator[str]:
    """The lines from TY to ER, without line ends."""
    fields = [(tag, text) for tag, value in _fields(record) if (text := clean(value))]
    said = record_from(fields)
    for tag, text in fields:
        yield f"{tag}  - {text}"
    for line in csl_notes.lines(record, said):
        yield "N1  - " + line.replace("\r", " ")
    yield "ER  - "


def _fields(record: Record) -> Iterator[tuple[str, str | None]]:
    """(tag, text) in the order in which a person looks for them."""
    code = _code(record)
    yield "TY", code
    yield "TI", record.title
    yield "TT", record.original_title
    for person in record.authors:
        yield "AU", _name(person)
    yield from _container(code, record.journal or JournalName(), record.book or Book())
    yield from _date(record.published)
    yield "VL", record.volume
    yield "IS", record.issue
    yield from _pages(record.pages)
    yield "DO", record.doi
    yield "AN", record.pmid
    if record.pmid:
        yield "DB", "PubMed"
    yield "C2", record.pmcid
    yield "UR", record.url
    yield "LA", "; ".join(record.languages)
    yield "M3", "; ".join(record.publication_types)
    yield (
        "AB",
        " ".join(
            f"{part.label}: {part.text}" if part.label else part.text
            for part in record.abstract_sections
        ),
    )
    for keyword in (*record.keywords, *map(tag_keywords.encode, record.tags)):
        yield "KW", keyword
    for person in record.authors:
        for affiliation in person.affiliations:
            yield "AD", f"{person.name}: {affiliation}"
    yield from _notes(record)


def _code(record: Record) -> str:
    for written in record.publication_types:
        if written in _CODES:
            return _CODES[written]
    if record.book and not record.journal:
        return "BOOK" if record.book.title in (None, record.title) else "CHAP"
    return "JOUR" if record.journal or record.publication_types else "GEN"


def _name(person: AuthorName) -> str:
    """ "Family, Given, Suffix"; a group's name ends with a comma, as EndNote has it."""
    if person.is_collective:
        return f"{person.name},"
    if not person.family:
        return person.name
    parts = (person.family, person.given, person.suffix)
    return ", ".join(part for part in parts if part)


def _container(code: str, journal: JournalName, book: Book) -> Iterator[tuple[str, str | None]]:
    yield "T2", journal.title or book.title
    yield "JF", journal.title
    yield "JA", journal.iso_abbreviation
    for editor in book.editors:
        yield "A2", _name(editor)
    yield "PB", book.publisher or journal.publisher
    yield "CY", book.place
    for isbn in book.isbns:
        yield "SN", isbn
    yield "SN", journal.issn_print and f"{journal.issn_print} (Print)"
    yield "SN", journal.issn_electronic and f"{journal.issn_electronic} (Electronic)"


def _date(date: PartialDate | None) -> Iterator[tuple[str, str | None]]:
    """PY the year, DA year/month/day/other, each only as far as it is known."""
    if date is None:
        return
    yield "PY", f"{date.year:04d}"
    month, day = (f"{part:02d}" if part else "" for part in (date.month, date.day))
    if month or date.text:
        yield "DA", f"{date.year:04d}/{month}/{day}/{date.text or ''}"


def _pages(pages: str | None) -> Iterator[tuple[str, str | None]]:
    start, hyphen, end = (pages or "").partition("-")
    if hyphen and start.isalnum() and end.isalnum():
        yield "SP", start
        yield "EP", end
    else:
        yield "SP", pages


def _notes(record: Record) -> Iterator[tuple[str, str | None]]:
    kinds = {link.type for link in record.related}
    if "Retracted Publication" in record.publication_types or "retraction_in" in kinds:
        yield "N1", RETRACTED
    if record.trial_registrations:
        yield "N1", TRIALS + ", ".join(record.trial_registrations)
    note = record.note or ""
    if csl_notes.split(note)[1]:
        return  # it would be taken for lines of ours; the column says it
    for line in note.split("\n"):
        yield "N1", line
