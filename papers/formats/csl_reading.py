"""One item of CSL-JSON as a Record, without the lines that our own files add to its note.

The schema is csl-data.json of citation-style-language/schema 1.0.2. Beyond it are read: Zotero's
``note`` with lines such as "PMID: 123", Crossref's lists of titles, its ORCIDs and affiliations,
and dates as text.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping

from papers.formats import csl_notes, tag_keywords
from papers.formats.html_abstract import sections_from_html
from papers.formats.json_input import listed, mapping, objects, whole_number, word, words
from papers.formats.remarks import valid_or_remark
from papers.formats.spreadsheet.cells import split_list
from papers.formats.text import (
    clean,
    date_from_text,
    initials_of,
    language_code,
    normalise_pages,
    partial_date,
    plain_and_html,
)
from papers.identifiers import (
    find_issns,
    normalise_doi,
    normalise_orcid,
    normalise_pmcid,
    normalise_pmid,
)
from papers.records import AuthorName, Book, JournalName, PartialDate, Record, Source

_TYPES = {
    "article-journal": "Journal Article",
    "journal-article": "Journal Article",  # Crossref's own word
    "review": "Review",
    "chapter": "Book Chapter",
    "book-chapter": "Book Chapter",
    "book": "Book",
    "paper-conference": "Conference Paper",
    "proceedings-article": "Conference Paper",
    "thesis": "Thesis",
    "report": "Report",
    "dataset": "Dataset",
    "posted-content": "Preprint",
}
_IN_BOOKS = ("chapter", "book-chapter", "paper-conference", "proceedings-article", "entry")
_ONLINE_DATES = ("available-date", "epub-date", "published-online")
_SEASONS = {"1": "Spring", "2": "Summer", "3": "Autumn", "4": "Winter"}


def record_from_item(item: Mapping[str, object], remarks: list[str]) -> Record:
    """What the item says; remarks for what it gives and cannot be used."""
    remaining, said = csl_notes.identifiers(_first_text(item.get("note")))
    kind = word(item.get("type"))
    title, title_html = plain_and_html(_first_text(item.get("title")))
    keywords, tags = tag_keywords.split(_keywords(item))
    return Record(
        source=Source.FILE,
        doi=valid_or_remark("DOI", _doi(item) or said.get("doi"), normalise_doi, remarks),
        pmid=valid_or_remark(
            "PMID", _id(item, "PMID", "pmid") or said.get("pmid"), normalise_pmid, remarks
        ),
        pmcid=valid_or_remark(
            "PMCID", _id(item, "PMCID", "pmcid") or said.get("pmcid"), normalise_pmcid, remarks
        ),
        title=title,
        title_html=title_html,
        original_title=plain_and_html(_first_text(item.get("original-title")))[0],
        abstract_sections=sections_from_html(_first_text(item.get("abstract"))),
        authors=tuple(_people(item.get("author"))),
        journal=_journal(item, kind),
        book=_book(item, kind),
        volume=word(item.get("volume")),
        issue=word(item.get("issue")) or word(mapping(item.get("journal-issue")).get("issue")),
        pages=normalise_pages(word(item.get("page")))
        or word(item.get("number"))
        or word(item.get("article-number")),
        published=_date(item.get("issued"), remarks),
        electronic=next(
            filter(None, (_date(item.get(key), remarks) for key in _ONLINE_DATES)), None
        ),
        languages=tuple(filter(None, map(language_code, split_list(word(item.get("language")))))),
        publication_types=tuple(_types(item, kind)),
        keywords=keywords,
        citation_count=whole_number(item.get("is-referenced-by-count")),
        reference_count=whole_number(item.get("references-count")),
        url=_url(item),
        note=remaining,
        tags=tags,
    )


def _first_text(value: object) -> str | None:
    """The text, with its line ends, or the first of Crossref's list of texts."""
    return next((text for text in listed(value) if isinstance(text, str) and text.strip()), None)


def _id(item: Mapping[str, object], key: str, prefix: str) -> str | None:
    """The field, else the item's own id where it is written "pmid:123"."""
    given = word(item.get(key)) or word(item.get(key.lower()))
    own = word(item.get("id")) or ""
    return given or (own[len(prefix) + 1 :] if own.lower().startswith(f"{prefix}:") else None)


def _doi(item: Mapping[str, object]) -> str | None:
    given = _id(item, "DOI", "doi")
    url = word(item.get("URL")) or ""
    return given or (url if "doi.org/10." in url else None)


def _url(item: Mapping[str, object]) -> str | None:
    url = word(item.get("URL"))
    return url if url and re.match(r"https?://", url) else None


def _people(value: object) -> Iterator[AuthorName]:
    for person in map(_person, listed(value)):
        if person:
            yield person


def _person(value: object) -> AuthorName | None:
    name = mapping(value)
    literal = word(name.get("literal")) or word(name.get("name")) or word(value)
    particles = (word(name.get(f"{kind}-particle")) for kind in ("dropping", "non-dropping"))
    family = clean(" ".join(filter(None, (*particles, word(name.get("family"))))))
    given, suffix = word(name.get("given")), word(name.get("suffix"))
    if literal and not family:
        person = AuthorName(literal, is_collective=True)
    elif family and given:
        person = AuthorName(f"{family}, {given}", family, given, initials_of(given), suffix)
    elif family or given:
        person = AuthorName(family or given or "", family or given, suffix=suffix)
    else:
        return None
    places = (word(place.get("name")) for place in objects(name.get("affiliation")))
    return dataclasses.replace(
        person,
        orcid=normalise_orcid(word(name.get("ORCID"))),
        affiliations=tuple(filter(None, places)),
    )


def _journal(item: Mapping[str, object], kind: str | None) -> JournalName | None:
    short = word(_first_text(item.get("container-title-short")))
    found = JournalName(
        title=None if _is_book(item, kind) else word(_first_text(item.get("container-title"))),
        iso_abbreviation=short
        or word(item.get("journalAbbreviation"))
        or word(_first_text(item.get("short-container-title"))),
    )
    issns = find_issns(" ".join(words(item.get("ISSN"))))
    if not (found.title or found.iso_abbreviation or issns):
        return None
    return dataclasses.replace(
        found,
        issn_print=next(iter(issns), None),
        issn_electronic=next(iter(issns[1:2]), None),
        publisher=None if _is_book(item, kind) else word(item.get("publisher")),
    )


def _is_book(item: Mapping[str, object], kind: str | None) -> bool:
    return kind == "book" or kind in _IN_BOOKS


def _book(item: Mapping[str, object], kind: str | None) -> Book | None:
    if not _is_book(item, kind):
        return None
    title = "title" if kind == "book" else "container-title"
    found = Book(
        title=plain_and_html(_first_text(item.get(title)))[0],
        publisher=word(item.get("publisher")),
        place=word(item.get("publisher-place")),
        isbns=tuple(
            isbn for text in words(item.get("ISBN")) for isbn in re.split(r"[,;\s]+", text)
        ),
        editors=tuple(_people(item.get("editor"))),
    )
    return None if found == Book() else found


def _date(value: object, remarks: list[str]) -> PartialDate | None:
    """A date in parts, or as text; of a range the beginning, with the whole beside it."""
    given = mapping(value)
    written = word(given.get("literal")) or word(given.get("raw")) or word(value)
    parts = [listed(part) for part in listed(given.get("date-parts"))]
    if parts and parts[0] and word(parts[0][0]):
        date = partial_date(*(word(part) for part in parts[0][:3]), text=_beyond(given, parts))  # type: ignore[misc]
    else:
        date = date_from_text(written)
    if date is None and (written or any(parts)):
        shown = written or "-".join(filter(None, map(word, parts[0])))
        if shown:
            remarks.append(f"Date '{shown[:80]}' holds no year from 1600 to 2100.")
    return date


def _beyond(given: Mapping[str, object], parts: list[list[object]]) -> str | None:
    """What year, month and day do not say: a season, our own text, the end of a range."""
    season = word(given.get("season"))
    if season:
        return _SEASONS.get(season, season)
    if literal := word(given.get("literal")):
        return literal
    ends = ["-".join(filter(None, map(word, part))) for part in parts[:2]]
    return "/".join(ends) if len(ends) == 2 and all(ends) else None


def _keywords(item: Mapping[str, object]) -> tuple[str, ...]:
    given = item.get("keyword", item.get("keywords", item.get("tags")))
    texts = words(given) if isinstance(given, list) else split_list(_first_text(given))
    return tuple(dict.fromkeys(texts))


def _types(item: Mapping[str, object], kind: str | None) -> Iterator[str]:
    genre = word(item.get("genre")) or ""
    if kind == "article" or genre.lower() == "preprint":
        yield "Preprint"
    elif kind in _TYPES:
        yield _TYPES[kind]
