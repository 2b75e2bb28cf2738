"""Abstracts of our own wording with the labels that the handbook's section 5 gives them.

``held_out.jsonl`` was written before the rules were tuned, by the same hand that tuned them; its
totals were looked at on the way, its papers were not, and no rule was changed for one of them.
``tuned.jsonl`` is what the rules were tuned on: say so with every figure. No line is copied from a
real abstract.

A line: id, the rulings that it tries, main classes, settings, designs, title, abstract.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from regimens.proposals import WORTH_A_PRESS
from regimens.suggest import Suggestion, Text, suggest
from regimens.terms import shipped

FOLDER = Path(__file__).parent
SETS = ("tuned", "held_out")
MAIN = ("chemotherapy", "targeted", "immunotherapy", "car_t")


@dataclass(frozen=True, slots=True)
class Labelled:
    id: str
    rulings: tuple[int, ...]
    text: Text
    classes: frozenset[str]
    settings: frozenset[str]
    designs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Counts:
    """How often a class was proposed rightly and wrongly, and how often it was missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.wrong + self.missed)


@dataclass(frozen=True, slots=True)
class Figures:
    by_class: dict[str, Counts]
    alarms: int
    """Papers without a class for which one is proposed."""

    without_class: int
    settings_right: float
    """Share of papers whose strongest setting is a labelled one, or that have none and get none."""

    designs_right: float

    @property
    def macro_f1(self) -> float:
        return sum(each.f1 for each in self.by_class.values()) / len(self.by_class)


def labelled(name: str) -> list[Labelled]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [_labelled(json.loads(line)) for line in lines]


def _labelled(row: dict) -> Labelled:
    return Labelled(
        id=row["id"],
        rulings=tuple(row["rulings"]),
        text=Text(row["title"], row["abstract"]),
        classes=frozenset(row["classes"]),
        settings=frozenset(row["settings"]),
        designs=frozenset(row["designs"]),
    )


def figures(papers: list[Labelled]) -> Figures:
    proposed = [suggest(paper.text, shipped()) for paper in papers]
    found = [_main(each) for each in proposed]
    pairs = list(zip(found, papers, strict=True))
    without = [classes for classes, paper in pairs if not paper.classes]
    strongest = list(zip(proposed, papers, strict=True))
    return Figures(
        by_class={main: _counts(main, pairs) for main in MAIN},
        alarms=sum(map(bool, without)),
        without_class=len(without),
        settings_right=_share(_is_right(each, "setting", paper.settings) for each, paper in strongest),
        designs_right=_share(
            _is_right(each, "study_design", paper.designs) for each, paper in strongest
        ),
    )  # fmt: skip


def _main(proposed: list[Suggestion]) -> set[str]:
    return {each.slug for each in proposed if each.slug in MAIN and each.score >= WORTH_A_PRESS}


def _counts(main: str, pairs: list[tuple[set[str], Labelled]]) -> Counts:
    return Counts(
        right=sum(main in found and main in paper.classes for found, paper in pairs),
        wrong=sum(main in found and main not in paper.classes for found, paper in pairs),
        missed=sum(main not in found and main in paper.classes for found, paper in pairs),
    )


def _is_right(proposed: list[Suggestion], target: str, labels: frozenset[str]) -> bool:
    scores = {
        each.slug: each.score
        for each in proposed
        if each.target == target and each.score >= WORTH_A_PRESS
    }
    strongest = max(scores, key=lambda slug: scores[slug], default=None)
    return strongest in labels if labels else strongest is None


def _share(claims) -> float:
    held = list(claims)
    return sum(held) / len(held)
