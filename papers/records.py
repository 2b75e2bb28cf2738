"""The one shape that every input becomes: what one source says about one publication.

A reader in ``papers.formats`` turns bytes into *entries*, one for each piece of input:

* ``Record``: the piece was understood;
* ``Rejected``: it was not; kept with its place, its raw text and a reason;
* ``Deleted``: the source withdraws a record it sent before (PubMed's DeleteCitation).

Missing is ``None`` or an empty tuple, never ``""``. Text is plain: markup that carries meaning
(``<sup>``, ``<i>``) is kept beside it in ``title_html`` and ``AbstractSection.html``, sanitised.
Identifiers are normalised by ``papers.identifiers`` before they get here. Nothing in this
module knows Django, the network or a file.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def sent_by_value(kind: type[T]) -> type[T]:
    """Let instances travel between processes as a call with their values.

    Frozen classes with slots pickle field by field in Python otherwise, which takes three times
    as long, and a large file sends hundreds of thousands of them.
    """
    names = tuple(field.name for field in dataclasses.fields(kind))  # type: ignore[arg-type]
    values = attrgetter(*names)
    is_keyword_only = any(field.kw_only for field in dataclasses.fields(kind))  # type: ignore[arg-type]

    def reduce(self: T) -> tuple[Callable[..., T], tuple[Any, ...]]:
        said = values(self)
        return (_made, (kind, names, said)) if is_keyword_only else (kind, said)

    kind.__reduce__ = reduce  # type: ignore[assignment]
    return kind


def _made(kind: type[T], names: tuple[str, ...], values: tuple[Any, ...]) -> T:
    return kind(**dict(zip(names, values, strict=True)))


class Source(StrEnum):
    """Who says it. Declared in order of precedence, the strongest first (design.md 4.2)."""

    PUBMED = "pubmed"
    SEMANTIC_SCHOLAR = "semantic_scholar"
    FILE = "file"
    AGGREGATOR = "aggregator"

    @property
    def rank(self) -> int:
        """0 for the strongest source; a lower rank wins a field."""
        return list(Source).index(self)


@sent_by_value
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date with the precision that the source gave, and no more.

    ``text`` keeps what does not fit year-month-day: a season, or PubMed's MedlineDate
    ("1998 Dec-1999 Jan").
    """

    year: int
    month: int | None = None
    day: int | None = None
    text: str | None = None

    def iso(self) -> str:
        """``2021``, ``2021-07`` or ``2021-07-01``."""
        if self.month is None:
            return f"{self.year:04d}"
        if self.day is None:
            return f"{self.year:04d}-{self.month:02d}"
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"

    def first_day(self) -> dt.date:
        """The earliest day that the date can mean; for sorting."""
        return dt.date(self.year, self.month or 1, self.day or 1)


@sent_by_value
@dataclass(frozen=True, slots=True)
class AuthorName:
    """One author as one source writes it. A group has ``is_collective`` and only a ``name``.

    ``name`` is what a reader shows: "Family, Given" where the source keeps the two apart,
    else the source's own display string.
    """

    name: str
    family: str | None = None
    given: str | None = None
    initials: str | None = None
    suffix: str | None = None
    is_collective: bool = False
    orcid: str | None = None
    semantic_scholar_id: str | None = None
    affiliations: tuple[str, ...] = ()


@sent_by_value
@dataclass(frozen=True, slots=True)
class AbstractSection:
    """One labelled part of an abstract; ``label`` is None for an unlabelled one."""

    label: str | None
    text: str
    html: str | None = None


@dataclass(frozen=True, slots=True)
class JournalMetric:
    """What a ranking said of a journal in one year (``year`` None: the source names none)."""

    year: int | None = None
    impact_factor: float | None = None
    jcr_quartile: str | None = None
    jcr_category: str | None = None
    cas_zone: int | None = None
    cas_category: str | None = None


@sent_by_value
@dataclass(frozen=True, slots=True)
class JournalName:
    """A journal as a record names it. ISSNs are normalised ("1879-355X")."""

    title: str | None = None
    iso_abbreviation: str | None = None
    issn_linking: str | None = None
    issn_print: str | None = None
    issn_electronic: str | None = None
    nlm_id: str | None = None
    publisher: str | None = None
    country: str | None = None
    metrics: tuple[JournalMetric, ...] = ()


@sent_by_value
@dataclass(frozen=True, slots=True)
class MeshQualifier:
    name: str
    ui: str | None = None
    is_major: bool = False


@sent_by_value
@dataclass(frozen=True, slots=True)
class MeshHeading:
    """A MeSH descriptor with its qualifiers; ``is_major`` is the descriptor's own star."""

    descriptor: str
    ui: str | None = None
    is_major: bool = False
    qualifiers: tuple[MeshQualifier, ...] = ()


@sent_by_value
@dataclass(frozen=True, slots=True)
class Substance:
    name: str
    ui: str | None = None
    registry_number: str | None = None


@sent_by_value
@dataclass(frozen=True, slots=True)
class Grant:
    number: str | None = None
    agency: str | None = None
    country: str | None = None


@sent_by_value
@dataclass(frozen=True, slots=True)
class Related:
    """A link to another publication.

    ``type`` is PubMed's RefType in snake case: ``retraction_in``, ``erratum_for``,
    ``comment_on``, ``update_in`` … (pubmed_250101.dtd, CommentsCorrections).
    """

    type: str
    pmid: str | None = None
    doi: str | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class OpenAccess:
    """``is_open`` None: the source does not say. ``status``: gold, hybrid, bronze, green, closed."""

    is_open: bool | None = None
    status: str | None = None
    url: str | None = None
    license: str | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """The book that a chapter or book article stands in (PubmedBookArticle, RIS CHAP)."""

    title: str | None = None
    publisher: str | None = None
    place: str | None = None
    isbns: tuple[str, ...] = ()
    accession: str | None = None
    editors: tuple[AuthorName, ...] = ()
    published: PartialDate | None = None
    """The book's own date; a chapter may have come later."""


TARGETS = {
    "therapy_class": "class",
    "regimen": "regimen",
    "setting": "setting",
    "study_design": "design",
}
"""What a tag can be about: the name of its field, and the word for it in keywords, searches and forms."""


@dataclass(frozen=True, slots=True)
class TagLabel:
    """A curator's tag as our own exports carry it. Read back, shown, never applied by itself.

    One of ``TARGETS`` has a slug, the others have none.
    """

    therapy_class: str | None = None
    regimen: str | None = None
    setting: str | None = None
    study_design: str | None = None
    state: str = "confirmed"

    @property
    def target(self) -> tuple[str, str]:
        """(which of ``TARGETS``, the slug)."""
        slugs = ((field, getattr(self, field)) for field in TARGETS)
        return next((field, slug) for field, slug in slugs if slug)


@sent_by_value
@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one source says about one publication.

    ``raw`` is the exact piece of input (UTF-8 where the input was text), ``position`` counts the
    input's pieces from 1, ``line`` is where the piece begins, from 1 (None where the format has
    no lines). These three and ``format`` describe the piece, not the publication: two Records
    that say the same are equal wherever they came from.
    """

    source: Source
    source_id: str | None = None
    format: str = field(default="", compare=False)
    raw: bytes = field(default=b"", repr=False, compare=False)
    position: int = field(default=0, compare=False)
    line: int | None = field(default=None, compare=False)

    doi: str | None = None
    pmid: str | None = None
    pmid_version: int | None = None
    pmcid: str | None = None
    semantic_scholar_id: str | None = None
    other_ids: tuple[tuple[str, str], ...] = ()
    """Other identifiers as (kind, value): pii, arxiv, corpus_id, wos, embase, scopus, eric, mag …"""

    title: str | None = None
    title_html: str | None = None
    original_title: str | None = None
    abstract_sections: tuple[AbstractSection, ...] = ()
    abstract_copyright: str | None = None
    authors: tuple[AuthorName, ...] = ()
    journal: JournalName | None = None
    book: Book | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    """Pages or an article number as printed, with full end page: "217-264", "e0815"."""

    published: PartialDate | None = None
    electronic: PartialDate | None = None
    revised: dt.date | None = None
    languages: tuple[str, ...] = ()
    """ISO 639-2/B codes as MEDLINE writes them ("eng") where the source's word is known."""

    publication_types: tuple[str, ...] = ()
    mesh_headings: tuple[MeshHeading, ...] = ()
    supplementary_concepts: tuple[Substance, ...] = ()
    keywords: tuple[str, ...] = ()
    substances: tuple[Substance, ...] = ()
    trial_registrations: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    related: tuple[Related, ...] = ()
    open_access: OpenAccess | None = None
    citation_count: int | None = None
    reference_count: int | None = None
    medline_status: str | None = None
    """PubMed's MedlineCitation Status: MEDLINE, In-Process, Publisher …"""

    publication_status: str | None = None
    """PubMed's PublicationStatus: ppublish, epublish, aheadofprint."""

    url: str | None = None
    note: str | None = None
    tldr: str | None = None
    tags: tuple[TagLabel, ...] = ()
    remarks: tuple[str, ...] = field(default=(), compare=False)
    """What the reader could not use and left out, in words: "PMID '0' is not a PMID"."""

    @property
    def names_a_paper(self) -> bool:
        """Whether it says which paper it is about; a piece that does not is Rejected."""
        ids = (self.doi, self.pmid, self.pmcid, self.semantic_scholar_id, self.other_ids)
        return any((self.title, self.original_title, self.authors, *ids))

    @property
    def abstract(self) -> str | None:
        """The abstract as one text: "LABEL: text" paragraphs joined by blank lines."""
        return join_sections(self.abstract_sections)


def join_sections(sections: tuple[AbstractSection, ...]) -> str | None:
    """One text from the sections of an abstract, or None where there are none."""
    if not sections:
        return None
    return "\n\n".join(
        f"{section.label}: {section.text}" if section.label else section.text
        for section in sections
    )


@dataclass(frozen=True, slots=True)
class Rejected:
    """A piece of input that is no valid Record. Kept and shown, never raised.

    ``reason`` is a sentence for a librarian that says what to do; ``raw`` is cut to 2,000
    characters.
    """

    position: int
    line: int | None
    raw: str
    reason: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """The source withdraws its record. The paper stays, marked; people's work is not touched."""

    source: Source
    source_id: str
    position: int
    line: int | None = None


@sent_by_value
@dataclass(frozen=True, slots=True)
class Known:
    """A record whose very bytes the library has: nobody needs to read it again."""

    position: int
    line: int | None = None


Entry = Record | Rejected | Deleted | Known
