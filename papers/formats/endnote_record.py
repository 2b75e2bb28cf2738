"""What EndNote's XML and tagged exports share: their fields, under one set of names, to a Record.

``Values`` maps a name to what stands under it, in order: type, work_type, author, editor, title,
translated_title, secondary_title, journal, abbreviation, year, date, volume, issue, pages,
number_of_article, isbn, accession, doi, pmcid, database, language, keyword, abstract, note, url,
address, publisher, place. Texts may hold markup (<sup>, <i>).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from papers.formats import tag_keywords
from papers.formats.html_abstract import sections_from_html
from papers.formats.remarks import valid_or_remark, year_or_remark
from papers.formats.spreadsheet.cells import person_from
from papers.formats.text import (
    clean,
    date_from_text,
    language_code,
    normalise_pages,
    plain_and_html,
)
from papers.identifiers import (
    find_issns,
    find_trial_ids,
    normalise_doi,
    normalise_pmcid,
    normalise_pmid,
)
from papers.records import AuthorName, Book, JournalName, PartialDate, Record, Rejected, Source

Values = Mapping[str, Sequence[str]]

_TYPES = {
    "journal article": "Journal Article",
    "electronic article": "Journal Article",
    "article": "Journal Article",
    "book section": "Book Chapter",
    "electronic book section": "Book Chapter",
    "edited book": "Book",
    "electronic book": "Book",
    "conference proceedings": "Conference Paper",
    "proceedings article": "Conference Paper",
}
_NO_TYPES = frozenset(("generic", "unused 1", "unused 2", "unused 3"))
_WITH_BOOK = frozenset(("Book Chapter", "Book", "Conference Paper"))
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b|ncbi", re.IGNORECASE)
_DATABASES = (
    ("embase", "embase"),
    ("scopus", "scopus"),
    ("web of science", "wos"),
    ("eric", "eric"),
)


def entry_from(values: Values, raw: bytes, line: int | None) -> Record | Rejected:
    """The Record, or why there is none. ``raw`` is the piece of the file that says it."""
    record = _record(values, raw, line)
    if record.names_a_paper:
        return record
    why = f" {record.remarks[0]}" if record.remarks else ""
    return Rejected(
        position=0,
        line=line,
        raw=raw.decode(),
        reason=f"The record has neither a title, nor authors, nor a valid identifier.{why}",
    )


def _record(values: Values, raw: bytes, line: int | None) -> Record:
    remarks: list[str] = []
    title, title_html = plain_and_html(_first(values, "title"))
    keywords, tags = tag_keywords.split(_keywords(values))
    types = tuple(dict.fromkeys(_types(values)))
    pmid = _pmid(values)
    return Record(
        source=Source.FILE,
        raw=raw,
        line=line,
        doi=valid_or_remark("DOI", _doi(values), normalise_doi, remarks),
        pmid=valid_or_remark("PMID", pmid, normalise_pmid, remarks),
        pmcid=valid_or_remark("PMCID", _pmcid(values), normalise_pmcid, remarks),
        other_ids=() if pmid else tuple(_other_ids(values)),
        title=title,
        title_html=title_html,
        original_title=_line(values, "translated_title"),
        abstract_sections=sections_from_html("\n".join(values.get("abstract", ()))),
        authors=_authors(values),
        journal=_journal(values, types),
        book=_book(values, types),
        volume=_line(values, "volume"),
        issue=_line(values, "issue"),
        pages=_pages(values),
        published=_published(values, remarks),
        languages=tuple(filter(None, map(language_code, _parts(values, "language", r"[;,\r\n]")))),
        publication_types=types,
        keywords=keywords,
        trial_registrations=find_trial_ids(" ".join(values.get("note", ()))),
        url=_url(values),
        note=_line(values, "note"),
        tags=tags,
        remarks=tuple(remarks),
    )


def _first(values: Values, name: str) -> str | None:
    return next((text for text in values.get(name, ()) if text.strip()), None)


def _line(values: Values, name: str) -> str | None:
    return plain_and_html(_first(values, name))[0]


def _parts(values: Values, name: str, separator: str) -> Iterator[str]:
    for text in values.get(name, ()):
        yield from filter(None, map(clean, re.split(separator, text)))


def _plain_parts(values: Values, name: str, separator: str) -> Iterator[str]:
    """Like ``_parts``, the markup taken off."""
    for part in _parts(values, name, separator):
        if plain := plain_and_html(part)[0]:
            yield plain


def _types(values: Values) -> Iterator[str]:
    for word in (*_parts(values, "type", r"[\r\n]"), *_parts(values, "work_type", r"[;\r\n]")):
        if word.lower() not in _NO_TYPES:
            yield _TYPES.get(word.lower(), word)


def _doi(values: Values) -> str | None:
    """PubMed's filter writes "10.1016/j.x [doi]", some add the PII on a line of its own."""
    parts = list(_parts(values, "doi", r"[\r\n]|\s+\[doi\]"))
    return next((part for part in parts if normalise_doi(part)), None) or next(iter(parts), None)


def _pmid(values: Values) -> str | None:
    """An accession number is a PMID where it is bare digits and the database is none or PubMed."""
    number = _line(values, "accession") or ""
    database = _line(values, "database") or ""
    if re.fullmatch(r"(?:PMID:?\s*)?\d+", number, re.I) and (
        not database or _PUBMED.search(database)
    ):
        return number
    return next(
        (found.group(1) for url in values.get("url", ()) if (found := _PMID_URL.search(url))), None
    )


_PMID_URL = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d+)")


def _pmcid(values: Values) -> str | None:
    """Custom 2 holds the PMCID by EndNote's own habit, but people put anything there."""
    return next(
        (part for part in _parts(values, "pmcid", r"[\s;]+") if part[:3].upper() == "PMC"), None
    )


def _other_ids(values: Values) -> Iterator[tuple[str, str]]:
    number, database = _line(values, "accession"), (_line(values, "database") or "").lower()
    if not number:
        return
    if re.match(r"(?:WOS|ISI):", number):
        yield "wos", number
    else:
        yield next((kind for name, kind in _DATABASES if name in database), "accession"), number


def _authors(values: Values) -> tuple[AuthorName, ...]:
    people = tuple(_people(values, "author"))
    addresses = tuple(_plain_parts(values, "address", r"[\r\n]"))
    # Several addresses and several people: nothing says whose is which.
    if len(people) == 1 or (people and len(addresses) == 1):
        first = people[0]
        is_only = AuthorName(
            first.name, first.family, first.given, first.initials, first.suffix,
            first.is_collective, affiliations=addresses,
        )  # fmt: skip
        return (is_only, *people[1:])
    return people


def _people(values: Values, name: str) -> Iterator[AuthorName]:
    """EndNote marks a group by a comma behind its name."""
    for written in _plain_parts(values, name, r"[\r\n]"):
        if written.endswith(",") and " " in written:
            yield AuthorName(written.rstrip(", "), is_collective=True)
        elif person := person_from(written):
            yield person


def _journal(values: Values, types: Sequence[str]) -> JournalName | None:
    is_book = bool(_WITH_BOOK & set(types))
    title = _line(values, "journal") or (None if is_book else _line(values, "secondary_title"))
    print_issn, electronic = (None, None) if is_book else _issns(values)
    abbreviation = _line(values, "abbreviation")
    if not (title or abbreviation or print_issn or electronic):
        return None
    return JournalName(
        title=title,
        iso_abbreviation=abbreviation if abbreviation != title else None,
        issn_print=print_issn,
        issn_electronic=electronic,
        publisher=None if is_book else _line(values, "publisher"),
    )


def _issns(values: Values) -> tuple[str | None, str | None]:
    """(print, electronic) from "1879-355X (Electronic)", "0360-3016 (Linking)"; else in order."""
    electronic: list[str] = []
    others: list[str] = []
    for part in _parts(values, "isbn", r"[\r\n;,]|(?<=\))"):
        (electronic if "electronic" in part.lower() else others).extend(find_issns(part))
    unlabelled = list(dict.fromkeys(issn for issn in others if issn not in electronic))
    if not electronic:
        electronic = unlabelled[1:2]
    return next(iter(unlabelled), None), next(iter(electronic), None)


def _book(values: Values, types: Sequence[str]) -> Book | None:
    if not _WITH_BOOK & set(types):
        return None
    is_whole = "Book" in types
    return Book(
        title=None if is_whole else _line(values, "secondary_title"),
        publisher=_line(values, "publisher"),
        place=_line(values, "place"),
        isbns=tuple(_isbns(values)),
        editors=tuple(_people(values, "editor")),
    )


def _isbns(values: Values) -> Iterator[str]:
    for part in _parts(values, "isbn", r"[\s;,]+"):
        if len(re.sub(r"[^\dXx]", "", part)) in (10, 13):
            yield part


def _pages(values: Values) -> str | None:
    return normalise_pages(_line(values, "pages")) or _line(values, "number_of_article")


def _published(values: Values, remarks: list[str]) -> PartialDate | None:
    """The year, with month and day where a date agrees with it."""
    written, text = _line(values, "year"), _line(values, "date")
    year = date_from_text(written) if written and not written.isdigit() else None
    year = year or year_or_remark(written, remarks)
    whole = date_from_text(text)
    if year is None or (whole and whole.year == year.year):
        return whole or year
    if not text or whole or year.month:
        return year
    found = date_from_text(f"{year.year} {text}")
    return found if found and found.month else PartialDate(year.year, text=text)


def _keywords(values: Values) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_plain_parts(values, "keyword", r"[;\r\n]")))


def _url(values: Values) -> str | None:
    urls = _parts(values, "url", r"[\s]+")
    return next((url for url in urls if re.match(r"https?://", url)), None)
