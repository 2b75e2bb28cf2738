"""Whether curators agree: what two people said of the same paper and main class.

Judgement    a person's latest own word on a paper and main class, in a tag, also one that somebody
             has superseded since, or in a decision of the queue, where it counts although it
             changed nothing. Undone words were not said; who withdrew a word has none. "Not relevant
             to any class" is a no to every main class.

Where more than two people judged a paper, each pair of them counts.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q

from papers.agreement import Agreement
from papers.models import Decision, Tag
from papers.services.track_record import overruled
from regimens.models import Regimen, TherapyClass

Judged = dict[tuple[int, str], dict[int, bool]]
"""(paper, slug of a main class) -> person -> yes or no."""

_Said = tuple[dt.datetime, int, int, str, str]
"""When, who, of which paper, of which class, in which state."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A paper of which one person said that it evaluates the class, and the other that not."""

    paper: int
    slug: str
    confirmed_by: str
    rejected_by: str


@dataclass(frozen=True, slots=True)
class CuratorAgreement:
    papers: int
    """Papers judged by at least two people."""

    overall: Agreement
    by_class: Mapping[str, Agreement]
    by_pair: Mapping[tuple[str, str], Agreement]
    differences: tuple[Difference, ...]


def agreement() -> CuratorAgreement:
    """Between all pairs of people, over all classes, for each class and for each pair."""
    judged = {key: people for key, people in _judged().items() if len(people) > 1}
    names = dict(get_user_model().objects.values_list("pk", "username"))
    mains = TherapyClass.objects.filter(parent=None).values_list("slug", flat=True)
    by_class = dict.fromkeys(mains, Agreement())
    by_pair: dict[tuple[str, str], Agreement] = defaultdict(Agreement)
    differences = []
    for (paper, slug), people in sorted(judged.items()):
        for one, other in combinations(sorted(people), 2):
            cell = Agreement.of([(people[one], people[other])])
            by_class[slug] += cell
            by_pair[names[one], names[other]] += cell
            if people[one] != people[other]:
                yes, no = (one, other) if people[one] else (other, one)
                differences.append(Difference(paper, slug, names[yes], names[no]))
    overall = sum(by_class.values(), Agreement())
    papers = len({paper for paper, _ in judged})
    return CuratorAgreement(papers, overall, by_class, dict(by_pair), tuple(differences))


def _judged() -> Judged:
    judged: Judged = defaultdict(dict)
    for _, person, paper, slug, state in sorted([*_in_tags(), *_in_decisions()]):
        if state == Tag.State.WITHDRAWN:
            judged[paper, slug].pop(person, None)
        else:
            judged[paper, slug][person] = state == Tag.State.CONFIRMED
    return judged


def _of_two_people() -> Q:
    """Rows of papers of which somebody else has said something too."""
    here = {"paper": OuterRef("paper")}
    tags = Tag.objects.filter(**here, therapy_class__parent=None, therapy_class__isnull=False)
    others = Decision.objects.filter(**here, is_undone=False)
    return Q(Exists(tags.exclude(by=OuterRef("by")))) | Q(Exists(others.exclude(by=OuterRef("by"))))


def _in_tags() -> Iterator[_Said]:
    undone = overruled(Q(is_undo=True))
    said = Tag.objects.filter(_of_two_people(), is_undo=False, therapy_class__parent=None)
    rows = said.filter(therapy_class__isnull=False).order_by()
    for pk, at, person, paper, slug, state in rows.values_list(
        "pk", "at", "by", "paper", "therapy_class__slug", "state"
    ):
        if pk not in undone:
            yield at, person, paper, slug, state


def _in_decisions() -> Iterator[_Said]:
    classes = TherapyClass.objects.values_list("slug", "parent__slug")
    main_of = {slug: parent or slug for slug, parent in classes}
    mains_of = cache(lambda: Regimen.objects.all().main_classes())
    made = Decision.objects.filter(_of_two_people(), is_undone=False).exclude(
        kind=Decision.Kind.LATER
    )
    for at, person, paper, said in made.order_by().values_list("at", "by", "paper", "said"):
        words = [word for word in said if word["state"] == Tag.State.CONFIRMED]
        confirmed = {main_of.get(word["slug"]) for word in words if word["kind"] == "class"}
        # Who confirms VAC says that the paper is on chemotherapy.
        for word in words:
            if word["kind"] == "regimen":
                confirmed |= mains_of().get(word["slug"], frozenset())
        for slug in set(main_of.values()):
            is_yes = slug in confirmed
            yield at, person, paper, slug, Tag.State.CONFIRMED if is_yes else Tag.State.REJECTED
