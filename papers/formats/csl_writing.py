"""A Record as an item of CSL-JSON.

Only variables of the schema that every processor knows are written, so that citeproc-py, pandoc
and Zotero take the file as it is. Titles keep their italics and superscripts, which CSL allows.
"""

from __future__ import annotations

import html
from collections.abc import Iterator

from papers.formats import tag_keywords
from papers.formats.html_abstract import sections_from_html
from papers.formats.spreadsheet.cells import join_list
from papers.formats.text import plain_and_html
from papers.records import (
    AbstractSection,
    AuthorName,
    Book,
    JournalName,
    PartialDate,
    Record,
    join_sections,
)

_TYPES = {
    "Book Chapter": "chapter",
    "Book Section": "chapter",
    "Book": "book",
    "Conference Paper": "paper-conference",
    "Thesis": "thesis",
    "Report": "report",
    "Preprint": "article",
}


def item_from_record(record: Record) -> dict[str, object]:
    """The variables of the item, without its id and its note."""
    return {name: value for name, value in _variables(record) if value}


def _type(record: Record) -> str:
    for written in record.publication_types:
        if written in _TYPES:
            return _TYPES[written]
    if record.book and not (record.journal and record.journal.title):
        return "book" if record.book.title in (None, record.title) else "chapter"
    return "article-journal"


def _variables(record: Record) -> Iterator[tuple[str, object]]:
    kind = _type(record)
    yield "type", kind
    yield "title", _rich(record.title, record.title_html)
    yield "author", [_name(person) for person in record.authors]
    yield from _container(kind, record.journal or JournalName(), record.book or Book())
    yield "volume", record.volume
    yield "issue", record.issue
    yield "page", record.pages
    yield "issued", _date(record.published)
    yield "DOI", record.doi
    yield "PMID", record.pmid
    yield "PMCID", record.pmcid
    yield "URL", record.url
    yield "language", ", ".join(record.languages)
    yield "original-title", record.original_title
    yield "keyword", join_list([*record.keywords, *map(tag_keywords.encode, record.tags)])
    yield "abstract", _abstract(record.abstract_sections)


def _rich(plain: str | None, markup: str | None) -> str | None:
    """CSL's rich text; a "<" or "&" that would be read as markup is escaped."""
    for candidate in (markup, plain):
        if candidate and plain_and_html(candidate)[0] == plain:
            return candidate
    return html.escape(plain, quote=False) if plain else None


def _name(person: AuthorName) -> dict[str, str]:
    if person.is_collective or not person.family:
        return {"literal": person.name}
    parts = {"family": person.family, "given": person.given, "suffix": person.suffix}
    return {key: value for key, value in parts.items() if value}


def _container(kind: str, journal: JournalName, book: Book) -> Iterator[tuple[str, object]]:
    is_book = kind in ("book", "chapter", "paper-conference")
    if kind != "book":
        yield "container-title", book.title or journal.title if is_book else journal.title
    yield "container-title-short", journal.iso_abbreviation
    issns = (journal.issn_print, journal.issn_electronic)
    yield "ISSN", ", ".join(filter(None, issns))
    yield "ISBN", ", ".join(book.isbns)
    yield "publisher", book.publisher or journal.publisher if is_book else journal.publisher
    yield "publisher-place", book.place
    yield "editor", [_name(person) for person in book.editors]


def _date(date: PartialDate | None) -> dict[str, object] | None:
    if date is None:
        return None
    parts = [part for part in (date.year, date.month, date.day) if part]
    return {"date-parts": [parts], **({"literal": date.text} if date.text else {})}


def _abstract(sections: tuple[AbstractSection, ...]) -> str | None:
    """One text if it is read back as the same sections, else paragraphs with bold labels."""
    text = join_sections(sections)
    if not text or sections_from_html(text) == sections:
        return text
    return "".join(_paragraph(section) for section in sections)


def _paragraph(section: AbstractSection) -> str:
    body = section.html or html.escape(section.text, quote=False)
    label = f"<strong>{html.escape(section.label)}:</strong> " if section.label else ""
    return f"<p>{label}{body}</p>"
