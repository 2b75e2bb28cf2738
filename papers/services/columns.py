"""From what a merge says to what the tables hold: values of a paper's columns, as JSON shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from papers.merge import Merged
from papers.records import AuthorName, Book, MeshHeading, OpenAccess, PartialDate, Substance

COLUMNS = (
    "doi", "pmid", "pmcid", "semantic_scholar_id", "pmid_version", "other_ids",
    "title", "title_html", "original_title", "abstract", "abstract_sections",
    "abstract_copyright", "book", "volume", "issue", "pages", "year", "publication_date",
    "publication_date_text", "electronic_date", "languages", "mesh_headings",
    "supplementary_concepts", "keywords", "substances", "trial_registrations", "grants",
    "open_access", "citation_count", "reference_count", "medline_status", "publication_status",
    "url", "note", "tldr", "status", "remarks",
)  # fmt: skip
"""Columns of ``Paper`` that a merge fills, the journal apart."""


def column_values(merged: Merged) -> dict[str, Any]:
    """Every column of ``COLUMNS`` for one paper, missing text as the empty string."""
    said = merged.values.get
    published, electronic = said("published"), said("electronic")
    return {
        "doi": said("doi"),
        "pmid": said("pmid"),
        "pmcid": said("pmcid"),
        "semantic_scholar_id": said("semantic_scholar_id"),
        "pmid_version": small_number(merged.pmid_version),
        "other_ids": merged.other_ids,
        "title": said("title") or "",
        "title_html": merged.title_html or "",
        "original_title": said("original_title") or "",
        "abstract": merged.abstract or "",
        "abstract_sections": [_section(part) for part in said("abstract_sections") or ()],
        "abstract_copyright": said("abstract_copyright") or "",
        "book": _book(said("book")),
        "volume": _cut(said("volume"), 100),
        "issue": _cut(said("issue"), 100),
        "pages": _cut(said("pages"), 200),
        "year": merged.year,
        "publication_date": _date(published),
        "publication_date_text": _cut(published.text, 200) if published else "",
        "electronic_date": _date(electronic),
        "languages": list(said("languages") or ()),
        "mesh_headings": [_heading(heading) for heading in said("mesh_headings") or ()],
        "supplementary_concepts": _substances(said("supplementary_concepts")),
        "keywords": list(said("keywords") or ()),
        "substances": _substances(said("substances")),
        "trial_registrations": list(merged.trial_registrations),
        "grants": [
            {"number": grant.number, "agency": grant.agency, "country": grant.country}
            for grant in said("grants") or ()
        ],
        "open_access": _open_access(said("open_access")),
        "citation_count": said("citation_count"),
        "reference_count": said("reference_count"),
        "medline_status": _cut(said("medline_status"), 40),
        "publication_status": _cut(said("publication_status"), 40),
        "url": said("url") or "",
        # The one text that keeps its line ends, and with them what no database takes.
        "note": (said("note") or "").replace("\x00", " "),
        "tldr": said("tldr") or "",
        "status": merged.status,
        "remarks": list(merged.remarks),
    }


def _cut(text: str | None, limit: int) -> str:
    """The raw record keeps what a column has no room for."""
    return (text or "")[:limit]


def small_number(value: int | None) -> int | None:
    """The number if a small column has room for it: a year of 99999 is none."""
    return value if value is not None and 0 <= value < 1 << 15 else None


def _date(date: PartialDate | None) -> str:
    return date.iso() if date else ""


def _section(part: Any) -> dict[str, str | None]:
    shown = {"label": part.label, "text": part.text}
    return {**shown, "html": part.html} if part.html else shown


def _heading(heading: MeshHeading) -> dict[str, Any]:
    """MEDLINE stars a descriptor or its qualifiers; a paper's main topics are both."""
    return {
        "descriptor": heading.descriptor,
        "ui": heading.ui,
        "is_major": heading.is_major or any(part.is_major for part in heading.qualifiers),
        "qualifiers": [
            {"name": qualifier.name, "ui": qualifier.ui, "is_major": qualifier.is_major}
            for qualifier in heading.qualifiers
        ],
    }


def _substances(substances: tuple[Substance, ...] | None) -> list[dict[str, str | None]]:
    return [
        {"name": item.name, "ui": item.ui, "registry_number": item.registry_number}
        for item in substances or ()
    ]


def _open_access(access: OpenAccess | None) -> dict[str, Any] | None:
    if access is None:
        return None
    return {
        "is_open": access.is_open,
        "status": access.status,
        "url": access.url,
        "license": access.license,
    }


def _book(book: Book | None) -> dict[str, Any] | None:
    if book is None:
        return None
    return {
        "title": book.title,
        "publisher": book.publisher,
        "place": book.place,
        "isbns": list(book.isbns),
        "accession": book.accession,
        "editors": [editor.name for editor in book.editors],
        "publication_date": _date(book.published) or None,
    }


AUTHORSHIP_COLUMNS = (
    "name", "family", "given", "initials", "suffix", "is_collective", "affiliations",
)  # fmt: skip


def authorship_values(author: AuthorName) -> tuple[Any, ...]:
    """The columns of one authorship, in the order of ``AUTHORSHIP_COLUMNS``."""
    return (
        author.name[:500],
        (author.family or "")[:500],
        (author.given or "")[:500],
        (author.initials or "")[:50],
        (author.suffix or "")[:50],
        author.is_collective,
        list(author.affiliations),
    )


PROVENANCE_GROUPS: Mapping[str, str] = {
    "abstract_sections": "abstract",
    "published": "publication_date",
    "electronic": "electronic_date",
    "citation_count": "citation_count",
}
"""Where the API's name of a field differs from the Record's."""


def provenance_of(merged: Merged) -> dict[str, Any]:
    """field (as the API names it) -> id of the source record that gave it."""
    return {PROVENANCE_GROUPS.get(name, name): origin for name, origin in merged.origins.items()}
