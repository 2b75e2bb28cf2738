"""A curator's queue: what it holds, what comes next, and why it is empty.

Into a queue belongs a paper on which nobody's word on any class or regimen stands, whether
something is proposed for it or not. A queue for a second opinion holds the papers that somebody
else has decided and this person has not.

A filter and an order may cost more than a decision should. So the ids of the next papers are kept
for a moment as the *pile*; what happened to its papers since is asked at each step.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from papers.models import Decision, Paper, Tag
from papers.models.tag import DECIDING
from papers.queue_filter import QueueFilter
from papers.search.engine import has_tag_state
from papers.services.desk.leases import elsewhere, on_other_desks, release, soonest_back, take
from papers.services.desk.sittings import last_visit

PILE = 60
"""Papers of a pile: the whole library is asked once for so many decisions, and each decision asks
what became of so many papers.
"""

PILE_FOR_S = 120
"""After that a pile is laid anew, so that papers which arrived meanwhile are in it."""

_WHOLE_FOR = dt.timedelta(seconds=10)
_COUNT_FOR_S = 60

DECIDES = reduce(or_, (Q(**{f"{field}__isnull": False}) for field in DECIDING))
"""Tags that say what a paper evaluates."""


@dataclass(frozen=True)
class Queue:
    """A queue of one person: the filters that define it, as a query string that can be read."""

    query: str
    by: User
    page: uuid.UUID | None = None
    """The loaded page before which its papers are laid."""

    @classmethod
    def of(cls, data: QueryDict, *, by: User, page: uuid.UUID | None = None) -> Queue:
        """The queue that an address asks for; what is no filter of it is left out."""
        tidy = QueryDict(mutable=True)
        for name in sorted(QueueFilter.base_filters):
            if given := [value for value in data.getlist(name) if value.strip()]:
                tidy.setlist(name, given)
        return cls(tidy.urlencode(), by, page)

    @property
    def definition(self) -> str:
        """Which papers belong into it, whatever their order (``Decision.queue``)."""
        data = QueryDict(self.query, mutable=True)
        data.pop("order", None)
        return data.urlencode()

    @cached_property
    def filter(self) -> QueueFilter:
        return QueueFilter(
            QueryDict(self.query), queryset=self._all(), last_visit=last_visit(by=self.by)
        )

    def readable(self) -> Queue:
        """The same, or all that waits where the filter cannot be read."""
        return self if not self.query or self.filter.is_valid() else replace(self, query="")

    @property
    def is_second_opinion(self) -> bool:
        return QueryDict(self.query).get("opinion") == "second"

    def papers(self) -> QuerySet[Paper]:
        """Its papers in its order, without those that its person has put off."""
        found: QuerySet[Paper] = self.filter.qs
        # Asked once, not paper by paper: SQLite would walk through all decisions for each.
        return found.exclude(pk__in=_put_off(self.by).values("paper"))

    def put_off(self) -> list[int]:
        """The papers (ids) of it that its person has put off, the longest ago first."""
        rows = _put_off(self.by).values("paper").annotate(last=Max("pk")).order_by("last")
        order = [row["paper"] for row in rows]
        if not order:
            return []
        still: QuerySet[Paper] = self.filter.qs.filter(pk__in=order)
        theirs = set(still.values_list("pk", flat=True))
        return [pk for pk in order if pk in theirs]

    def _all(self) -> QuerySet[Paper]:
        if not self.is_second_opinion:
            return Paper.objects.filter(has_tag_state("none"))
        said = Tag.objects.filter(DECIDES, paper=OuterRef("pk")).exclude(state=Tag.State.WITHDRAWN)
        stands = said.filter(is_current=True)
        return Paper.objects.filter(
            Exists(said.filter(is_undo=False).exclude(by=self.by)),
            # Also where one's own undo has put the other's word back.
            Exists(stands),
            ~Exists(stands.filter(is_undo=False, by=self.by)),
            ~Q(pk__in=_decided(self.by).values("paper")),
        )

    def gone(self, papers: Sequence[int]) -> set[int]:
        """Which of these papers (ids) do not belong into it any more, or are put off."""
        put_off = _put_off(self.by).filter(paper__in=papers)
        left = self._decided(papers).union(put_off.values_list("paper"))
        return {paper for (paper,) in left}

    def decided(self, papers: Sequence[int]) -> set[int]:
        """Which of these papers (ids) do not belong into it any more."""
        return {paper for (paper,) in self._decided(papers)}

    def _decided(self, papers: Sequence[int]) -> QuerySet[Any, tuple[int]]:
        deciding = Tag.objects.filter(DECIDES, paper__in=papers, is_current=True).order_by()
        stands = deciding.exclude(state=Tag.State.WITHDRAWN)
        if not self.is_second_opinion:
            return stands.values_list("paper")
        # One's opinion is given also where it agreed and made no tag.
        mine = _decided(self.by).filter(paper__in=papers)
        own = stands.filter(by=self.by, is_undo=False)
        return own.values_list("paper").union(mine.values_list("paper"))


def _put_off(by: User) -> QuerySet[Decision]:
    return Decision.objects.filter(by=by, kind=Decision.Kind.LATER, is_undone=False).order_by()


def _decided(by: User) -> QuerySet[Decision]:
    mine = Decision.objects.filter(by=by, is_undone=False).order_by()
    return mine.exclude(kind=Decision.Kind.LATER)


@dataclass(frozen=True, slots=True)
class Pile:
    """The next papers of a queue (ids) as it was, and how many it held then."""

    ids: tuple[int, ...]
    """Without those that lay on other desks."""

    total: int
    put_off: tuple[int, ...]
    """Those that its person has put off (ids); they are in neither of the two above."""

    laid_at: dt.datetime
    is_whole: bool
    """Whether there is nothing behind it that one could take."""

    @property
    def is_still_whole(self) -> bool:
        """Whether that was seen so lately that nobody who has papers before them need look again."""
        return self.is_whole and timezone.now() - self.laid_at < _WHOLE_FOR


def pile_of(queue: Queue, *, anew: bool = False) -> Pile:
    """The pile as it was laid at most ``PILE_FOR_S`` ago."""
    mark = hashlib.sha256(queue.query.encode()).hexdigest()[:20]
    key = f"pile-{queue.by.pk}-{mark}"
    pile: Pile | None = None if anew else cache.get(key)
    if pile is None:
        pile = _lay(queue.readable())
        cache.set(key, pile, PILE_FOR_S)
    return pile


def _lay(queue: Queue) -> Pile:
    papers = queue.papers()
    laid_at = timezone.now()
    # Others may have more papers before them than a pile holds.
    free = papers.exclude(pk__in=elsewhere(by=queue.by).values("paper"))
    ids = tuple(free.values_list("pk", flat=True)[: PILE + 1])
    total = papers.order_by().count()
    return Pile(ids[:PILE], total, tuple(queue.put_off()), laid_at, len(ids) <= PILE)


@dataclass(frozen=True, slots=True)
class Nothing:
    """Why there is no next paper: nothing waits, nothing matches, or others have all of it."""

    reason: str
    """"done", "filtered" or "elsewhere"."""

    back_at: dt.datetime | None = None


def next_papers(
    *, queue: Queue, count: int = 1, besides: Collection[int] = ()
) -> tuple[list[int], Nothing | None]:
    """The next papers (ids) of the queue, now on its person's desk; and why there are none, for
    somebody who has no other.

    ``besides``: papers that the person has before them already.
    """
    pile = pile_of(queue)
    taken = _take_from(pile.ids, queue, count, besides)
    if len(taken) < count and not (besides and pile.is_still_whole):
        pile = pile_of(queue, anew=True)
        taken = _take_from(pile.ids, queue, count, besides)
    if taken:
        return taken, None
    # Those that were put off come when all others are decided.
    later = pile.put_off if pile.is_whole else ()
    decided = queue.decided(later) if later else set()
    waiting = [pk for pk in later if pk not in decided and pk not in besides]
    taken = _lease(waiting, queue, count)
    return taken, None if taken or besides else _why_nothing(queue.readable())


def _take_from(ids: Sequence[int], queue: Queue, count: int, besides: Collection[int]) -> list[int]:
    gone = queue.gone(ids)
    return _lease([pk for pk in ids if pk not in gone and pk not in besides], queue, count)


def _lease(papers: Sequence[int], queue: Queue, count: int) -> list[int]:
    """The first ``count`` of these papers (ids) that no other desk has, nor has had since asked."""
    elsewhere = on_other_desks(papers, by=queue.by) if papers else {}
    free = [pk for pk in papers if pk not in elsewhere]
    taken: list[int] = []
    while free and len(taken) < count:
        wanted = count - len(taken)
        taken += _take(free[:wanted], queue)
        free = free[wanted:]
    return taken


def _take(papers: Sequence[int], queue: Queue) -> list[int]:
    """Lease these papers (ids); what was decided a moment before goes back at once."""
    taken = take(papers, by=queue.by, page=queue.page)
    decided = queue.decided(taken) if taken else set()
    if decided:
        release(decided, by=queue.by, page=queue.page)
    return [pk for pk in taken if pk not in decided]


def _why_nothing(queue: Queue) -> Nothing:
    if back_at := soonest_back(queue.filter.qs, by=queue.by):
        return Nothing("elsewhere", back_at)
    return Nothing("filtered" if queue.definition else "done")


def waiting_count() -> int:
    """Papers that wait for a first word, as of at most a minute ago."""
    count: int | None = cache.get("papers-waiting")
    if count is None:
        count = Paper.objects.filter(has_tag_state("none")).count()
        cache.set("papers-waiting", count, _COUNT_FOR_S)
    return count
