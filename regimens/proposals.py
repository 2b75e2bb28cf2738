"""What the rules of ``suggest`` read and what they say.

Text         the words of a paper, as stored.
Suggestion   a proposed tag with a score from 0 to 1, the rule that gave it, the version of the
             rules, and quotes.
Quote        the words that it rests on, with their place in the stored text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

RULES_VERSION = "4"
"""Raised with every change of a rule, a weight or the phrases: stored suggestions of an older
version are made anew in the background."""

CHEMOTHERAPY, TARGETED, IMMUNOTHERAPY, CAR_T = (
    "chemotherapy", "targeted", "immunotherapy", "car_t",
)  # fmt: skip
CAR_NK = "immunotherapy-car-nk"
CHECKPOINT = "immunotherapy-checkpoint"
CYTOKINE = "immunotherapy-cytokine"
ADC = "immunotherapy-adc"
HIGH_DOSE = "chemotherapy-high-dose"

WORTH_SAYING = 0.15
"""Weaker proposals are not made at all."""

WORTH_A_PRESS = 0.5
"""Proposals from this score on wait for a person's word; weaker ones are only shown."""

MOST_QUOTES = 4

TARGETS = ("therapy_class", "regimen", "setting", "study_design")
"""What can be proposed, in the order in which it is shown."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is known of a paper's words, as stored. Offsets of quotes refer to these strings."""

    title: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    mesh_headings: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()

    def fields(self) -> Iterator[tuple[str, int | None, str]]:
        """Every string with the field that holds it and, in a list, its place there."""
        yield "title", None, self.title
        yield "abstract", None, self.abstract
        for name in ("keywords", "substances", "mesh_headings"):
            for item, words in enumerate(getattr(self, name)):
                yield name, item, words


@dataclass(frozen=True, slots=True)
class Quote:
    field: str
    start: int
    end: int
    text: str
    item: int | None = None
    """Which entry of a list of words; None in a title or an abstract."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    target: str
    """"therapy_class", "regimen", "setting" or "study_design"."""

    slug: str
    score: float
    rule: str
    quotes: tuple[Quote, ...]
    version: str = RULES_VERSION
