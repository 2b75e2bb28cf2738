"""Learns from the team's tags, and keeps each training as a version.

A paper speaks for a main class when a person's standing word confirms the class or a part of it. It
speaks against one when it is rejected there, as all are where a curator found it relevant to none,
or when other classes alone are confirmed. Who rejected one class has said nothing of the others.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from papers.learning import FLOOR, MOST_PAPERS, Judged, Tested, learn
from papers.learnt import LEARNT_RULE, RECIPE, Learnt
from papers.models import Classifier, Paper, Reading, Suggestion, Tag
from papers.services.acquire import lock_library
from papers.services.bulk import in_slices
from regimens.models import Regimen, TherapyClass
from regimens.proposals import WORTH_SAYING, Text

NEWS = 25
"""Papers with a new word on a class before it is worth learning again …"""

NEWS_SHARE = 0.10
"""… and as a share of those learnt from: a new version means that every paper is read again."""

Said = dict[str, dict[int, bool]]
"""Slug of a main class -> id of a paper -> whether it evaluates the class."""


@dataclass(frozen=True, slots=True)
class InUse:
    """The newest training, ready to propose."""

    version: str
    learnt: Learnt


_latest: tuple[tuple[int, Any], Learnt | None] | None = None


def in_use() -> InUse | None:
    """The classifier of now; None before the first training. Unpacked anew only when it changed."""
    global _latest
    row = Classifier.objects.defer("weights", "figures").first()
    if row is None:
        return None
    mark = (row.pk, row.trained_at)
    if _latest is None or _latest[0] != mark:
        _latest = mark, Learnt.from_bytes(bytes(row.weights))
    learnt = _latest[1]
    return InUse(row.version, learnt) if learnt else None


def what_people_said() -> Said:
    """Of each main class and paper, as far as people's standing words tell.

    A confirmed regimen says neither yes nor no of its own classes.
    """
    mains = TherapyClass.objects.filter(parent=None).values_list("slug", flat=True)
    confirmed: dict[int, set[str]] = defaultdict(set)
    rejected: dict[int, set[str]] = defaultdict(set)
    for paper, slug, main, state in _standing_words():
        if state == Tag.State.CONFIRMED:
            confirmed[paper].add(main or slug)
        elif not main:
            rejected[paper].add(slug)
    implied = _classes_of_regimens()
    said: Said = {slug: {} for slug in mains}
    for paper in {**confirmed, **rejected}:
        yes, no = confirmed.get(paper, set()), rejected.get(paper, set())
        hinted = implied.get(paper, set()) - yes
        for slug, papers in said.items():
            if (yes and slug not in hinted) or slug in no:
                papers[paper] = slug in yes and slug not in no
    return said


def _classes_of_regimens() -> dict[int, set[str]]:
    """The main classes of the regimens that are confirmed for each paper."""
    standing = Tag.objects.filter(is_current=True, state=Tag.State.CONFIRMED)
    rows = list(standing.filter(regimen__isnull=False).values_list("paper", "regimen__slug"))
    mains_of = Regimen.objects.all().main_classes() if rows else {}
    found: dict[int, set[str]] = defaultdict(set)
    for paper, slug in rows:
        found[paper] |= mains_of[slug]
    return found


def _standing_words() -> Any:
    standing = Tag.objects.filter(is_current=True, therapy_class__isnull=False)
    return standing.exclude(state=Tag.State.WITHDRAWN).values_list(
        "paper", "therapy_class__slug", "therapy_class__parent__slug", "state"
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How many papers people have said something of, for one main class."""

    slug: str
    confirmed: int
    rejected: int

    @property
    def missing(self) -> str:
        """What is still needed before it can be learnt, in words; empty when nothing is."""
        wanted = [
            f"{FLOOR - count} more {word}"
            for count, word in ((self.confirmed, "confirmed"), (self.rejected, "not of the class"))
            if count < FLOOR
        ]
        return " and ".join(wanted)


def standing() -> list[Standing]:
    """How far each main class is from being learnt."""
    return [
        Standing(slug, sum(papers.values()), len(papers) - sum(papers.values()))
        for slug, papers in what_people_said().items()
    ]


def train_if_due() -> Classifier | None:
    """Learn when enough papers got a word since the last time; None when nothing was learnt."""
    last = Classifier.objects.defer("weights").first()
    if last and in_use() and _news_since(last) < max(NEWS, NEWS_SHARE * last.papers):
        return None
    return train()


def _news_since(last: Classifier) -> int:
    tags = Tag.objects.filter(at__gt=last.trained_at, therapy_class__isnull=False)
    return tags.values("paper").distinct().count()


def train() -> Classifier | None:
    """Learn from all that people said; None where that is too little, or was learnt already."""
    said = what_people_said()
    basis = _basis(said)
    if _is_learnt(basis):
        return None
    at = timezone.now()
    papers, judged = _material(said)
    if not any(each.is_enough for each in judged):
        return None
    learnt, tested = learn(papers, judged)
    return _store(
        Classifier(
            trained_at=at,
            papers=len(papers),
            basis=basis,
            figures={slug: _figures(learnt, slug, test) for slug, test in tested.items()},
            weights=learnt.to_bytes(),
        )
    )


@transaction.atomic
def _store(new: Classifier) -> Classifier | None:
    """Only one of two workers that learnt the same at once keeps it."""
    lock_library()
    if _is_learnt(new.basis):
        return None
    new.save(force_insert=True)
    return new


def _is_learnt(basis: str) -> bool:
    return Classifier.objects.values_list("basis", flat=True).first() == basis


def _basis(said: Said) -> str:
    words = {slug: sorted(papers.items()) for slug, papers in said.items()}
    return hashlib.sha256(json.dumps([RECIPE, words], sort_keys=True).encode()).hexdigest()


def _material(said: Said) -> tuple[list[Text], list[Judged]]:
    """The papers' words in the order of their ids, and what was said of each by its place there."""
    ids = sorted({paper for papers in said.values() for paper in papers})[-MOST_PAPERS:]
    words = {
        pk: Text(title=title, abstract=abstract)
        for some in in_slices(ids)
        for pk, title, abstract in Paper.objects.filter(pk__in=some).values_list(
            "pk", "title", "abstract"
        )
    }
    places = {pk: place for place, pk in enumerate(sorted(words))}
    proposed = _proposed_by_rules()
    read = set(Reading.objects.values_list("paper", flat=True))
    judged = [
        Judged(
            slug,
            {places[paper]: is_so for paper, is_so in papers.items() if paper in places},
            frozenset(
                places[paper]
                for paper in papers
                if paper in places and paper in read and (paper, slug) not in proposed
            ),
        )
        for slug, papers in said.items()
    ]
    return [words[pk] for pk in places], judged


def _proposed_by_rules() -> set[tuple[int, str]]:
    rows = Suggestion.objects.filter(
        therapy_class__isnull=False, therapy_class__parent=None, score__gte=WORTH_SAYING
    )
    return set(rows.exclude(rule=LEARNT_RULE).values_list("paper", "therapy_class__slug"))


def _figures(learnt: Learnt, slug: str, test: Tested) -> dict[str, Any]:
    threshold = next(each.threshold for each in learnt.classes if each.slug == slug)
    return {**asdict(test), "threshold": threshold}
