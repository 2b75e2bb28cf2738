"""Jobs of any kind: who works on one, how it ends, what is done about one that nobody works on."""

from __future__ import annotations

import datetime as dt
import gc
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from papers.models import OPEN_STATES, Job

AnyJob = TypeVar("AnyJob", bound=Job)


def rows(kind: type[AnyJob]) -> QuerySet[AnyJob]:
    """All jobs of a kind."""
    assert issubclass(kind, Model)
    return kind._default_manager.all()


def claim(kind: type[AnyJob], job_id: int) -> bool:
    """Take a job unless somebody works on it; one worker wins.

    ``started_at`` is the claim's token: who no longer finds it on the row has lost the job.
    """
    now = timezone.now()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, heartbeat_at__lt=lease_end(now))
    return bool(
        rows(kind)
        .filter(free, pk=job_id)
        .update(state=Job.State.RUNNING, heartbeat_at=now, started_at=now, error="")
    )


def lease_end(at: dt.datetime) -> dt.datetime:
    """A job without a sign of life since then is nobody's."""
    return at - dt.timedelta(seconds=settings.JOB_LEASE_S)


def held(job: AnyJob) -> QuerySet[AnyJob]:
    """The row, as long as it is this worker's: neither cancelled nor taken over."""
    return rows(type(job)).filter(pk=job.pk, state=Job.State.RUNNING, started_at=job.started_at)


def finish(job: Job, state: str, error: str = "") -> None:
    """Write how it ended, unless the job was cancelled or taken over meanwhile."""
    held(job).update(state=state, error=error, finished_at=timezone.now())
    job.refresh_from_db()


def cancel(job: Job, *, by: User | None, why: str = "") -> bool:
    """Stop after the batch that is being stored; what is stored stays. False if it had ended."""
    open_row = rows(type(job)).filter(pk=job.pk, state__in=OPEN_STATES)
    return bool(
        open_row.update(
            state=Job.State.CANCELLED, finished_at=timezone.now(), stopped_by=by, error=why
        )
    )


def resume(job: Job) -> bool:
    """Queue a job again that failed, was cancelled or waits; it goes on where it stopped."""
    stopped = (Job.State.FAILED, Job.State.CANCELLED, Job.State.WAITING)
    return bool(
        rows(type(job))
        .filter(pk=job.pk, state__in=stopped)
        .update(
            state=Job.State.QUEUED, error="", finished_at=None, stopped_by=None,
            heartbeat_at=timezone.now(),
        )
    )  # fmt: skip


def abandoned(kind: type[AnyJob], at: dt.datetime | None = None) -> QuerySet[AnyJob]:
    """Jobs that should be running while nobody works on them.

    A worker that was killed leaves a row without heartbeats; a queue that lost the message
    leaves one that nobody ever began.
    """
    expired = lease_end(at or timezone.now())
    return rows(kind).filter(
        Q(heartbeat_at__lt=expired) | Q(heartbeat_at=None, created_at__lt=expired),
        state__in=[Job.State.QUEUED, Job.State.RUNNING],
    )


def requeue_abandoned(kind: type[AnyJob], at: dt.datetime | None = None) -> list[AnyJob]:
    """Queue again what nobody works on, and return it for the caller to send to the workers.

    A job is queued again once a lease at most, however long it has to wait for a worker.
    """
    at = at or timezone.now()
    return [
        job
        for job in abandoned(kind, at)
        if abandoned(kind, at).filter(pk=job.pk).update(state=Job.State.QUEUED, heartbeat_at=at)
    ]


def is_database_gone(error: Exception) -> bool:
    """Whether an error says nothing of our data, only that the database went away under us.

    A COPY that is cut off raises a plain DatabaseError. A query that is too large, or makes no
    sense, is an OperationalError too, and would be so for ever.
    """
    if _is_of_the_query(error.__cause__):
        return False
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return isinstance(error, DatabaseError) and not connection.is_usable()


def _is_of_the_query(cause: BaseException | None) -> bool:
    of_sqlite = getattr(cause, "sqlite_errorcode", None)
    of_postgresql = getattr(cause, "pgcode", None) or ""
    return of_sqlite == sqlite3.SQLITE_ERROR or of_postgresql.startswith(_LIMIT_EXCEEDED)


_LIMIT_EXCEEDED = "54"
"""PostgreSQL's class of "statement too complex" and the like."""


def commit_without_waiting() -> None:
    """Let the commit of a batch return before the disk has it.

    A server that crashes then loses the last batch and the job's position of it together, so the
    job goes on from there; the commit that ends the job waits for all before it.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO OFF")


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for garbage cycles once a batch or so: a batch makes 100,000 objects and no cycle."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, usual[1], usual[2])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
