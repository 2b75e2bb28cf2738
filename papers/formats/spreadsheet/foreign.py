"""One row of a table that others wrote, read by what its headers mean.

Databases and reference managers put different things below the same word, so every field asks
several columns, the most trustworthy first, and takes whole citations apart where it must.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from papers.formats import tag_keywords
from papers.formats.html_abstract import sections_from_html
from papers.formats.remarks import valid_or_remark, year_or_remark
from papers.formats.spreadsheet.cells import person_from, split_list, split_people
from papers.formats.spreadsheet.citations import Citation, read_citation, read_link, read_source
from papers.formats.spreadsheet.headers import plain_name
from papers.formats.spreadsheet.own.headings import mesh_heading
from papers.formats.text import (
    clean,
    date_from_text,
    language_code,
    month_number,
    normalise_pages,
    partial_date,
    plain_and_html,
)
from papers.identifiers import (
    find_issns,
    find_trial_ids,
    normalise_doi,
    normalise_orcid,
    normalise_pmcid,
    normalise_pmid,
    normalise_semantic_scholar_id,
)
from papers.records import (
    AuthorName,
    Book,
    JournalName,
    OpenAccess,
    PartialDate,
    Substance,
    TagLabel,
)

_EMPTY = frozenset(("nan", "null", "none", "n/a", "<na>", "undefined"))


class ForeignRow:
    """One row of a table that others wrote."""

    def __init__(
        self,
        header: Sequence[str],
        columns: Mapping[str, list[int]],
        cells: Sequence[str],
        remarks: list[str],
    ) -> None:
        self._header = header
        self._columns = columns
        self._cells = cells
        self._remarks = remarks

    def texts(self, field: str) -> Iterator[str]:
        for place in self._columns.get(field, ()):
            text = self._cells[place].strip()
            # "no issue" below "issue" is how some exports write an empty cell.
            is_placeholder = plain_name(text) == f"no {plain_name(self._header[place])}"
            if text and text.lower() not in _EMPTY and not is_placeholder:
                yield text

    def text(self, field: str) -> str | None:
        return next(self.texts(field), None)

    def line(self, field: str) -> str | None:
        return clean(self.text(field))

    def fields(self) -> dict[str, object]:
        """The fields of the Record, by their names there."""
        cited = (
            read_citation(self.text("citation")),
            read_source(self.text("source")),
            read_link(self.text("link")),
        )
        title, title_html = plain_and_html(self.text("title"))
        keywords, tags = tag_keywords.split(self._keywords())
        return {
            **self._identifiers(cited),
            "title": title,
            "title_html": title_html,
            "original_title": plain_and_html(self.text("original_title"))[0],
            "abstract_sections": sections_from_html(self.text("abstract")),
            "abstract_copyright": self.line("copyright"),
            "authors": self._authors(),
            "journal": self._journal(cited),
            "book": self._book(),
            "volume": self.line("volume") or _first(cited, "volume"),
            "issue": self.line("issue") or _first(cited, "issue"),
            "pages": self._pages() or _first(cited, "pages"),
            "published": self._published(cited),
            "electronic": date_from_text(self.text("electronic_date"))
            or _first(cited, "electronic"),
            "languages": tuple(filter(None, map(language_code, split_list(self.text("language"))))),
            "publication_types": tuple(map(_publication_type, self._types())),
            "mesh_headings": tuple(map(mesh_heading, split_list(self.text("mesh_headings")))),
            "keywords": keywords,
            "substances": tuple(self._substances()),
            "trial_registrations": find_trial_ids(self.text("trial_registrations")),
            "open_access": _open_access(self.line("open_access")),
            "citation_count": self._count("citation_count"),
            "reference_count": self._count("reference_count"),
            "url": self._url(),
            "note": self.line("note"),
            "tags": (*tags, *self._tags()),
        }

    def _identifiers(self, cited: Sequence[Citation]) -> dict[str, object]:
        doi = self.text("doi") or _first(cited, "doi") or self._doi_of_url()
        others = ("wos", "scopus", "embase", "nihms", "arxiv", "accession", "covidence")
        return {
            "doi": valid_or_remark("DOI", doi, normalise_doi, self._remarks),
            "pmid": self._valid("PMID", "pmid", normalise_pmid),
            "pmcid": self._valid("PMCID", "pmcid", normalise_pmcid),
            "semantic_scholar_id": normalise_semantic_scholar_id(self.text("semantic_scholar_id")),
            "other_ids": tuple(
                _other_id(kind, self.line(kind)) for kind in others if self.line(kind)
            ),
        }

    def _valid(
        self, label: str, field: str, normalise: Callable[[object], str | None]
    ) -> str | None:
        return valid_or_remark(label, _whole(self.text(field)), normalise, self._remarks)

    def _doi_of_url(self) -> str | None:
        url = self.text("url")
        return url if url and "doi.org/10." in url else None

    def _url(self) -> str | None:
        url = self.line("url")
        return url if url and re.match(r"https?://", url) else None

    def _authors(self) -> tuple[AuthorName, ...]:
        people = split_people(self.text("authors"))
        orcids = _orcids_by_name(self.text("author_orcids"))
        return tuple(_with_orcid(person, orcids) for person in people)

    def _journal(self, cited: Sequence[Citation]) -> JournalName | None:
        from_pubmed, from_source, from_link = cited
        title = (
            self.line("journal") or from_source.journal or from_link.journal
            or _plain_source(self.line("source")) or from_pubmed.journal
        )  # fmt: skip
        issns = find_issns(" ".join(filter(None, (self.text("issn"), from_link.issn))))
        electronic = find_issns(self.text("eissn"))
        found = JournalName(
            title=title,
            iso_abbreviation=self.line("journal_abbreviation") or from_pubmed.journal,
            issn_print=next(iter(issns), None),
            issn_electronic=next(iter((*electronic, *issns[1:2])), None),
            publisher=self.line("publisher"),
            country=self.line("country"),
        )
        return found if found.title or found.iso_abbreviation or issns or electronic else None

    def _book(self) -> Book | None:
        title, isbns = self.line("book"), split_list(self.text("isbn"))
        if not title and not isbns:
            return None
        return Book(
            title=title,
            publisher=self.line("publisher"),
            place=self.line("place"),
            isbns=isbns,
            editors=split_people(self.text("editors")),
        )

    def _pages(self) -> str | None:
        return (
            normalise_pages(self.text("pages"))
            or normalise_pages(self.text("start_page"), self.text("end_page"))
            or self.line("article_number")
        )

    def _published(self, cited: Sequence[Citation]) -> PartialDate | None:
        """The most precise of the dates that agree with the year; the year where none does."""
        year = self._year()
        dates = [self._date(year), self._from_month(year), *(c.published for c in cited)]
        known = [date for date in dates if date and (year is None or date.year == year.year)]
        return max(known, key=_precision, default=year)

    def _year(self) -> PartialDate | None:
        text = _whole(self.text("year"))
        if text and not text.isdigit():
            found = date_from_text(text)
            if found:
                return found
        return year_or_remark(text, self._remarks)

    def _date(self, year: PartialDate | None) -> PartialDate | None:
        text = self.text("date")
        found = date_from_text(text)
        if found or not (text and year):
            return found
        return date_from_text(f"{year.year} {text}")

    def _from_month(self, year: PartialDate | None) -> PartialDate | None:
        if not year or not month_number(self.text("month")):
            return year
        return partial_date(year.year, self.text("month"), self.text("day"))

    def _types(self) -> Iterator[str]:
        return (kind for kind in split_list(self.text("publication_types")) if len(kind) > 1)

    def _keywords(self) -> tuple[str, ...]:
        columns = (*self.texts("keywords"), *self.texts("index_keywords"))
        return tuple(dict.fromkeys(word for text in columns for word in split_list(text)))

    def _substances(self) -> Iterator[Substance]:
        """Emtree writes "doxycycline (drug therapy)", Scopus "vincristine, 57-22-7"."""
        seen = set()
        for text in (*self.texts("drug_terms"), *self.texts("substances")):
            for term in split_list(text):
                name = re.sub(r"\s*\([^()]*\)$", "", term)
                if name and name not in seen:
                    seen.add(name)
                    yield Substance(name)
        for term in (self.text("chemicals") or "").split(";"):
            name, _, number = term.partition(",")
            if clean(name):
                yield Substance(clean(name) or "", registry_number=clean(number))

    def _count(self, field: str) -> int | None:
        text = _whole(self.text(field))
        if text is None:
            return None
        if text.isascii() and text.isdigit() and len(text) < 10:
            return int(text)
        self._remarks.append(f"{field.replace('_', ' ').capitalize()} '{text[:80]}' is no number.")
        return None

    def _tags(self) -> Iterator[TagLabel]:
        for state in ("confirmed", "rejected"):
            for columns, kind in _TAGS.items():
                for slug in split_list(self.text(f"{columns}_{state}")):
                    yield TagLabel(**{kind: slug}, state=state)


_TAGS = {
    "classes": "therapy_class",
    "regimens": "regimen",
    "settings": "setting",
    "designs": "study_design",
}


def _first(cited: Sequence[Citation], name: str) -> str | None:
    return next((value for value in (getattr(c, name) for c in cited) if value), None)


def _whole(text: str | None) -> str | None:
    """ "2021.0" -> "2021": data frames turn a column with gaps into decimals."""
    return re.sub(r"^(\d+)\.0+$", r"\1", text.strip()) if text else None


def _precision(date: PartialDate) -> int:
    return (date.month is not None) + (date.day is not None) + (date.text is not None)


_DATABASES = re.compile(
    r"^(?:scopus|pubmed|medline|embase|web of science|wos|central|cinahl|psycinfo|google scholar)\b",
    re.IGNORECASE,
)


def _plain_source(text: str | None) -> str | None:
    """Cochrane writes the journal into Source, Scopus its own name."""
    return None if not text or _DATABASES.match(text) else text


def _other_id(kind: str, value: str | None) -> tuple[str, str]:
    text = value or ""
    if text.upper().startswith("WOS:"):
        return "wos", text
    return kind, _whole(text) or text


_TYPES = {
    "jour": "Journal Article",
    "journalarticle": "Journal Article",
    "article": "Journal Article",
    "chap": "Book Chapter",
    "booksection": "Book Chapter",
    "conferencepaper": "Conference Paper",
    "cpaper": "Conference Paper",
    "conf": "Conference Paper",
    "thes": "Thesis",
}


def _publication_type(written: str) -> str:
    return _TYPES.get(written.lower(), written)


_OA_STATUS = re.compile(r"\b(gold|hybrid|bronze|green|closed)\b", re.IGNORECASE)


def _open_access(text: str | None) -> OpenAccess | None:
    """ "All Open Access, Gold" (Scopus), "gold, Green Published" (Web of Science), "true"."""
    if not text:
        return None
    status = _OA_STATUS.search(text)
    if status:
        name = status.group(1).lower()
        return OpenAccess(is_open=name != "closed", status=name)
    said = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    is_open = True if "open access" in text.lower() else said.get(text.lower())
    return None if is_open is None else OpenAccess(is_open=is_open)


def _orcids_by_name(text: str | None) -> dict[str, str]:
    """Web of Science's OI: "Di Carlo, Daniela/0000-…; Poli, Elena/0000-…"."""
    found = {}
    for part in (text or "").split(";"):
        name, _, number = part.rpartition("/")
        person, orcid = person_from(name), normalise_orcid(number)
        if person and orcid:
            found[person.name.lower()] = orcid
    return found


def _with_orcid(person: AuthorName, orcids: Mapping[str, str]) -> AuthorName:
    orcid = orcids.get(person.name.lower())
    if orcid is None:
        return person
    return AuthorName(
        person.name, person.family, person.given, person.initials, person.suffix, orcid=orcid
    )
