"""Proposals for a paper's setting and study design, with the words that they rest on.

A title speaks louder than an abstract, and what an abstract says of the disease at large (its
background) says little of the study.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from regimens.proposals import MOST_QUOTES, WORTH_A_PRESS, WORTH_SAYING, Quote, Suggestion, Text
from regimens.suggest.cues import DESIGNS, SETTINGS, YIELDS, Cue
from regimens.suggest.grounds import product, rounded
from regimens.suggest.sentences import Sentence, Zone, sentences

_RULES = {"setting": "the setting in its own words", "study_design": "the design in its own words"}

_LISTS = (("setting", SETTINGS), ("study_design", DESIGNS))
_IN_TITLE = 1.35
"""How much louder a title speaks."""

_IN_BACKGROUND = 0.5

_AGAIN, _PRETREATED = "relapsed_refractory", 0.5
"""What is left of "metastatic" as a first line where the patients were treated before."""

_OF_MICE = 0.6
"""What is left of a setting where the patients are mice."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A cue found: where, and how much it says."""

    target: str
    slug: str
    weight: float
    field: str
    start: int
    end: int
    text: str


def signs(title: str, abstract: str) -> Iterator[Sign]:
    """Every cue of a setting or a design in a title and an abstract, the first of each cue."""
    parted = sentences(abstract)
    for field, text in (("title", title), ("abstract", abstract)):
        lowered = text.lower()
        for target, cues in _LISTS:
            for cue in cues:
                match = _found(cue, field, text, lowered)
                if match:
                    start, end = match
                    factor = _IN_TITLE if field == "title" else _told(target, start, parted)
                    weight = min(0.95, cue.weight * factor)
                    yield Sign(target, cue.slug, weight, field, start, end, text[start:end])


def _found(cue: Cue, field: str, text: str, lowered: str) -> tuple[int, int] | None:
    if cue.only_title and field != "title":
        return None
    if not any(part in lowered for part in cue.needs):
        return None
    match = cue.pattern.search(text)
    return match.span() if match else None


def _told(target: str, start: int, parted: list[Sentence]) -> float:
    """What words say of the study by the sentence that they stand in."""
    if target != "setting":
        return 1.0
    zone = next((each.zone for each in parted if start < each.end), Zone.RESULTS)
    return _IN_BACKGROUND if zone is Zone.BACKGROUND else 1.0


def propose_setting_and_design(paper: Text) -> Iterator[Suggestion]:
    found: dict[tuple[str, str], list[Sign]] = defaultdict(list)
    for sign in signs(paper.title, paper.abstract):
        found[sign.target, sign.slug].append(sign)
    scores = {key: 1 - product(1 - sign.weight for sign in each) for key, each in found.items()}
    for (target, slug), each in found.items():
        score = scores[target, slug] * _kept(target, slug, scores)
        if score >= WORTH_SAYING:
            strongest = sorted(each, key=lambda sign: -sign.weight)[:MOST_QUOTES]
            quotes = tuple(Quote(s.field, s.start, s.end, s.text) for s in strongest)
            yield Suggestion(target, slug, rounded(score), _RULES[target], quotes)


def _kept(target: str, slug: str, scores: dict[tuple[str, str], float]) -> float:
    """What is left of a proposal beside the others."""
    if target == "setting":
        design = {name: score for (of, name), score in scores.items() if of == "study_design"}
        if slug == "first_line_metastatic" and scores.get((target, _AGAIN), 0) >= WORTH_A_PRESS:
            return _PRETREATED
        is_of_mice = max(design, key=lambda name: design[name], default="") == "preclinical"
        return _OF_MICE if is_of_mice else 1.0
    return min(
        (
            factor
            for (stronger, weaker), factor in YIELDS.items()
            if weaker == slug and scores.get((target, stronger), 0) >= WORTH_A_PRESS
        ),
        default=1.0,
    )
