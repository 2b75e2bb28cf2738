"""Records into the library: stored raw, matched to papers, merged. The one way in."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import connection

from papers.formats.parcels import Digests, Parcel, pack
from papers.merge import Voice
from papers.models import Change, Import, Paper, Pull, SourceRecord
from papers.records import Deleted, Record
from papers.services.bulk import allocate_ids, insert_rows
from papers.services.composing import Occasion, create_papers, job_columns, recompose
from papers.services.matching import Matcher

_SOURCE_RECORD_COLUMNS = (
    "id", "paper", "job", "pull", "source", "source_id", "format", "sha256", "payload", "fetched_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Acquired:
    """What became of a batch: papers made, records of papers known before, papers changed."""

    created: int = 0
    matched: int = 0
    updated: int = 0

    def __add__(self, other: Acquired) -> Acquired:
        return Acquired(
            self.created + other.created,
            self.matched + other.matched,
            self.updated + other.updated,
        )


def acquire_records(
    records: Sequence[Record | Parcel],
    *,
    job: Import | Pull | None = None,
    by: User | None = None,
    at: dt.datetime,
) -> Acquired:
    """Bring a batch of Records, packed or not, into the library. Call inside a transaction.

    ``by``: who takes them in, where that is not who the job runs for. A Record whose exact bytes are stored already changes nothing. Records of one publication
    become one paper, within the batch as well as with what is there.
    """
    lock_library()
    fresh = _unknown(records)
    if not fresh:
        return Acquired(matched=len(records))
    batch = [parcel.record for parcel in fresh.values()]
    matcher = Matcher.for_records(batch)
    new_ids = iter(allocate_ids(Paper, len(batch)))
    created: dict[int, list[Voice]] = defaultdict(list)
    touched: set[int] = set()
    rows = []
    record_ids = allocate_ids(SourceRecord, len(batch))
    for record_id, parcel in zip(record_ids, fresh.values(), strict=True):
        record = parcel.record
        paper_id = matcher.paper_of(record)
        if paper_id is None:
            paper_id = next(new_ids)
            created[paper_id] = []
        if paper_id in created:
            created[paper_id].append(Voice(record_id, record))
        else:
            touched.add(paper_id)
        matcher.learn_record(paper_id, record)
        rows.append(_source_record_row(record_id, paper_id, parcel, job, at))
    insert_rows(SourceRecord, _SOURCE_RECORD_COLUMNS, rows)
    occasion = Occasion.of_job(job, at=at, by=by.pk if by else None)
    create_papers(created, matcher=matcher, occasion=occasion)
    updated = recompose(touched, occasion) if touched else ()
    return Acquired(len(created), len(records) - len(created), len(updated))


def _unknown(records: Sequence[Record | Parcel]) -> dict[bytes, Parcel]:
    """The records whose bytes are not stored yet, by their hash, each once."""
    parcels = (item if isinstance(item, Parcel) else pack(item) for item in records)
    by_digest = {parcel.sha256: parcel for parcel in parcels}
    stored = SourceRecord.objects.filter(sha256__in=by_digest).values_list("sha256", flat=True)
    for digest in stored:
        del by_digest[bytes(digest)]
    return by_digest


def known_digests() -> Digests:
    """The SHA-256 of every record that is stored."""
    return Digests.of(map(bytes, SourceRecord.objects.values_list("sha256", flat=True).iterator()))


def _source_record_row(
    record_id: int, paper_id: int, parcel: Parcel, job: Import | Pull | None, at: dt.datetime
) -> tuple[object, ...]:
    record = parcel.record
    return (
        record_id,
        paper_id,
        *job_columns(job),
        record.source.value,
        (record.source_id or "")[:500],
        record.format,
        parcel.sha256,
        parcel.payload,
        at,
    )


def withdraw_records(
    deleted: Sequence[Deleted], *, job: Import | Pull | None = None, at: dt.datetime
) -> int:
    """Mark what a source has withdrawn; the papers and people's work on them stay.

    Returns how many source records were marked.
    """
    if deleted:
        lock_library()
    job_id, pull_id = job_columns(job)
    marked = 0
    for notice in deleted:
        rows = SourceRecord.objects.filter(
            source=notice.source, source_id=notice.source_id, withdrawn_at=None
        )
        for paper_id in rows.values_list("paper_id", flat=True).distinct():
            Change.objects.create(
                paper_id=paper_id, kind=Change.Kind.WITHDRAWN, at=at,
                job_id=job_id, pull_id=pull_id, by_id=job.by_id if job else None,
                note=f"{SourceRecord.Sources(notice.source).label} withdrew its record {notice.source_id}.",
            )  # fmt: skip
        marked += rows.update(withdrawn_at=at)
    return marked


def lock_library() -> None:
    """One writer of papers at a time, so that two workers cannot both make the same paper.

    SQLite's IMMEDIATE transactions see to it themselves.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LIBRARY_LOCK])


_LIBRARY_LOCK = 0x524D53  # "RMS"
