"""How far a curator is: "42 of 310, about 9 minutes left"."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from django.contrib.auth.models import User

from papers.services.desk.queue import Queue, pile_of
from papers.services.desk.sittings import decided_in_sitting, pace_s


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a queue: decided in this sitting, left in it, and what that takes at one's pace."""

    decided: int
    left: int
    pace_s: float | None

    @property
    def total(self) -> int:
        return self.decided + self.left

    @property
    def minutes_left(self) -> int | None:
        """None before a pace is known."""
        return None if self.pace_s is None else ceil(self.left * self.pace_s / 60)


def progress(*, queue: Queue, by: User) -> Progress:
    """The library is counted when a pile is laid; since then one's own decisions are."""
    pile = pile_of(queue)
    decided, since = decided_in_sitting(by=by, since=pile.laid_at, queue=queue.definition)
    left = max(pile.total + len(pile.put_off) - since, 0)
    return Progress(decided, left, pace_s(by=by))
