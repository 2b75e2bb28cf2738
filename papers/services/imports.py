"""One uploaded file from its bytes to the library, in batches that survive a killed worker.

The file is stored before anything reads it. Each batch is one transaction that also moves the
job's ``position`` on; so whoever continues the job reads the file again, skips that many
pieces, and nothing is lost or done twice.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from papers import formats
from papers.formats import InputFile, Unreadable
from papers.formats.ahead import Batch, batches
from papers.formats.parcels import Parcel
from papers.models import Import
from papers.records import Deleted, Known, Rejected
from papers.services.acquire import known_digests, withdraw_records
from papers.services.jobs import (
    claim,
    commit_without_waiting,
    few_collections,
    finish,
    held,
    is_database_gone,
)
from papers.services.refusing import acquire_or_refuse, keep_rejected

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
    if not claim(Import, import_id):
        return None
    job = Import.objects.select_related("by").get(pk=import_id)
    try:
        _read_and_store(job)
    except Unreadable as error:
        finish(job, Import.State.FAILED, str(error))
    except FileNotFoundError:
        finish(job, Import.State.FAILED, "The stored file is gone. Upload it again.")
    except Exception as error:
        if is_database_gone(error):
            logger.exception("import %s lost the database after piece %s", job.pk, job.position)
        else:
            logger.exception("import %s stopped after piece %s", job.pk, job.position)
            finish(
                job,
                Import.State.FAILED,
                f"The import stopped after piece {job.position} by a fault of ours; what came before "
                "is stored. The server's log has the details.",
            )
    else:
        finish(job, Import.State.DONE)
    return job


def _read_and_store(job: Import) -> None:
    file = InputFile.from_path(job.path, job.name)
    job.format = job.forced_format or formats.detect(file).name
    job.save(update_fields=["format"])
    ahead = batches(job.path, job.format, skip=job.position, size=BATCH, known=known_digests)
    with closing(ahead), few_collections():
        for batch in ahead:
            if not _store_batch(job, batch):
                return


def _store_batch(job: Import, batch: Batch) -> bool:
    """Store one batch and the progress with it. False when the job is no longer this worker's."""
    at = timezone.now()
    records = [entry for entry in batch.entries if isinstance(entry, Parcel)]
    rejected = [entry for entry in batch.entries if isinstance(entry, Rejected)]
    deleted = [entry for entry in batch.entries if isinstance(entry, Deleted)]
    known = [entry for entry in batch.entries if isinstance(entry, Known)]
    with transaction.atomic():
        commit_without_waiting()
        if not held(job).select_for_update().values_list("pk").first():
            return False
        acquired, refused = acquire_or_refuse(records, job=job, at=at)
        withdraw_records(deleted, job=job, at=at)
        keep_rejected(job, rejected + refused)
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
