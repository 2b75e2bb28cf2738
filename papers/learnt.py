"""What was learnt from the team's tags, and what it proposes for a paper.

Term       a word of title or abstract, or two that follow each other, in small letters.
Learnt     for each class how much each term speaks for it, as ``papers.learning`` found out. Arrays
           of numbers and a list of words: data, never code.
Score      from 0 to 1, calibrated: of the proposals with 0.9 about nine in ten are right.

A proposal quotes the terms that spoke most for it, in their place. numpy is imported when a paper
is read, so that no page waits for it.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import tanh
from typing import TYPE_CHECKING

from regimens.proposals import MOST_QUOTES, Quote, Suggestion, Text

if TYPE_CHECKING:
    import numpy as np

RECIPE = 1
"""Raised when terms or arithmetic change: what was learnt by another recipe is not used."""

LEARNT_RULE = "learnt from the team's tags"
"""The rule that its proposals name."""

_IN_TITLE = 2
"""A term of the title counts as often."""

_WORD = re.compile(r"\b[^\W\d_]\w*")
_BETWEEN = re.compile(r"[\s/–-]{1,2}\Z")
_IDLE_WORDS = (
    "a about after all also although among an and any are as at be because been before between both "
    "but by can could did do does during each either et al for from further had has have here how "
    "however if in into is it its may more most no nor not of on one only or other our out over per "
    "several should since so some such than that the their them then there these they this those "
    "through thus to two under up upon using via was we were what when where whether which while who "
    "will with within without would"
)
_IDLE = frozenset(_IDLE_WORDS.split())

Found = tuple[str, str, int, int]
"""A term, its field, its start and its end there."""


def terms(text: Text) -> Iterator[Found]:
    """Every term of title and abstract with its place: ``words[start:end].lower()``, more or less."""
    for field, words in (("title", text.title), ("abstract", text.abstract)):
        before: tuple[str, int, int] | None = None
        for match in _WORD.finditer(words):
            word, start, end = match.group().lower(), match.start(), match.end()
            if word in _IDLE:
                before = None
                continue
            if len(word) > 1:
                yield word, field, start, end
            if before and _BETWEEN.match(words[before[2] : start]):
                yield f"{before[0]} {word}", field, before[1], end
            before = word, start, end


def counted(found: Iterable[Found]) -> Counter[str]:
    """How often each term stands there; in the title it counts as often again."""
    counts: Counter[str] = Counter()
    for term, field, _, _ in found:
        counts[term] += _IN_TITLE if field == "title" else 1
    return counts


@dataclass(frozen=True, slots=True)
class ClassLearnt:
    """How a class is scored: ``slope`` and ``shift`` turn the terms' sum into a score."""

    slug: str
    slope: float
    shift: float
    threshold: float | None
    """Proposed from this score on; None: never."""

    def score(self, total: float) -> float:
        """0 to 0.99, as it is shown and compared."""
        return round(min(0.5 + 0.5 * tanh((self.slope * total + self.shift) / 2), 0.99), 2)


@dataclass(frozen=True, slots=True)
class Learnt:
    """What one training learnt."""

    places: Mapping[str, int]
    """Term -> its column."""

    rarity: np.ndarray
    """Inverse document frequency of each term."""

    weights: np.ndarray
    """A row a class, a column a term."""

    classes: tuple[ClassLearnt, ...]

    def propose(self, text: Text, *, version: str, silent_on: Iterable[str]) -> list[Suggestion]:
        """Proposals of those classes for a paper, each with the words that spoke for it."""
        wanted = set(silent_on)
        found = [each for each in terms(text) if each[0] in self.places]
        if not (found and wanted):
            return []
        columns, values = self._values(found)
        made = []
        for each, weights in zip(self.classes, self.weights, strict=True):
            if each.slug not in wanted or each.threshold is None:
                continue
            spoken = values * weights[columns]
            score = each.score(float(spoken.sum()))
            if score < each.threshold:
                continue
            weight_of = dict(zip(columns.tolist(), spoken.tolist(), strict=True))
            quotes = _quotes(text, [(weight_of[self.places[term[0]]], term) for term in found])
            if quotes:
                said = Suggestion("therapy_class", each.slug, score, LEARNT_RULE, quotes, version)
                made.append(said)
        return made

    def _values(self, found: list[Found]) -> tuple[np.ndarray, np.ndarray]:
        import numpy as np

        counts = counted(found)
        columns = np.array([self.places[term] for term in counts])
        values = (1 + np.log(np.fromiter(counts.values(), dtype=float))) * self.rarity[columns]
        return columns, values / np.sqrt((values**2).sum())

    def to_bytes(self) -> bytes:
        """As a numpy archive that holds arrays only."""
        import numpy as np

        said = {
            "recipe": RECIPE,
            "terms": list(self.places),
            "classes": [
                [each.slug, each.slope, each.shift, each.threshold] for each in self.classes
            ],
        }
        words = np.frombuffer(json.dumps(said).encode(), dtype=np.uint8)
        file = io.BytesIO()
        np.savez_compressed(file, said=words, rarity=self.rarity, weights=self.weights)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Learnt | None:
        """What was stored; None when another recipe made it. Runs no code that is stored."""
        import numpy as np

        with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
            said = json.loads(arrays["said"].tobytes())
            if said["recipe"] != RECIPE:
                return None
            places = {term: column for column, term in enumerate(said["terms"])}
            classes = tuple(ClassLearnt(*each) for each in said["classes"])
            return cls(places, arrays["rarity"], arrays["weights"], classes)


def _quotes(text: Text, spoken: list[tuple[float, Found]]) -> tuple[Quote, ...]:
    """The first places of the terms that spoke most, none over another."""
    quotes: list[Quote] = []
    for weight, (_, field, start, end) in sorted(spoken, key=lambda each: -each[0]):
        if weight <= 0 or len(quotes) == MOST_QUOTES:
            break
        words = text.title if field == "title" else text.abstract
        quote = Quote(field, start, end, words[start:end])
        if not any(_says_again(quote, other) for other in quotes):
            quotes.append(quote)
    return tuple(quotes)


def _says_again(quote: Quote, other: Quote) -> bool:
    overlaps = quote.field == other.field and quote.start < other.end and other.start < quote.end
    one, two = quote.text.lower(), other.text.lower()
    return overlaps or one in two or two in one
