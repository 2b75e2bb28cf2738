"""A paper as the API and the JSON lines of an export show it: one function, so that both agree.

Text that is missing is ``""``; an identifier, a date or a number that is missing is ``null``. The
shape is declared for the API's schema in ``papers.serializers.paper``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from papers.models import Authorship, Journal, JournalMetric, Paper, Relation, SourceRecord, Tag
from papers.models.tag import slugs_of
from papers.services.suggestion_json import stored_json

_NOTHING_SAID = {"is_open": None, "status": None, "url": None, "license": None}


def paper_json(paper: Paper, *, with_people: bool = True) -> dict[str, Any]:
    """The paper, read with ``Paper.objects.for_reading()``.

    ``with_people`` False leaves out who tagged and corrected: for readers who did not sign in.
    """
    return {
        "id": paper.pk,
        "title": paper.title,
        "title_html": paper.title_html,
        "original_title": paper.original_title,
        "abstract": paper.abstract,
        "abstract_sections": paper.abstract_sections,
        "abstract_copyright": paper.abstract_copyright,
        "doi": paper.doi,
        "pmid": paper.pmid,
        "pmid_version": paper.pmid_version,
        "pmcid": paper.pmcid,
        "semantic_scholar_id": paper.semantic_scholar_id,
        "other_ids": paper.other_ids,
        "language": paper.languages,
        "journal": journal_json(paper.journal) if paper.journal else None,
        "book": paper.book,
        "authors": [_author(place) for place in paper.authorships.all()],
        "year": paper.year,
        "publication_date": paper.publication_date or None,
        "publication_date_text": paper.publication_date_text,
        "electronic_date": paper.electronic_date or None,
        "volume": paper.volume,
        "issue": paper.issue,
        "pages": paper.pages,
        "publication_types": [kind.name for kind in paper.publication_types.all()],
        "mesh_headings": paper.mesh_headings,
        "supplementary_concepts": paper.supplementary_concepts,
        "keywords": paper.keywords,
        "substances": paper.substances,
        "trial_registrations": paper.trial_registrations,
        "grants": paper.grants,
        "citation_count": paper.citation_count,
        "reference_count": paper.reference_count,
        "open_access": paper.open_access or _NOTHING_SAID,
        "medline_status": paper.medline_status,
        "publication_status": paper.publication_status,
        "note": paper.note,
        "tldr": paper.tldr,
        "status": paper.status,
        "related": [_related(link) for link in paper.relations.all()],
        "tags": [_tag(tag, with_people) for tag in paper.current_tags],
        "suggestions": [stored_json(row, paper) for row in paper.suggestions.all()],
        "provenance": _provenance(paper, with_people),
        "remarks": paper.remarks,
        "url": paper.url or None,
        "created_at": moment(paper.created_at),
        "updated_at": moment(paper.updated_at),
    }


def journal_json(journal: Journal) -> dict[str, Any]:
    """A journal with its metrics, the newest first."""
    return {
        "id": journal.pk,
        "title": journal.title,
        "iso_abbreviation": journal.iso_abbreviation,
        "issn": journal.issn,
        "issn_linking": journal.issn_linking or None,
        "issn_print": journal.issn_print or None,
        "issn_electronic": journal.issn_electronic or None,
        "nlm_id": journal.nlm_id or None,
        "publisher": journal.publisher,
        "country": journal.country,
        "metrics": [_metric(metric) for metric in journal.metrics.all()],
    }


def _metric(metric: JournalMetric) -> dict[str, Any]:
    return {
        "year": metric.year,
        "impact_factor": metric.impact_factor,
        "jcr_quartile": metric.jcr_quartile or None,
        "jcr_category": metric.jcr_category or None,
        "cas_zone": metric.cas_zone,
        "cas_category": metric.cas_category or None,
    }


def _author(place: Authorship) -> dict[str, Any]:
    """The name as the paper prints it, the identifiers of the person behind it."""
    return {
        "id": place.author_id,
        "name": place.name,
        "family": place.family,
        "given": place.given,
        "initials": place.initials,
        "suffix": place.suffix,
        "orcid": place.author.orcid,
        "semantic_scholar_id": place.author.semantic_scholar_id,
        "is_collective": place.is_collective,
        "affiliations": place.affiliations,
    }


def _related(link: Relation) -> dict[str, Any]:
    return {
        "type": link.type,
        "pmid": link.pmid or None,
        "doi": link.doi or None,
        "citation": link.citation,
        "paper": link.related_paper_id,
    }


def _tag(tag: Tag, with_people: bool) -> dict[str, Any]:
    return {
        **slugs_of(tag.target),
        "state": tag.state,
        "by": tag.by.get_username() if with_people else None,
        "at": moment(tag.at),
        "note": tag.note if with_people else "",
    }


def _provenance(paper: Paper, with_people: bool) -> dict[str, dict[str, Any]]:
    """field -> the source record that gave it, or the person who corrected it."""
    records = {record.pk: record for record in paper.source_records.all()}
    return {
        "language" if field == "languages" else field: _origin(origin, records, with_people)
        for field, origin in paper.provenance.items()
    }


def _origin(
    origin: int | dict[str, str], records: dict[int, SourceRecord], with_people: bool
) -> dict[str, Any]:
    if isinstance(origin, dict):
        at = moment(dt.datetime.fromisoformat(origin["at"]))
        return {"by": origin["by"] if with_people else None, "at": at}
    record = records[origin]
    return {"source": record.source, "at": moment(record.fetched_at), "source_record": origin}


def moment(at: dt.datetime) -> str:
    """A time as JSON shows it, in UTC: ``2026-11-23T14:05:00Z``."""
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
