"""The library on its way out: papers as Records, and Records as files.

Whatever the number of papers, they are read and written in chunks: memory stays flat, and each
chunk costs the same few queries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import QuerySet

from papers import formats
from papers.models import Authorship, Journal, Paper, Tag
from papers.models.tag import slugs_of
from papers.records import (
    AbstractSection,
    AuthorName,
    Book,
    Grant,
    JournalMetric,
    JournalName,
    MeshHeading,
    MeshQualifier,
    OpenAccess,
    PartialDate,
    Record,
    Related,
    Source,
    Substance,
    TagLabel,
)
from papers.services.paper_json import paper_json

CHUNK = 200
"""Papers that are in memory at a time."""

RETRACTED = "Retracted Publication"
"""PubMed's publication type, which every format out can say."""


class ExportFormat(NamedTuple):
    label: str
    suffix: str
    media_type: str


EXPORT_FORMATS = {
    name: ExportFormat(row.label, row.suffix, row.media_type)
    for name, row in formats.FORMATS.items()
    if row.can_write or name == "jsonl"
}
"""What ``write_export`` writes. JSON lines are the API's papers, so no Record is behind them."""


def write_export(
    format_name: str, papers: QuerySet[Paper], *, with_people: bool = True
) -> Iterator[bytes]:
    """The papers as a file of one of EXPORT_FORMATS, in pieces and in the order of ``papers``.

    ``with_people`` False leaves out who tagged and corrected, where the format says it at all.
    """
    if format_name == "jsonl":
        return _json_lines(papers, with_people)
    return formats.write(format_name, records_of(papers))


def _json_lines(papers: QuerySet[Paper], with_people: bool) -> Iterator[bytes]:
    for paper in _in_chunks(papers):
        shown = paper_json(paper, with_people=with_people)
        yield json.dumps(shown, ensure_ascii=False).encode() + b"\n"


def records_of(papers: QuerySet[Paper]) -> Iterator[Record]:
    """Each paper as one Record, with the tags that hold."""
    return map(record_of, _in_chunks(papers))


def _in_chunks(papers: Any) -> Iterator[Paper]:
    # Whatever they were prefetched for is forgotten: two prefetches of one relation clash.
    return papers.prefetch_related(None).for_reading().iterator(chunk_size=CHUNK)


def record_of(paper: Paper) -> Record:
    """What the library says of a paper read with ``for_reading()``, as a Record of its own.

    A paper known to be retracted by a link alone gets the publication type that says so, for
    the link does not travel in every format.
    """
    types = tuple(kind.name for kind in paper.publication_types.all())
    if paper.is_retracted and RETRACTED not in types:
        types = (*types, RETRACTED)
    return Record(
        source=Source.FILE,
        source_id=str(paper.pk),
        doi=paper.doi,
        pmid=paper.pmid,
        pmid_version=paper.pmid_version,
        pmcid=paper.pmcid,
        semantic_scholar_id=paper.semantic_scholar_id,
        other_ids=tuple(paper.other_ids.items()),
        title=paper.title or None,
        title_html=paper.title_html or None,
        original_title=paper.original_title or None,
        abstract_sections=tuple(AbstractSection(**part) for part in paper.abstract_sections),
        abstract_copyright=paper.abstract_copyright or None,
        authors=tuple(_author(place) for place in paper.authorships.all()),
        journal=_journal(paper.journal) if paper.journal else None,
        book=_book(paper.book) if paper.book else None,
        volume=paper.volume or None,
        issue=paper.issue or None,
        pages=paper.pages or None,
        published=_date(paper.publication_date, paper.publication_date_text),
        electronic=_date(paper.electronic_date),
        languages=tuple(paper.languages),
        publication_types=types,
        mesh_headings=tuple(_heading(heading) for heading in paper.mesh_headings),
        supplementary_concepts=tuple(Substance(**item) for item in paper.supplementary_concepts),
        keywords=tuple(paper.keywords),
        substances=tuple(Substance(**item) for item in paper.substances),
        trial_registrations=tuple(paper.trial_registrations),
        grants=tuple(Grant(**grant) for grant in paper.grants),
        related=tuple(
            Related(link.type, link.pmid or None, link.doi or None, link.citation or None)
            for link in paper.relations.all()
        ),
        open_access=OpenAccess(**paper.open_access) if paper.open_access else None,
        citation_count=paper.citation_count,
        reference_count=paper.reference_count,
        medline_status=paper.medline_status or None,
        publication_status=paper.publication_status or None,
        url=paper.url or None,
        note=paper.note or None,
        tldr=paper.tldr or None,
        tags=tuple(_label(tag) for tag in paper.current_tags),
    )


def _author(place: Authorship) -> AuthorName:
    return AuthorName(
        name=place.name,
        family=place.family or None,
        given=place.given or None,
        initials=place.initials or None,
        suffix=place.suffix or None,
        is_collective=place.is_collective,
        orcid=place.author.orcid,
        semantic_scholar_id=place.author.semantic_scholar_id,
        affiliations=tuple(place.affiliations),
    )


def _journal(journal: Journal) -> JournalName:
    return JournalName(
        title=journal.title or None,
        iso_abbreviation=journal.iso_abbreviation or None,
        issn_linking=journal.issn_linking or None,
        issn_print=journal.issn_print or None,
        issn_electronic=journal.issn_electronic or None,
        nlm_id=journal.nlm_id or None,
        publisher=journal.publisher or None,
        country=journal.country or None,
        metrics=tuple(
            JournalMetric(
                metric.year,
                metric.impact_factor,
                metric.jcr_quartile or None,
                metric.jcr_category or None,
                metric.cas_zone,
                metric.cas_category or None,
            )
            for metric in journal.metrics.all()
        ),
    )


def _book(book: dict[str, Any]) -> Book:
    return Book(
        title=book["title"],
        publisher=book["publisher"],
        place=book["place"],
        isbns=tuple(book["isbns"]),
        accession=book["accession"],
        editors=tuple(AuthorName(name) for name in book["editors"]),
        published=_date(book["publication_date"] or ""),
    )


def _date(iso: str, text: str = "") -> PartialDate | None:
    """The date back from ``2021``, ``2021-07`` or ``2021-07-01``, with the source's own words."""
    if not iso:
        return None
    year, month, day = [*map(int, iso.split("-")), None, None][:3]
    return PartialDate(year or 0, month, day, text or None)


def _heading(heading: dict[str, Any]) -> MeshHeading:
    return MeshHeading(
        heading["descriptor"],
        heading["ui"],
        heading["is_major"],
        tuple(MeshQualifier(**qualifier) for qualifier in heading["qualifiers"]),
    )


def _label(tag: Tag) -> TagLabel:
    return TagLabel(**slugs_of(tag.target), state=tag.state)
