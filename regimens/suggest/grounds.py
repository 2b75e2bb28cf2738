"""What speaks for a proposal, and how much.

Grounds      one mention that speaks for a class or a regimen, weighed by where it stands and
             what part it plays there.

Grounds in different sentences add up as independent chances do: 1 - (1 - a)(1 - b)…
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from regimens.proposals import MOST_QUOTES, Quote
from regimens.suggest.contexts import Part, Placed
from regimens.suggest.sentences import Zone


@dataclass(frozen=True, slots=True)
class Grounds:
    placed: Placed
    slug: str
    """The most specific class that the mention speaks for."""

    weight: float
    rule: str


# How much a mention says that the paper evaluates its class, by where it stands.
_WEIGHTS = {
    Zone.TITLE: 0.88,
    Zone.AIM: 0.50,
    Zone.METHODS: 0.28,
    Zone.RESULTS: 0.30,
    Zone.CONCLUSION: 0.38,
    Zone.BACKGROUND: 0.07,
}
LISTED = 0.20
"""A keyword, a substance or a MeSH heading: chosen by somebody, but not said of the study."""

COVERED = 0.68
"""What a review says that it covers."""

PARTS = {
    Part.EVALUATED: 1.0,
    Part.NAMED: 0.5,
    Part.BEFORE: 0.1,
    Part.COMPARED: 0.1,
    Part.DENIED: 0.0,
    Part.PREPARING: 0.0,
    Part.CARRIED: 0.0,
    Part.OBSERVED: 0.0,
}


def is_titled(grounds: Grounds) -> bool:
    return grounds.placed.field == "title" and grounds.weight > 0.3


def standing(each: Placed) -> float:
    """What a mention says by where it stands and the part it plays there."""
    is_title = each.sentence.zone is Zone.TITLE
    # A title has no room to say that the drug was given; that it names it says as much.
    part = Part.EVALUATED if is_title and each.part is Part.NAMED else each.part
    return _WEIGHTS[each.sentence.zone] * PARTS[part]


def scored(grounds: Sequence[Grounds]) -> float:
    """The best grounds of each sentence, added up as independent chances."""
    best: dict[tuple[str, int | None, int], float] = {}
    for each in grounds:
        key = (each.placed.field, each.placed.item, each.placed.sentence.start)
        best[key] = max(best.get(key, 0.0), each.weight)
    return 1 - product(1 - weight for weight in best.values())


def quotes(strongest: Sequence[Grounds]) -> tuple[Quote, ...]:
    """The words of the strongest grounds, those of different names first."""
    seen: dict[str, Grounds] = {}
    for each in strongest:
        seen.setdefault(each.placed.mention.text.lower(), each)
    return tuple(_quote(each.placed) for each in list(seen.values())[:MOST_QUOTES])


def _quote(placed: Placed) -> Quote:
    mention = placed.mention
    return Quote(placed.field, mention.start, mention.end, mention.text, placed.item)


def rounded(score: float) -> float:
    return round(min(score, 0.99), 2)


def product(factors: Iterable[float]) -> float:
    return reduce(lambda left, right: left * right, factors, 1.0)
