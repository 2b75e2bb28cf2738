"""BibTeX and biblatex, as reference managers, publishers and databases write them.

Known are the fields of BibTeX and biblatex and those that Web of Science, Scopus, EBSCO, Europe
PMC, Mendeley, Zotero and JabRef add. An entry that cannot be read is Rejected by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from papers.formats import tag_keywords
from papers.formats.bibtex_entries import BibEntry, entries
from papers.formats.bibtex_names import authors, terms, with_orcids
from papers.formats.bibtex_text import from_latex, plain_from_latex, verbatim
from papers.formats.bibtex_write import read_mesh, read_related, write
from papers.formats.html_abstract import sections_from_html
from papers.formats.input import InputFile
from papers.formats.remarks import valid_or_remark, year_or_remark
from papers.formats.text import (
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
    normalise_pmcid,
    normalise_pmid,
    normalise_semantic_scholar_id,
)
from papers.records import Book, JournalName, PartialDate, Record, Rejected, Source

__all__ = ["detect", "read", "write"]

_ENTRY = re.compile(r"(?:^|[\r\n])[ \t\ufeff]*@[ \t]*([A-Za-z]+)\s*[{(]")
_NO_SIGN = frozenset(("import", "media", "charset"))

_TYPE_OF_ENTRY = {
    "article": "Journal Article",
    "inbook": "Book Chapter",
    "incollection": "Book Chapter",
    "book": "Book",
    "inproceedings": "Conference Paper",
    "conference": "Conference Paper",
    "phdthesis": "Thesis",
    "mastersthesis": "Thesis",
    "thesis": "Thesis",
    "techreport": "Report",
    "report": "Report",
    "dataset": "Dataset",
}
_TYPE_OF_WORD = {
    "article": "Journal Article",
    "journal article": "Journal Article",
    "proceedings paper": "Conference Paper",
    "conference paper": "Conference Paper",
    "book chapter": "Book Chapter",
    "phd thesis": "Thesis",
    "note": "Comment",
}
_BOOKS = frozenset(("book", "inbook", "incollection", "inproceedings", "conference", "proceedings"))


def detect(head: str) -> int:
    kinds = {kind.lower() for kind in _ENTRY.findall(head)} - _NO_SIGN
    if not kinds:
        return 0
    is_known = kinds & {
        *_TYPE_OF_ENTRY,
        "misc",
        "string",
        "comment",
        "preamble",
        "online",
        "unpublished",
    }
    return 85 if is_known else 30


def read(file: InputFile) -> Iterator[Record | Rejected]:
    for entry in entries(file.read_text()):
        yield _rejected(entry, entry.problem) if entry.problem else _record_or_not(entry)


def _rejected(entry: BibEntry, reason: str) -> Rejected:
    return Rejected(position=0, line=entry.line, raw=entry.text, reason=reason)


def _record_or_not(entry: BibEntry) -> Record | Rejected:
    record = _record(entry)
    if record.names_a_paper:
        return record
    why = f" {record.remarks[0]}" if record.remarks else ""
    return _rejected(
        entry, f"The entry has neither a title, nor authors, nor a valid identifier.{why}"
    )


def _record(entry: BibEntry) -> Record:
    fields = _Fields(entry)
    remarks = list(entry.remarks)
    title, title_html = plain_and_html(from_latex(fields.title()))
    keywords, tags = tag_keywords.split(fields.keywords())
    note, pmid_of_note = _note(fields)
    return Record(
        source=Source.FILE,
        raw=entry.text.encode("utf-8", "replace"),
        line=entry.line,
        doi=valid_or_remark("DOI", fields.doi(), normalise_doi, remarks),
        pmid=valid_or_remark("PMID", fields.pmid() or pmid_of_note, normalise_pmid, remarks),
        pmcid=valid_or_remark("PMCID", fields.pmcid(), normalise_pmcid, remarks),
        semantic_scholar_id=normalise_semantic_scholar_id(fields.bare("s2id", "semanticscholarid")),
        other_ids=tuple(fields.other_ids()),
        title=title,
        title_html=title_html,
        original_title=fields.text("origtitle", "original_title", "titleaddon"),
        abstract_sections=sections_from_html(from_latex(fields.first("abstract"))),
        abstract_copyright=fields.text("copyright"),
        authors=with_orcids(
            authors(fields.first("author", "authors"), remarks), fields.first("orcid-numbers")
        ),
        journal=_journal(fields),
        book=_book(fields, remarks),
        volume=fields.text("volume"),
        issue=fields.text("number", "issue"),
        pages=_pages(fields),
        published=_published(fields, remarks),
        electronic=date_from_text(fields.text("earlyaccessdate", "early-access-date")),
        languages=tuple(dict.fromkeys(filter(None, map(language_code, fields.languages())))),
        publication_types=tuple(dict.fromkeys(fields.publication_types())),
        mesh_headings=read_mesh(fields.first("mesh")),
        keywords=keywords,
        trial_registrations=find_trial_ids(fields.bare("trialregistration", "clinicaltrial")),
        related=read_related(fields.first("relatedpublications")),
        citation_count=fields.count("times-cited", "citations", "citation_count", "citationcount"),
        reference_count=fields.count("number-of-cited-references", "cited-references-count"),
        url=fields.url(),
        note=note,
        tags=tags,
        remarks=tuple(remarks),
    )


class _Fields:
    """What an entry says under any of the names that dialects use."""

    def __init__(self, entry: BibEntry) -> None:
        self.kind = entry.kind
        self.key = entry.key
        self._values: Mapping[str, str] = entry.fields

    def first(self, *names: str) -> str | None:
        return next(
            (self._values[name] for name in names if self._values.get(name, "").strip()), None
        )

    def text(self, *names: str) -> str | None:
        return plain_from_latex(self.first(*names))

    def bare(self, *names: str) -> str | None:
        return verbatim(self.first(*names))

    def title(self) -> str | None:
        """biblatex parts the subtitle; a whole book may have only a book title."""
        title, subtitle = self.first("title"), self.first("subtitle")
        if title and subtitle:
            return f"{title}{' ' if title.rstrip('} ').endswith((':', '?')) else ': '}{subtitle}"
        return title or (self.first("booktitle") if self.kind in ("book", "proceedings") else None)

    def doi(self) -> str | None:
        """Its own field, else the key (publishers use the DOI) or a link to doi.org."""
        if doi := self.bare("doi"):
            return doi
        others = (self.key, self.bare("url"), self.bare("eprint"))
        return next((text for text in others if text and normalise_doi(text)), None)

    def pmid(self) -> str | None:
        own = self.bare("pmid", "pubmed_id", "pubmed-id", "pubmedid", "pubmed", "medline")
        if own:
            return own
        if self._eprint_type() in ("pubmed", "pmid", "medline"):
            return self.bare("eprint")
        found = re.match(r"(?:pmid|med|pubmed)[:_-]?(\d+)$", self.key, re.IGNORECASE)
        in_url = re.search(r"(?:pubmed\.ncbi\.nlm\.nih\.gov|/pubmed)/(\d+)", self.bare("url") or "")
        return (found or in_url or [None, None])[1]

    def pmcid(self) -> str | None:
        if own := self.bare("pmcid", "pmc"):
            return own
        if self._eprint_type() in ("pmc", "pmcid", "pubmedcentral"):
            return self.bare("eprint")
        found = re.search(r"/(?:articles|pmc)/(PMC\d+)", self.bare("url") or "")
        return found.group(1) if found else None

    def _eprint_type(self) -> str:
        return (self.bare("eprinttype", "archiveprefix") or "").lower()

    def other_ids(self) -> Iterator[tuple[str, str]]:
        if ours := terms(self.first("otherids")):
            yield from ((kind, value) for kind, _, value in (term.partition(":") for term in ours))
            return
        if arxiv := self._arxiv():
            yield "arxiv", arxiv
        wos = self.bare("unique-id", "isi", "ut") or self.key
        if re.match(r"(?:WOS|ISI):", wos):
            yield "wos", wos
        url = self.bare("url") or ""
        if found := re.search(r"eid=(2-s2\.0-\d+)", url):
            yield "scopus", found.group(1)
        if pii := self.bare("pii"):
            yield "pii", pii

    def _arxiv(self) -> str | None:
        own = self.bare("arxivid", "arxiv")
        return own or (self.bare("eprint") if self._eprint_type() == "arxiv" else None)

    def keywords(self) -> tuple[str, ...]:
        names = ("keywords", "keyword", "author_keywords", "mendeley-tags")
        return tuple(dict.fromkeys(word for name in names for word in terms(self.first(name))))

    def languages(self) -> tuple[str, ...]:
        words = self.text("language", "langid") or ""
        return tuple(word for word in re.split(r"\s*[;,]\s*|\s+and\s+", words) if word)

    def publication_types(self) -> Iterator[str]:
        written = self.text("type", "document_type", "publication-type", "entrysubtype")
        words = [word.strip() for word in (written or "").split(";")]
        if not any(words) and self.kind in _TYPE_OF_ENTRY:
            yield _TYPE_OF_ENTRY[self.kind]
        yield from (_TYPE_OF_WORD.get(word.lower(), word) for word in words if word)

    def count(self, *names: str) -> int | None:
        """Scopus writes "Cited by: 12" into the note."""
        text = self.text(*names) or ""
        if not text and "times-cited" in names:
            cited = re.match(r"cited by:?\s*(\d+)", self.text("note") or "", re.IGNORECASE)
            text = cited.group(1) if cited else ""
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None

    def url(self) -> str | None:
        url = self.bare("url", "link", "howpublished")
        return url if url and re.match(r"https?://\S+$", url) else None


_PMID_NOTE = re.compile(r"^PMID:?\s*(\d+)\.?$", re.IGNORECASE)
_CITED_NOTE = re.compile(r"^cited by:?\s*\d+[^;]*(?:;\s*)?", re.IGNORECASE)


def _note(fields: _Fields) -> tuple[str | None, str | None]:
    """(the note, the PMID that Taylor & Francis puts into it)."""
    note = fields.text("note", "annote", "annotation")
    found = _PMID_NOTE.match(note or "")
    if found:
        return None, found.group(1)
    return _CITED_NOTE.sub("", note or "").strip() or None, None


def _journal(fields: _Fields) -> JournalName | None:
    own, electronic = find_issns(fields.bare("issn")), find_issns(fields.bare("eissn", "e-issn"))
    is_book = fields.kind in _BOOKS
    title = fields.text("journaltitle", "journal", "fjournal") or (
        None if is_book else fields.text("journal-full")
    )
    abbreviation = fields.text(
        "shortjournal", "journal-iso", "abbrev_source_title", "journalabbrev"
    )
    if not (title or abbreviation or own or electronic):
        return None
    return JournalName(
        title=title,
        iso_abbreviation=abbreviation,
        issn_print=next(iter(own), None),
        issn_electronic=next(iter((*electronic, *own[1:2])), None),
        publisher=None if is_book else fields.text("publisher"),
    )


def _book(fields: _Fields, remarks: list[str]) -> Book | None:
    title, isbn = fields.text("booktitle", "maintitle"), fields.bare("isbn")
    if not title and not isbn and fields.kind not in _BOOKS:
        return None
    return Book(
        title=title,
        publisher=fields.text("publisher", "organization"),
        place=fields.text("address", "location"),
        isbns=tuple(part for part in re.split(r"[\s,;]+", isbn or "") if part),
        editors=authors(fields.first("editor"), remarks),
    )


def _pages(fields: _Fields) -> str | None:
    pages = re.sub(r"[-\u2010-\u2015]{2,}", "-", fields.bare("pages") or "")
    return normalise_pages(pages) or fields.text(
        "article-number", "eid", "elocation-id", "art_number", "articleno", "article_number"
    )


def _published(fields: _Fields, remarks: list[str]) -> PartialDate | None:
    """biblatex's ``date`` ("2021-07-01", "2021-07/2021-08"), else year, month and day."""
    if written := fields.text("date"):
        begin = re.split(r"(?<=\d)/(?=\d{4})", written)[0]
        if date := date_from_text(begin):
            return date if date.month or date.text else _with_month(date, fields)
    year = fields.text("year") or fields.text("date")
    if year and not year.isdigit() and (date := date_from_text(year)):
        return date if date.month or date.text else _with_month(date, fields)
    date = year_or_remark(year, remarks)
    return _with_month(date, fields) if date else None


def _with_month(year: PartialDate, fields: _Fields) -> PartialDate:
    """``month`` is a name, a number, "MAR 1", "1~jan" or a season, which stays as text."""
    month = fields.text("month")
    if month is None:
        return year
    if month_number(month):
        return partial_date(year.year, month, fields.text("day")) or year
    found = date_from_text(f"{year.year} {month}")
    return found if found and found.month else PartialDate(year.year, text=month)
