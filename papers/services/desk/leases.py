"""Which paper lies on whose desk.

A lease is one row a paper. It is taken by an update or an insert that only one of two curators
can win, ends by itself after ``CURATE_LEASE_S``, and belongs to the loaded page that took it: a
page that closes is heard of late, when the next one of the same person may have its papers.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from papers.models import Lease, Paper


def take(papers: Sequence[int], *, by: User, page: uuid.UUID | None = None) -> list[int]:
    """Lay papers (ids) on this person's desk, before this page of theirs.

    Returns those that lie there now, in the order given; the others lie on another desk.
    """
    return _take(papers, by, page) if papers else []


@transaction.atomic
def _take(papers: Sequence[int], by: User, page: uuid.UUID | None) -> list[int]:
    now = timezone.now()
    free = Q(by=by) | Q(until__lte=now)
    # Who is a moment earlier holds the rows' locks (PostgreSQL) or the database's (SQLite).
    rows = Lease.objects.filter(free, paper__in=papers).select_for_update(skip_locked=True)
    known = dict(rows.values_list("paper", "pk"))
    if known:
        Lease.objects.filter(pk__in=known.values()).update(by=by, until=_end(now), page=page)
    mine = known.keys() | _insert(set(papers) - known.keys(), by=by, now=now, page=page)
    return [pk for pk in papers if pk in mine]


def renew(papers: Sequence[int], *, by: User, page: uuid.UUID | None = None) -> list[int]:
    """Leave papers (ids) on one's desk for longer, before whichever of one's pages they are. What
    has ended is taken again. Returns what lies there now, as ``take`` does.

    Asked at each decision, so it writes only where half of the time has passed.
    """
    now = timezone.now()
    mine = Lease.objects.filter(paper__in=papers, by=by, until__gt=now)
    untils = dict(mine.values_list("paper", "until"))
    half = now + dt.timedelta(seconds=settings.CURATE_LEASE_S / 2)
    if any(until < half for until in untils.values()):
        mine.update(until=_end(now))
    again = take([pk for pk in papers if pk not in untils], by=by, page=page)
    return [pk for pk in papers if pk in untils or pk in again]


def _end(now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(seconds=settings.CURATE_LEASE_S)


def _insert(papers: set[int], *, by: User, now: dt.datetime, page: uuid.UUID | None) -> set[int]:
    """Leases of papers (ids) that have none; returns those that nobody else was faster with."""
    if not papers:
        return set()
    # Sorted, so that two who insert the same papers wait for each other in one direction.
    rows = [Lease(paper_id=pk, by=by, until=_end(now), page=page) for pk in sorted(papers)]
    Lease.objects.bulk_create(rows, ignore_conflicts=True)
    # One's own that has ended may be in the hands of somebody whose word is not in yet.
    mine = Lease.objects.filter(paper__in=papers, by=by, until__gt=now)
    return set(mine.values_list("paper", flat=True))


def release(papers: Iterable[int], *, by: User, page: uuid.UUID | None = None) -> None:
    """Take papers (ids) off one's own desk; others' stay where they are.

    ``page``: only those that this page took, not those that another page of one's own has.
    """
    mine = Lease.objects.filter(paper__in=papers, by=by)
    (mine.filter(page=page) if page else mine).delete()


def elsewhere(*, by: User) -> QuerySet[Lease]:
    """All that lies before somebody else."""
    return Lease.objects.filter(until__gt=timezone.now()).exclude(by=by)


def on_other_desks(papers: Sequence[int], *, by: User) -> dict[int, dt.datetime]:
    """Which of these papers (ids) lie before somebody else, and until when."""
    return dict(elsewhere(by=by).filter(paper__in=papers).values_list("paper", "until"))


def soonest_back(papers: QuerySet[Paper], *, by: User) -> dt.datetime | None:
    """When the first of these papers comes back from another desk."""
    theirs = elsewhere(by=by).filter(paper__in=papers.order_by().values("pk"))
    soonest: dt.datetime | None = theirs.aggregate(Min("until"))["until__min"]
    return soonest
