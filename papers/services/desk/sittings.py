"""A curator's sittings at the queue, told from their decisions alone.

A sitting is a run of one person's decisions without a pause longer than ``PAUSE``. Pace, "new
since my last visit" and "42 of 310" are counted from it, on whatever machine somebody sits.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Count, Q
from django.utils import timezone

from papers.models import Decision

PAUSE = dt.timedelta(minutes=30)
"""Who has decided nothing for that long has gone; what comes then is another visit."""

_THINKING = dt.timedelta(minutes=3)
"""A longer gap is a telephone call, not the pace of deciding."""

_AT_ONCE = dt.timedelta(milliseconds=150)
"""A shorter one is of decisions that waited for the server and came together."""

_PACED_BY = 40
_FEWEST_GAPS = 5
_KEPT_S = 300


@dataclass(frozen=True, slots=True)
class Sitting:
    """The present sitting: its first decision (id), and when the one before it ended."""

    first: int | None
    last_visit: dt.datetime | None


def sitting(*, by: User, at: dt.datetime | None = None) -> Sitting:
    """The sitting that goes on now; one without a first decision has just begun."""
    key = f"sitting-{by.pk}"
    found: Sitting | None = cache.get(key) if at is None else None
    if found is None:
        found = _look_back(by, at or timezone.now())
        if found.first is not None and at is None:
            cache.set(key, found, _KEPT_S)
    return found


def _look_back(by: User, at: dt.datetime) -> Sitting:
    first: int | None = None
    rows = Decision.objects.filter(by=by).order_by("-id").values_list("id", "at")
    for pk, decided_at in rows.iterator(chunk_size=200):
        if at - decided_at > PAUSE:
            return Sitting(first, decided_at)
        first, at = pk, decided_at
    return Sitting(first, None)


def last_visit(*, by: User) -> dt.datetime | None:
    """The end of this person's sitting before the present one; None at the first."""
    return sitting(by=by).last_visit


def pace_s(*, by: User) -> float | None:
    """Seconds that a decision takes: the median of the last ones. None before there are enough to
    tell.
    """
    times = Decision.objects.filter(by=by).order_by("-id").values_list("at", flat=True)[:_PACED_BY]
    gaps = [later - earlier for later, earlier in pairwise(times)]
    counted = [gap.total_seconds() for gap in gaps if _AT_ONCE <= gap <= _THINKING]
    return median(counted) if len(counted) >= _FEWEST_GAPS else None


def decided_in_sitting(*, by: User, since: dt.datetime, queue: str) -> tuple[int, int]:
    """Papers of a queue (``Decision.queue``) that this person has decided since the sitting began,
    and of these since then. Who decides a paper again has not read another.
    """
    first = sitting(by=by).first
    if first is None:
        return 0, 0
    mine = Decision.objects.filter(by=by, pk__gte=first, is_undone=False, queue=queue).order_by()
    counts = mine.exclude(kind=Decision.Kind.LATER).aggregate(
        all=Count("paper", distinct=True),
        since=Count("paper", distinct=True, filter=Q(at__gte=since)),
    )
    return counts["all"], counts["since"]
