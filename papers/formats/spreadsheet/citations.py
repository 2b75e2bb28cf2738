"""Whole citations in one cell, taken apart: PubMed's "Citation" and Embase's "Source".

"Nature. 2021 Dec 21;1(2):10-11. doi: 10.1111/nature1111."
"Endoscopic Ultrasound (2014) 3:3 (152-160). Date of Publication: 2014"
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from papers.formats.text import clean, date_from_text, normalise_pages
from papers.records import PartialDate


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation says; None where it is silent."""

    journal: str | None = None
    published: PartialDate | None = None
    electronic: PartialDate | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    issn: str | None = None


_PUBMED = re.compile(
    r"^(?P<journal>.+?)\. (?P<date>\d{4}(?: [^;:.]*)?)"
    r"(?:;(?P<volume>[^(:.;]*)(?:\((?P<issue>[^)]*)\))?)?(?::(?P<pages>[^.;]*))?(?:[.;]|$)"
)
_PUBMED_DOI = re.compile(r"doi: (\S+?)\.?(?:\s|$)")
_PUBMED_EPUB = re.compile(r"Epub (\d{4}(?: \w{3}(?: \d{1,2})?)?)")

_EMBASE = re.compile(
    r"^(?P<journal>.+?) \((?P<year>\d{4})\)\s*(?P<volume>[^:(]*?)\s*(?::(?P<issue>[^(]*?))?\s*"
    r"(?:\((?P<pages>[^)]+)\))?[\s.,]*$"
)
_EMBASE_TAIL = re.compile(r"\s*(?:Article Number:|Date of Publication:).*$")
_EMBASE_DATE = re.compile(r"Date of Publication:\s*([^.]+)")
_EMBASE_ARTICLE = re.compile(r"Article Number:\s*(\S+?)(?:\.?\s|\.?$)")


def read_citation(text: str | None) -> Citation:
    """The parts of PubMed's summary line; an empty Citation from anything else."""
    found = _PUBMED.match(clean(text) or "")
    if not found:
        return Citation()
    whole = found.string
    doi, epub = _PUBMED_DOI.search(whole), _PUBMED_EPUB.search(whole)
    return Citation(
        journal=clean(found["journal"]),
        published=date_from_text(found["date"]),
        electronic=date_from_text(epub.group(1)) if epub else None,
        volume=clean(found["volume"]),
        issue=clean(found["issue"]),
        pages=normalise_pages(found["pages"]),
        doi=doi.group(1) if doi else None,
    )


def read_source(text: str | None) -> Citation:
    """The parts of Embase's Source; an empty Citation from anything else."""
    whole = clean(text) or ""
    found = _EMBASE.match(_EMBASE_TAIL.sub("", whole))
    if not found:
        return Citation()
    date, article = _EMBASE_DATE.search(whole), _EMBASE_ARTICLE.search(whole)
    return Citation(
        journal=clean(found["journal"]),
        published=(date_from_text(date.group(1)) if date else None)
        or date_from_text(found["year"]),
        volume=clean(found["volume"]),
        issue=clean(found["issue"]),
        pages=normalise_pages(found["pages"]) or (article.group(1) if article else None),
    )


def read_link(url: str | None) -> Citation:
    """The parts of a link resolver's address (OpenURL), as Embase's "Open URL Link" has."""
    query = parse_qs(urlsplit(url).query) if url and "?" in url else {}

    def first(key: str) -> str | None:
        return clean(next(iter(query.get(key, ())), None))

    identifier = first("id") or first("rft_id") or ""
    return Citation(
        journal=first("title"),
        published=date_from_text(first("date")),
        volume=first("volume"),
        issue=first("issue"),
        pages=normalise_pages(first("pages")) or normalise_pages(first("spage"), first("epage")),
        doi=identifier.removeprefix("doi:") if "doi:" in identifier else None,
        issn=first("issn"),
    )
