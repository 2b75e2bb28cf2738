"""Papers as their source records and corrections make them.

``create_papers`` writes new ones in bulk; ``recompose`` computes papers again from what is stored
and writes only what differs. Both end in the same values, which is why ``rebuild_library`` can
promise the same library.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from django.contrib.auth.models import User
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
from papers.services.authors import AuthorRegister, identities_of
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


def create_papers(
    voices: Mapping[int, Sequence[Voice]],
    *,
    matcher: Matcher,
    job: Import | Pull | None,
    at: dt.datetime,
) -> None:
    """Store new papers: ``voices`` has the records of each, under the id that it will have."""
    merged = {paper_id: merge(of_paper) for paper_id, of_paper in voices.items()}
    for paper_id, paper in merged.items():
        _claim(paper_id, paper, voices[paper_id], matcher)
    for paper_id, paper in merged.items():
        _leave_off(paper_id, paper, matcher)
    deprived = _take_over(matcher) - merged.keys()
    journals = JournalRegister(voice.record for of_paper in voices.values() for voice in of_paper)
    rows, documents = [], []
    for paper_id, paper in merged.items():
        columns = column_values(paper)
        journal_id = journals.id_of(paper.values.get("journal"))
        if len(voices[paper_id]) > 1:
            journals.complete(journal_id, (voice.record.journal for voice in voices[paper_id]))
        rows.append(
            (paper_id, journal_id, provenance_of(paper), at, at, *map(columns.__getitem__, COLUMNS))
        )
        documents.append(_document(paper_id, columns, paper))
    journals.save()
    insert_rows(Paper, _PAPER_COLUMNS, rows)
    _insert_bylines({pk: paper.values.get("authors", ()) for pk, paper in merged.items()})
    _insert_publication_types(merged)
    _insert_relations(merged)
    insert_rows(
        Change,
        _CHANGE_COLUMNS,
        [
            (
                pk,
                Change.Kind.CREATED,
                job.by_id if job else None,
                at,
                *job_columns(job),
                "",
                {},
            )
            for pk in merged
        ],
    )
    write_documents(documents, is_new=True)
    if deprived:
        recompose(deprived, at=at, job=job, by=job.by if job else None)


def job_columns(job: Import | Pull | None) -> tuple[int | None, int | None]:
    """(id of the import, id of the pull) that a row came by."""
    pk = job.pk if job else None
    return (None, pk) if isinstance(job, Pull) else (pk, None)


def job_fields(job: Import | Pull | None) -> dict[str, Any]:
    """By which job and for whom a change was made, as fields of ``Change``."""
    job_id, pull_id = job_columns(job)
    return {"job_id": job_id, "pull_id": pull_id, "by": job.by if job else None}


def _document(paper_id: int, columns: Mapping[str, Any], paper: Merged) -> Any:
    journal = paper.values.get("journal")
    return document_from_values(
        paper_id,
        columns,
        authors=[author.name for author in paper.values.get("authors", ())],
        journal=[part for part in (journal.title, journal.iso_abbreviation) if part]
        if journal
        else [],
    )


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


def _insert_bylines(
    bylines: Mapping[int, Sequence[AuthorName]], before: Mapping[str, int] | None = None
) -> None:
    register = AuthorRegister(bylines.values())
    rows: list[tuple[object, ...]] = []
    for paper_id, byline in bylines.items():
        author_ids = register.ids_of(byline, before)
        rows.extend(
            (paper_id, author_id, position, *authorship_values(name))
            for position, (author_id, name) in enumerate(
                zip(author_ids, byline, strict=True), start=1
            )
        )
    register.save()
    insert_rows(Authorship, ("paper", "author", "position", *AUTHORSHIP_COLUMNS), rows)


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


def recompose(
    paper_ids: Iterable[int],
    *,
    at: dt.datetime,
    kind: str = Change.Kind.UPDATED,
    by: User | None = None,
    job: Import | Pull | None = None,
    note: str = "",
) -> set[int]:
    """Compute papers again from their source records and corrections; write what differs.

    Returns the ids of the papers that changed. A paper that is already right is not touched, not
    even its time of change.
    """
    ids = sorted(set(paper_ids))
    voices = _stored_voices(ids)
    records = [voice.record for of_paper in voices.values() for voice in of_paper]
    matcher = Matcher.for_records(records)
    corrections: dict[int, list[Correction]] = defaultdict(list)
    for correction in Correction.objects.filter(paper__in=ids).select_related("by"):
        corrections[correction.paper_id].append(correction)
    journals = JournalRegister(
        records, typed=typed_journals(chain.from_iterable(corrections.values()))
    )
    changed, left = set(), set()
    # Authors come by a join: prefetched, each is a term of one OR, of which SQLite takes 1,000.
    bylines = Prefetch("authorships", Authorship.objects.select_related("author"))
    papers = list(
        Paper.objects.filter(pk__in=ids).prefetch_related(bylines, "publication_types", "relations")
    )
    computed = {}
    for paper in papers:
        merged = merge(voices[paper.pk])
        corrected = apply_corrections(merged, corrections[paper.pk])
        _claim(paper.pk, merged, voices[paper.pk], matcher, by_hand=corrected)
        computed[paper.pk] = merged, corrected
    deprived = _take_over(matcher) - computed.keys()
    for paper in papers:
        merged, corrected = computed[paper.pk]
        _leave_off(paper.pk, merged, matcher)
        provenance = provenance_of(merged) | corrected
        journal_id = journals.id_of(merged.values.get("journal"))
        journals.complete(journal_id, (voice.record.journal for voice in voices[paper.pk]))
        journals.save()
        if paper.journal_id and paper.journal_id != journal_id:
            left.add(paper.journal_id)
        fields = _write(paper, merged, journal_id, provenance, at)
        if fields:
            changed.add(paper.pk)
            Change.objects.create(
                paper=paper, kind=kind, at=at, note=note, detail={"fields": fields},
                **job_fields(job) | {"by": by},
            )  # fmt: skip
    delete_unused(left)
    index_papers(changed)
    if deprived:
        changed |= recompose(deprived, at=at, kind=kind, by=by, job=job, note=note)
    return changed


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
    wanted = [authorship_values(name) for name in byline]
    held = [tuple(getattr(row, column) for column in AUTHORSHIP_COLUMNS) for row in stored]
    if held == wanted and not _brings_identifiers(byline, [row.author for row in stored]):
        return {}
    before = {row.name: row.author_id for row in stored}
    paper.authorships.all().delete()
    _insert_bylines({paper.pk: byline}, before)
    left = Author.objects.filter(pk__in=before.values(), authorships=None)
    edited = Author.history.filter(id__in=before.values(), history_user__isnull=False)
    left.exclude(pk__in=edited.values("id")).delete()
    return {"authors": [[row[0] for row in held], [row[0] for row in wanted]]}


def _brings_identifiers(byline: Sequence[AuthorName], authors: Sequence[Author]) -> bool:
    """True when a name has an identifier of a kind that its author lacks."""
    return any(
        (identity.orcid and not author.orcid)
        or (identity.semantic_scholar_id and not author.semantic_scholar_id)
        for identity, author in zip(identities_of(byline), authors, strict=True)
    )


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
