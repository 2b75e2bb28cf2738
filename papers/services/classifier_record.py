"""How well the classifier does: in its own test, and since, on what people said of its proposals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Min

from papers.agreement import Proportion
from papers.learnt import LEARNT_RULE
from papers.models import Classifier, Tag
from papers.services.classifying import Standing, standing
from papers.services.track_record import Word


@dataclass(frozen=True, slots=True)
class Test:
    """On papers that were held back in training; ``papers.learning`` says how far to trust it."""

    threshold: float | None
    """The score from which it proposes; None where it was not precise enough to propose."""

    precision: Proportion
    recall: Proportion
    where_silent: Proportion
    """Precision on the papers of which the rules propose nothing for the class: the ones that it
    speaks of."""


@dataclass(frozen=True, slots=True)
class ClassRecord:
    slug: str
    standing: Standing
    test: Test | None
    """None where the version in use has not learnt the class."""

    precision: Proportion
    """Of the words on its proposals, of all versions, how many confirm."""

    recall: Proportion
    """Of the papers that people confirmed where the rules were silent, since a version first knew
    the class, how many it proposed. Papers are read again in the minutes after a training."""


@dataclass(frozen=True, slots=True)
class ClassifierRecord:
    version: str
    """Empty before the first training."""

    trained_at: dt.datetime | None
    papers: int
    classes: tuple[ClassRecord, ...]


def classifier_record(words: Sequence[Word]) -> ClassifierRecord:
    """Of each main class, from the first words of people."""
    trained = list(Classifier.objects.defer("weights"))
    latest = trained[0] if trained else None
    classes = []
    for each in standing():
        figures = latest.figures.get(each.slug) if latest else None
        known_since = min(
            (row.trained_at for row in trained if each.slug in row.figures), default=None
        )
        theirs = [word for word in words if word.subject == each.slug]
        classes.append(
            ClassRecord(
                each.slug, each, _test(figures) if figures else None, *_since(theirs, known_since)
            )
        )
    return ClassifierRecord(
        latest.version if latest else "",
        latest.trained_at if latest else None,
        latest.papers if latest else 0,
        tuple(classes),
    )


def _test(figures: dict[str, float]) -> Test:
    count = {name: int(value) for name, value in figures.items() if name != "threshold"}
    return Test(
        figures["threshold"],
        Proportion(count["right"], count["proposed"]),
        Proportion(count["right"], count["confirmed"]),
        Proportion(count["right_where_silent"], count["proposed_where_silent"]),
    )


def _since(words: list[Word], known_since: dt.datetime | None) -> tuple[Proportion, Proportion]:
    its = [word for word in words if word.rule == LEARNT_RULE]
    right = sum(word.is_confirmed for word in its)
    first = None
    if known_since:
        first = Tag.objects.filter(at__gt=known_since).aggregate(first=Min("pk"))["first"]
    missed = sum(word.is_missed and not word.rule for word in words if first and word.tag >= first)
    return Proportion(right, len(its)), Proportion(right, right + missed)
