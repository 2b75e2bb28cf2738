"""One uploaded file from its bytes to the library, in batches that survive a killed worker.

The file is stored before anything reads it. Each batch is one transaction that also moves the
job's ``position`` on; so whoever continues the job reads the file again, skips that many
pieces, and nothing is lost or done twice.
"""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
import logging
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from papers import formats
from papers.formats import InputFile, Unreadable
from papers.formats.ahead import Batch, batches
from papers.formats.parcels import Parcel
from papers.models import Import, RejectedPiece
from papers.records import Deleted, Known, Rejected
from papers.services.acquire import Acquired, acquire_records, known_digests, withdraw_records

logger = logging.getLogger(__name__)

BATCH = 1000
"""Pieces a transaction: under a second of work, after which others may write."""


def store_upload(
    *, name: str, chunks: Iterable[bytes], forced_format: str = "", by: User | None
) -> Import:
    """Keep a file's bytes and queue its import. Equal bytes are kept once.

    ``forced_format`` is a name of ``formats.FORMATS``; "" finds the format by the content.
    """
    file = tempfile.NamedTemporaryFile(  # noqa: SIM115 (closed in _copy, removed below)
        dir=settings.MEDIA_ROOT, prefix="upload-", delete=False
    )
    upload = Path(file.name)
    try:
        sha256, size = _copy(chunks, file)
        job = Import(
            name=Path(name).name[:255] or "upload",
            sha256=sha256,
            size=size,
            forced_format=forced_format,
            by=by,
        )
        job.path.parent.mkdir(exist_ok=True)
        upload.replace(job.path)
    finally:
        upload.unlink(missing_ok=True)
    job.save()
    return job


def _copy(chunks: Iterable[bytes], file: IO[bytes]) -> tuple[str, int]:
    """Write the chunks and close the file; returns their SHA-256 and how many bytes they are."""
    digest = hashlib.sha256()
    size = 0
    with file:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return digest.hexdigest(), size


def run_import(import_id: int) -> Import | None:
    """Work on an import until it is done, failed or cancelled.

    Returns the job, or None where there is nothing to do: it is finished, or another worker
    has it. Errors end on the job's row; none is raised. A database that went away is none of
    the file's faults: the job stays as it is, and the sweeper has it continued.
    """
    if not _claim(import_id):
        return None
    job = Import.objects.select_related("by").get(pk=import_id)
    try:
        _read_and_store(job)
    except Unreadable as error:
        _finish(job, Import.State.FAILED, str(error))
    except FileNotFoundError:
        _finish(job, Import.State.FAILED, "The stored file is gone. Upload it again.")
    except (OperationalError, InterfaceError):
        logger.exception("import %s lost the database after piece %s", job.pk, job.position)
    except Exception:
        logger.exception("import %s stopped after piece %s", job.pk, job.position)
        _finish(
            job,
            Import.State.FAILED,
            f"The import stopped after piece {job.position} by a fault of ours; what came before "
            "is stored. The server's log has the details.",
        )
    else:
        _finish(job, Import.State.DONE)
    return job


def _claim(import_id: int) -> bool:
    """Take the job unless somebody works on it; one worker wins.

    ``started_at`` is the claim's token: who no longer finds it on the row has lost the job.
    """
    now = timezone.now()
    free = Q(state=Import.State.QUEUED) | Q(
        state=Import.State.RUNNING, heartbeat_at__lt=_lease_end(now)
    )
    return bool(
        Import.objects.filter(free, pk=import_id).update(
            state=Import.State.RUNNING, heartbeat_at=now, started_at=now, error=""
        )
    )


def _lease_end(at: dt.datetime) -> dt.datetime:
    return at - dt.timedelta(seconds=settings.JOB_LEASE_S)


def _held(job: Import) -> QuerySet[Import]:
    """The row, as long as it is this worker's: neither cancelled nor taken over."""
    return Import.objects.filter(pk=job.pk, state=Import.State.RUNNING, started_at=job.started_at)


def _read_and_store(job: Import) -> None:
    file = InputFile.from_path(job.path, job.name)
    job.format = job.forced_format or formats.detect(file).name
    job.save(update_fields=["format"])
    ahead = batches(job.path, job.format, skip=job.position, size=BATCH, known=known_digests)
    with closing(ahead), _few_collections():
        for batch in ahead:
            if not _store_batch(job, batch):
                return


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for garbage cycles once a batch or so: a batch makes 100,000 objects and no cycle."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, usual[1], usual[2])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _store_batch(job: Import, batch: Batch) -> bool:
    """Store one batch and the progress with it. False when the job is no longer this worker's."""
    at = timezone.now()
    records = [entry for entry in batch.entries if isinstance(entry, Parcel)]
    rejected = [entry for entry in batch.entries if isinstance(entry, Rejected)]
    deleted = [entry for entry in batch.entries if isinstance(entry, Deleted)]
    known = [entry for entry in batch.entries if isinstance(entry, Known)]
    with transaction.atomic():
        _commit_without_waiting()
        if not _held(job).select_for_update().values_list("pk").first():
            return False
        acquired, refused = _acquire(records, job=job, at=at)
        withdraw_records(deleted, job=job, at=at)
        _keep_rejected(job, rejected + refused)
        job.position += len(batch.entries)
        job.read += len(records) + len(known) + len(rejected)
        job.created += acquired.created
        job.matched += acquired.matched + len(known)
        job.updated += acquired.updated
        job.rejected += len(rejected) + len(refused)
        job.heartbeat_at = at
        job.bytes_read = batch.bytes_read
        job.save(update_fields=[
            "position", "read", "created", "matched", "updated", "rejected", "heartbeat_at",
            "bytes_read",
        ])  # fmt: skip
    return True


def _commit_without_waiting() -> None:
    """Let the commit of a batch return before the disk has it.

    A server that crashes then loses the last batch and the job's position of it together, so the
    import goes on from there; the commit that ends the job waits for all before it.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO OFF")


def _acquire(
    records: list[Parcel], *, job: Import, at: dt.datetime
) -> tuple[Acquired, list[Rejected]]:
    """Acquire a batch; where it cannot be stored, its halves, until the culprit is alone.

    That one is rejected, and its neighbours are in the library (design.md invariant 7).
    """
    if not records:
        return Acquired(), []
    try:
        with transaction.atomic():
            return acquire_records(records, job=job, at=at), []
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(records) == 1:
            place = records[0].record.position
            logger.exception("import %s: piece %s cannot be stored", job.pk, place)
            return Acquired(), [_refused(records[0], error)]
    middle = len(records) // 2
    first, first_refused = _acquire(records[:middle], job=job, at=at)
    second, second_refused = _acquire(records[middle:], job=job, at=at)
    return first + second, first_refused + second_refused


def _refused(parcel: Parcel, error: Exception) -> Rejected:
    return Rejected(
        parcel.record.position,
        parcel.record.line,
        parcel.raw.decode("utf-8", "replace")[: formats.RAW_LIMIT],
        f"The record was read but could not be stored ({type(error).__name__}): a fault of ours. "
        "The server's log has the details.",
    )


def _keep_rejected(job: Import, rejected: list[Rejected]) -> None:
    RejectedPiece.objects.bulk_create(
        RejectedPiece(
            job=job,
            position=piece.position,
            line=piece.line,
            raw=piece.raw.replace("\x00", "\N{SYMBOL FOR NULL}"),
            reason=piece.reason,
        )
        for piece in rejected
    )


def _finish(job: Import, state: str, error: str = "") -> None:
    """Write how it ended, unless the job was cancelled or taken over meanwhile."""
    ended = {"state": state, "error": error, "finished_at": timezone.now()}
    _held(job).update(**ended)
    job.refresh_from_db()


def cancel_import(*, job: Import) -> bool:
    """Stop after the batch that is being stored; what is stored stays. False if it had ended."""
    return bool(
        Import.objects.filter(pk=job.pk, state__in=[Import.State.QUEUED, Import.State.RUNNING])
        .update(state=Import.State.CANCELLED, finished_at=timezone.now())
    )  # fmt: skip


def resume_import(*, job: Import) -> bool:
    """Queue a failed or cancelled import again; it goes on where it stopped."""
    return bool(
        Import.objects.filter(pk=job.pk, state__in=[Import.State.FAILED, Import.State.CANCELLED])
        .update(
            state=Import.State.QUEUED, error="", finished_at=None, heartbeat_at=timezone.now()
        )
    )  # fmt: skip


def requeue_abandoned(at: dt.datetime | None = None) -> list[Import]:
    """Queue again what nobody works on, and return it for the caller to send to the workers.

    A job is queued again once a lease at most, however long it has to wait for a worker.
    """
    at = at or timezone.now()
    return [
        job
        for job in abandoned_imports(at)
        if abandoned_imports(at)
        .filter(pk=job.pk)
        .update(state=Import.State.QUEUED, heartbeat_at=at)
    ]


def abandoned_imports(at: dt.datetime | None = None) -> QuerySet[Import]:
    """Imports that should be running while nobody works on them.

    A worker that was killed leaves a row without heartbeats; a queue that lost the message
    leaves one that nobody ever began.
    """
    expired = _lease_end(at or timezone.now())
    return Import.objects.filter(
        Q(heartbeat_at__lt=expired) | Q(heartbeat_at=None, created_at__lt=expired),
        state__in=[Import.State.QUEUED, Import.State.RUNNING],
    )
