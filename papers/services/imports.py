"""One uploaded file from its bytes to the library, in batches that survive a killed worker.

The file is stored before anything reads it. Each batch is one transaction that also moves the
job's ``position`` on; so whoever continues the job reads the file again, skips that many
pieces, and nothing is lost or done twice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from papers import formats
from papers.formats import InputFile, Unreadable
from papers.models import Import, RejectedPiece
from papers.records import Deleted, Entry, Record, Rejected
from papers.services.acquire import acquire_records, withdraw_records

logger = logging.getLogger(__name__)

BATCH = 500
"""Pieces a transaction: some 0.5 s of work, after which others may write."""


def store_upload(
    *, name: str, chunks: Iterable[bytes], forced_format: str = "", by: AbstractUser | None
) -> Import:
    """Keep a file's bytes and queue its import. Equal bytes are kept once.

    ``forced_format`` is a name of ``formats.FORMATS``; "" finds the format by the content.
    """
    digest = hashlib.sha256()
    size = 0
    folder = Path(settings.MEDIA_ROOT)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="upload-", delete=False) as file:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    job = Import(
        name=Path(name).name[:255] or "upload",
        sha256=digest.hexdigest(),
        size=size,
        forced_format=forced_format,
        by=by,
    )
    job.path.parent.mkdir(exist_ok=True)
    Path(file.name).replace(job.path)
    job.save()
    return job


def run_import(import_id: int) -> Import | None:
    """Work on an import until it is done, failed or cancelled.

    Returns the job, or None where there is nothing to do: it is finished, or another worker
    has it. Every error ends on the job's row; none is raised.
    """
    if not _claim(import_id):
        return None
    job = Import.objects.select_related("by").get(pk=import_id)
    file = InputFile.from_path(job.path, job.name)
    try:
        job.format = job.forced_format or formats.detect(file).name
        job.save(update_fields=["format"])
        for batch in _batches(_remaining(file, job)):
            if not _store_batch(job, batch, file.bytes_read):
                break
    except Unreadable as error:
        _finish(job, Import.State.FAILED, str(error))
    except FileNotFoundError:
        _finish(job, Import.State.FAILED, "The stored file is gone. Upload it again.")
    except Exception:
        logger.exception("import %s stopped after piece %s", job.pk, job.position)
        _finish(
            job,
            Import.State.FAILED,
            f"The import stopped after piece {job.position} by a fault of ours; what came before "
            "is stored. The server's log has the details.",
        )
    else:
        if job.state == Import.State.RUNNING:
            _finish(job, Import.State.DONE)
    return job


def _claim(import_id: int) -> bool:
    """Take the job unless somebody works on it; one worker wins."""
    now = timezone.now()
    expired = now - dt.timedelta(seconds=settings.JOB_LEASE_S)
    free = Q(state=Import.State.QUEUED) | Q(state=Import.State.RUNNING, heartbeat_at__lt=expired)
    return bool(
        Import.objects.filter(free, pk=import_id).update(
            state=Import.State.RUNNING, heartbeat_at=now, started_at=now, error=""
        )
    )


def _remaining(file: InputFile, job: Import) -> Iterator[Entry]:
    return islice(formats.read(file, job.format), job.position, None)


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while batch := list(islice(entries, BATCH)):
        yield batch


def _store_batch(job: Import, batch: list[Entry], bytes_read: int) -> bool:
    """Store one batch and the progress with it. False when the job was cancelled meanwhile."""
    at = timezone.now()
    records = [entry for entry in batch if isinstance(entry, Record)]
    rejected = [entry for entry in batch if isinstance(entry, Rejected)]
    deleted = [entry for entry in batch if isinstance(entry, Deleted)]
    with transaction.atomic():
        job.refresh_from_db(fields=["state"])
        if job.state != Import.State.RUNNING:
            return False
        acquired = acquire_records(records, job=job, at=at)
        withdraw_records(deleted, job=job, at=at)
        _keep_rejected(job, rejected)
        job.position += len(batch)
        job.read += len(records) + len(rejected)
        job.created += acquired.created
        job.matched += acquired.matched
        job.updated += acquired.updated
        job.rejected += len(rejected)
        job.heartbeat_at = at
        job.bytes_read = bytes_read
        job.save(update_fields=[
            "position", "read", "created", "matched", "updated", "rejected", "heartbeat_at",
            "bytes_read",
        ])  # fmt: skip
    return True


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
    job.state, job.error, job.finished_at = state, error, timezone.now()
    job.save(update_fields=["state", "error", "finished_at"])


@transaction.atomic
def cancel_import(*, job: Import) -> bool:
    """Stop after the batch that is being stored; what is stored stays. False if it had ended."""
    return bool(
        Import.objects.filter(pk=job.pk, state__in=[Import.State.QUEUED, Import.State.RUNNING])
        .update(state=Import.State.CANCELLED, finished_at=timezone.now())
    )  # fmt: skip


@transaction.atomic
def resume_import(*, job: Import) -> bool:
    """Queue a failed or cancelled import again; it goes on where it stopped."""
    return bool(
        Import.objects.filter(pk=job.pk, state__in=[Import.State.FAILED, Import.State.CANCELLED])
        .update(state=Import.State.QUEUED, error="", finished_at=None, heartbeat_at=None)
    )  # fmt: skip


def abandoned_imports(at: dt.datetime | None = None) -> QuerySet[Import]:
    """Imports that should be running while nobody works on them.

    A worker that was killed leaves a row without heartbeats; a queue that lost the message
    leaves one that nobody ever began.
    """
    expired = (at or timezone.now()) - dt.timedelta(seconds=settings.JOB_LEASE_S)
    return Import.objects.filter(
        Q(state=Import.State.RUNNING, heartbeat_at__lt=expired)
        | Q(state=Import.State.QUEUED, created_at__lt=expired)
    )
