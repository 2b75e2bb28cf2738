"""Records into the library: stored raw, matched to papers, merged. The one way in."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Max

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

    ``by``: who takes them in, where that is not who the job runs for. A Record whose exact bytes
    are stored already changes nothing, unless its source says it again after something else.
    Records of one publication become one paper, within the batch as well as with what is there.
    """
    lock_library()
    parcels = _by_digest(records)
    occasion = Occasion.of_job(job, at=at, by=by.pk if by else None)
    touched: set[int] = set()
    if isinstance(job, Pull):
        _lift_withdrawals(job, parcels.values(), occasion)
        touched = _make_room_for_news(job, parcels)
    known = _stored_digests(parcels)
    fresh = {digest: parcel for digest, parcel in parcels.items() if digest not in known}
    if not fresh:
        return Acquired(matched=len(records))
    batch = [parcel.record for parcel in fresh.values()]
    matcher = Matcher.for_records(batch)
    new_ids = iter(allocate_ids(Paper, len(batch)))
    created: dict[int, list[Voice]] = defaultdict(list)
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
    create_papers(created, matcher=matcher, occasion=occasion)
    updated = recompose(touched, occasion) if touched else ()
    return Acquired(len(created), len(records) - len(created), len(updated))


def _by_digest(records: Sequence[Record | Parcel]) -> dict[bytes, Parcel]:
    """The records by the hash of their bytes, each once."""
    parcels = (item if isinstance(item, Parcel) else pack(item) for item in records)
    return {parcel.sha256: parcel for parcel in parcels}


def _stored_digests(digests: Iterable[bytes]) -> set[bytes]:
    stored = SourceRecord.objects.filter(sha256__in=digests).values_list("sha256", flat=True)
    return set(map(bytes, stored))


def _lift_withdrawals(pull: Pull, parcels: Iterable[Parcel], occasion: Occasion) -> None:
    """What its source gives again is not withdrawn any more."""
    ids = [parcel.record.source_id for parcel in parcels if parcel.record.source_id]
    rows = SourceRecord.objects.filter(source=pull.source, source_id__in=ids)
    withdrawn = rows.exclude(withdrawn_at=None)
    given = list(withdrawn.order_by().values_list("paper", "source_id").distinct())
    for paper_id, source_id in given:
        Change.objects.create(
            paper_id=paper_id, kind=Change.Kind.RETURNED, at=occasion.at, by_id=occasion.by,
            pull=pull, note=f"{pull.get_source_display()} gives its record {source_id} again.",
        )  # fmt: skip
    if given:
        withdrawn.update(withdrawn_at=None)


def _make_room_for_news(pull: Pull, parcels: Collection[bytes]) -> set[int]:
    """Take out what is stored of these records (digests) at an older place, where their source has
    said something else since: said again, it is the latest word. Returns the papers (ids).

    Pulls of another kind ask for other fields, so what they brought is no later word on these.
    """
    stored = SourceRecord.objects.filter(sha256__in=parcels, source=pull.source)
    held = list(stored.exclude(source_id="").values_list("pk", "source_id", "paper"))
    if not held:
        return set()
    of_kind = SourceRecord.objects.filter(
        source=pull.source, source_id__in={source_id for _, source_id, _ in held},
        pull__kind=pull.kind,
    )  # fmt: skip
    latest = dict(of_kind.order_by().values_list("source_id").annotate(Max("pk")))
    overtaken = {pk: paper for pk, source_id, paper in held if latest.get(source_id, 0) > pk}
    if overtaken:
        SourceRecord.objects.filter(pk__in=overtaken).delete()
    return set(overtaken.values())


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
