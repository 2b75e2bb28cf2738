"""Papers as their source records and corrections make them.

``create_papers`` writes new ones in bulk; ``recompose`` computes papers again from what is stored
and writes only what differs. Both end in the same values, which is why ``rebuild_library`` can
promise the same library.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import Prefetch

from papers import formats
from papers.merge import IDENTIFIERS, Merged, Voice, merge
from papers.models import (
    Author,
    Authorship,
    Change,
    Correction,
    Import,
    Paper,
    PublicationType,
    Pull,
    Relation,
    SourceRecord,
)
from papers.records import AuthorName
from papers.search.index import document_from_values, index_papers, write_documents
from papers.services.authors import AuthorRegister, edited_authors, may_bring_news
from papers.services.bulk import insert_rows
from papers.services.columns import (
    AUTHORSHIP_COLUMNS,
    COLUMNS,
    authorship_values,
    column_values,
    provenance_of,
)
from papers.services.corrections import apply_corrections, typed_journals
from papers.services.journals import JournalRegister, delete_unused
from papers.services.matching import BY_HAND, LEFT_OFF, Matcher

_PAPER_COLUMNS = ("id", "journal", "provenance", "created_at", "updated_at", *COLUMNS)
_CHANGE_COLUMNS = ("paper", "kind", "by", "at", "job", "pull", "note", "detail")


@dataclass(frozen=True, slots=True)
class Occasion:
    """When papers are computed, why, and for whom (id of a user); each change of it says so."""

    at: dt.datetime
    kind: str = Change.Kind.UPDATED
    by: int | None = None
    job: Import | Pull | None = None
    note: str = ""

    @classmethod
    def of_job(
        cls, job: Import | Pull | None, *, at: dt.datetime, by: int | None = None
    ) -> Occasion:
        """What a job brings; for whom it runs, unless somebody else is named."""
        return cls(at, by=by or (job.by_id if job else None), job=job)


def create_papers(
    voices: Mapping[int, Sequence[Voice]], *, matcher: Matcher, occasion: Occasion
) -> None:
    """Store new papers: ``voices`` has the records of each, under the id that it will have."""
    at = occasion.at
    merged = {paper_id: merge(of_paper) for paper_id, of_paper in voices.items()}
    for paper_id, paper in merged.items():
        _claim(paper_id, paper, voices[paper_id], matcher)
    for paper_id, paper in merged.items():
        _leave_off(paper_id, paper, matcher)
    deprived = _take_over(matcher) - merged.keys()
    journals = JournalRegister(voice.record for of_paper in voices.values() for voice in of_paper)
    rows: list[tuple[object, ...]] = []
    columns_of: dict[int, dict[str, Any]] = {}
    journal_of: dict[int, int | None] = {}
    for paper_id, paper in merged.items():
        columns = columns_of[paper_id] = column_values(paper)
        journal_id = journal_of[paper_id] = journals.id_of(paper.values.get("journal"))
        if len(voices[paper_id]) > 1:
            journals.complete(journal_id, (voice.record.journal for voice in voices[paper_id]))
        rows.append(
            (paper_id, journal_id, provenance_of(paper), at, at, *map(columns.__getitem__, COLUMNS))
        )
    journals.save()
    insert_rows(Paper, _PAPER_COLUMNS, rows)
    _insert_bylines({pk: paper.values.get("authors", ()) for pk, paper in merged.items()})
    _insert_publication_types(merged)
    _insert_relations(merged)
    _insert_first_changes(merged, occasion)
    documents = [
        document_from_values(
            paper_id,
            columns_of[paper_id],
            authors=[author.name for author in paper.values.get("authors", ())],
            journal=journals.words_of(journal_of[paper_id]),
        )
        for paper_id, paper in merged.items()
    ]
    write_documents(documents, is_new=True)
    index_papers(journals.papers_to_index() - merged.keys())
    if deprived:
        recompose(deprived, occasion)


def _insert_first_changes(paper_ids: Iterable[int], occasion: Occasion) -> None:
    by = (occasion.by, occasion.at, *job_columns(occasion.job), occasion.note)
    rows: list[tuple[object, ...]] = [
        (paper_id, Change.Kind.CREATED, *by, {}) for paper_id in paper_ids
    ]
    insert_rows(Change, _CHANGE_COLUMNS, rows)


def job_columns(job: Import | Pull | None) -> tuple[int | None, int | None]:
    """(id of the import, id of the pull) that a row came by."""
    pk = job.pk if job else None
    return (None, pk) if isinstance(job, Pull) else (pk, None)


def _claim(
    paper_id: int,
    paper: Merged,
    voices: Sequence[Voice],
    matcher: Matcher,
    by_hand: Collection[str] = (),
) -> None:
    """Ask for a paper's identifiers, each in the name of the source that gave it."""
    ranks = {voice.id: voice.record.source.rank for voice in voices}
    for name in IDENTIFIERS:
        if value := paper.values.get(name):
            rank = BY_HAND if name in by_hand else ranks[paper.origins[name]]
            matcher.claim(paper_id, name, value, rank=rank)


def _take_over(matcher: Matcher) -> set[int]:
    """Free the identifiers that stronger sources claimed; the papers (ids) that lose them."""
    for paper_id, name in matcher.deprived:
        Paper.objects.filter(pk=paper_id).update(**{name: None})
    return {paper_id for paper_id, _ in matcher.deprived}


def _leave_off(paper_id: int, paper: Merged, matcher: Matcher) -> None:
    """Leave off what stands on another paper, and say so: an identifier is one paper's."""
    for name in IDENTIFIERS:
        value = paper.values.get(name)
        if not value:
            continue
        if matcher.holder(name, value) != paper_id:
            del paper.values[name]
            paper.origins.pop(name, None)
            label = {"semantic_scholar_id": "Semantic Scholar id"}.get(name, name.upper())
            remark = (
                f"{label} {value} {LEFT_OFF}: it stands on another paper, whose other identifiers "
                "differ. Search the library for it and compare the two."
            )
            paper.remarks = (*paper.remarks, remark)


def _insert_bylines(bylines: Mapping[int, Sequence[AuthorName]]) -> None:
    register = AuthorRegister(bylines.values())
    rows = [(paper_id, register.ids_of(byline), byline) for paper_id, byline in bylines.items()]
    register.save()
    _insert_authorships(rows)


def _insert_authorships(
    bylines: Iterable[tuple[int, Sequence[int], Sequence[AuthorName]]],
) -> None:
    """Of each paper (id): the authors (ids) and their printed names, in order."""
    insert_rows(
        Authorship,
        ("paper", "author", "position", *AUTHORSHIP_COLUMNS),
        [
            (paper_id, author_id, position, *authorship_values(name))
            for paper_id, author_ids, byline in bylines
            for position, (author_id, name) in enumerate(
                zip(author_ids, byline, strict=True), start=1
            )
        ],
    )


def _insert_publication_types(merged: Mapping[int, Merged]) -> None:
    named = {
        pk: dict.fromkeys(name[:200] for name in paper.values.get("publication_types", ()))
        for pk, paper in merged.items()
    }
    ids = _publication_type_ids({name for names in named.values() for name in names})
    insert_rows(
        Paper.publication_types.through,
        ("paper", "publicationtype"),
        [(pk, ids[name]) for pk, names in named.items() for name in names],
    )


def _publication_type_ids(names: set[str]) -> dict[str, int]:
    known = dict(PublicationType.objects.filter(name__in=names).values_list("name", "pk"))
    missing = [PublicationType(name=name) for name in sorted(names - known.keys())]
    if missing:
        PublicationType.objects.bulk_create(missing, ignore_conflicts=True)
        known = dict(PublicationType.objects.filter(name__in=names).values_list("name", "pk"))
    return known


def _insert_relations(merged: Mapping[int, Merged]) -> None:
    insert_rows(
        Relation,
        ("paper", "type", "pmid", "doi", "citation"),
        [(pk, *row) for pk, paper in merged.items() for row in _relation_rows(paper)],
    )


def _relation_rows(paper: Merged) -> list[tuple[str, str, str, str]]:
    return [
        (link.type[:40], link.pmid or "", (link.doi or "")[:500], link.citation or "")
        for link in paper.related
    ]


def recompose(paper_ids: Iterable[int], occasion: Occasion) -> set[int]:
    """Compute papers again from their source records and corrections; write what differs.

    Returns the ids of the papers that changed. A paper that is already right is not touched, not
    even its time of change.
    """
    ids = sorted(set(paper_ids))
    voices = _stored_voices(ids)
    records = [voice.record for of_paper in voices.values() for voice in of_paper]
    corrections = _stored_corrections(ids)
    matcher = Matcher.for_records(records)
    computed = {}
    for paper_id in ids:
        merged = merge(voices[paper_id])
        corrected = apply_corrections(merged, corrections[paper_id])
        _claim(paper_id, merged, voices[paper_id], matcher, by_hand=corrected)
        computed[paper_id] = merged, corrected
    deprived = _take_over(matcher) - computed.keys()
    journals = JournalRegister(
        records, typed=typed_journals(chain.from_iterable(corrections.values()))
    )
    changes, left = [], set()
    for paper in _with_all_that_is_written(ids):
        merged, corrected = computed[paper.pk]
        _leave_off(paper.pk, merged, matcher)
        provenance = provenance_of(merged) | corrected
        journal_id = journals.id_of(merged.values.get("journal"))
        journals.complete(journal_id, (voice.record.journal for voice in voices[paper.pk]))
        journals.save()
        if paper.journal_id and paper.journal_id != journal_id:
            left.add(paper.journal_id)
        if fields := _write(paper, merged, journal_id, provenance, occasion.at):
            changes.append((paper.pk, fields))
    delete_unused(left)
    _write_changes(changes, occasion)
    changed = {paper_id for paper_id, _ in changes}
    index_papers(changed | journals.papers_to_index())
    return changed | (recompose(deprived, occasion) if deprived else set())


def _stored_corrections(paper_ids: Sequence[int]) -> dict[int, list[Correction]]:
    found: dict[int, list[Correction]] = defaultdict(list)
    for correction in Correction.objects.filter(paper__in=paper_ids).select_related("by"):
        found[correction.paper_id].append(correction)
    return found


def _with_all_that_is_written(paper_ids: Sequence[int]) -> list[Paper]:
    """The papers with the rows beside them that ``_write`` compares."""
    # Authors come by a join: prefetched, each is a term of one OR, of which SQLite takes 1,000.
    bylines = Prefetch("authorships", Authorship.objects.select_related("author"))
    papers = Paper.objects.filter(pk__in=paper_ids)
    return list(papers.prefetch_related(bylines, "publication_types", "relations"))


def _write_changes(changes: Sequence[tuple[int, dict[str, Any]]], occasion: Occasion) -> None:
    """One entry of history for each paper (id) and what of it changed."""
    job_id, pull_id = job_columns(occasion.job)
    Change.objects.bulk_create(
        Change(
            paper_id=paper_id,
            kind=occasion.kind,
            by_id=occasion.by,
            at=occasion.at,
            job_id=job_id,
            pull_id=pull_id,
            note=occasion.note,
            detail={"fields": fields},
        )
        for paper_id, fields in changes
    )


def _stored_voices(paper_ids: Sequence[int]) -> dict[int, list[Voice]]:
    voices: dict[int, list[Voice]] = defaultdict(list)
    for row in SourceRecord.objects.filter(paper__in=paper_ids).order_by("id").iterator(200):
        voices[row.paper_id].append(Voice(row.pk, formats.read_one(row.raw, row.format)))
    return voices


def _write(
    paper: Paper,
    merged: Merged,
    journal_id: int | None,
    provenance: dict[str, Any],
    at: dt.datetime,
) -> dict[str, list[Any]]:
    """Store what differs; returns ``{field: [old, new]}``, empty when nothing did."""
    fields: dict[str, list[Any]] = {}
    for name, value in {**column_values(merged), "journal_id": journal_id}.items():
        old = getattr(paper, name)
        if old != value:
            fields[name.removesuffix("_id") if name == "journal_id" else name] = [old, value]
            setattr(paper, name, value)
    fields.update(_write_byline(paper, merged.values.get("authors", ())))
    fields.update(_write_publication_types(paper, merged))
    fields.update(_write_relations(paper, merged))
    if fields or paper.provenance != provenance:
        paper.provenance = provenance
        if fields:
            paper.updated_at = at
        paper.save()
    return fields


def _write_byline(paper: Paper, byline: Sequence[AuthorName]) -> dict[str, list[Any]]:
    stored = list(paper.authorships.all())
    authors = [row.author for row in stored]
    wanted = [authorship_values(name) for name in byline]
    held = [tuple(getattr(row, column) for column in AUTHORSHIP_COLUMNS) for row in stored]
    is_same = held == wanted
    if is_same and not may_bring_news(byline, authors):
        return {}
    before = {row.name: row.author_id for row in stored}
    register = AuthorRegister([byline], authors=authors)
    author_ids = register.ids_of(byline, before)
    if is_same and author_ids == [row.author_id for row in stored] and not register.has_gains:
        return {}
    register.save()
    paper.authorships.all().delete()
    _insert_authorships([(paper.pk, author_ids, byline)])
    left = Author.objects.filter(pk__in=before.values(), authorships=None)
    left.exclude(pk__in=edited_authors(before.values())).delete()
    return {"authors": [[row[0] for row in held], [row[0] for row in wanted]]}


def _write_publication_types(paper: Paper, merged: Merged) -> dict[str, list[Any]]:
    held = [row.name for row in paper.publication_types.all()]
    wanted = list(dict.fromkeys(name[:200] for name in merged.values.get("publication_types", ())))
    if set(held) == set(wanted):
        return {}
    paper.publication_types.set(_publication_type_ids(set(wanted)).values())
    return {"publication_types": [held, wanted]}


def _write_relations(paper: Paper, merged: Merged) -> dict[str, list[Any]]:
    held = [(row.type, row.pmid, row.doi, row.citation) for row in paper.relations.all()]
    wanted = _relation_rows(merged)
    if held == wanted:
        return {}
    paper.relations.all().delete()
    _insert_relations({paper.pk: merged})
    return {"related": [[list(row) for row in held], [list(row) for row in wanted]]}
