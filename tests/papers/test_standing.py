"""What people's word makes of a target: in Python, and as the database answers it."""

from __future__ import annotations

import uuid
from itertools import product

import pytest
from django.contrib.auth import get_user_model
from django.db.models import Prefetch
from django.utils import timezone

from papers.models import Paper, Suggestion, Tag
from papers.models.tag import field_of
from papers.services.proposals import decision_on
from papers.standing import standing
from regimens.models import Setting, TherapyClass

STATES = ("", "confirmed", "rejected", "withdrawn")


@pytest.mark.parametrize(
    ("own", "whole", "expected"),
    [
        ("", "", ""),
        ("confirmed", "rejected", "confirmed"),
        ("rejected", "confirmed", "rejected"),
        ("", "confirmed", ""),
        ("", "rejected", "rejected"),
        ("withdrawn", "rejected", "rejected"),
        ("withdrawn", "", ""),
        ("", "withdrawn", ""),
    ],
)
def test_a_word_on_the_target_goes_before_a_refusal_of_the_whole(own, whole, expected):
    said = {("setting", 2): own, ("setting", 1): whole, ("therapy_class", 2): "confirmed"}

    assert standing(said, "setting", 2, whole=1) == expected


def test_what_is_part_of_nothing_is_not_refused_with_anything():
    assert standing({("regimen", 1): "rejected"}, "regimen", 2) == ""


def paper_with_proposal(target) -> Paper:
    now = timezone.now()
    paper = Paper.objects.create(title="A paper", created_at=now, updated_at=now)
    Suggestion.objects.create(
        paper=paper, **{field_of(target): target}, score=0.9, rule="a rule", rule_version="1",
        quotes=[], made_at=now,
    )  # fmt: skip
    return paper


def say(paper: Paper, target, state: str, by) -> None:
    Tag.objects.create(
        paper=paper, **{field_of(target): target}, state=state, by=by, at=timezone.now(),
        batch=uuid.uuid4(),
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize("model", [TherapyClass, Setting])
def test_the_database_and_the_pages_agree_on_every_combination(model):
    by = get_user_model().objects.create_user("ada")
    part = model.objects.filter(parent__isnull=False).select_related("parent").first()
    for own, whole in product(STATES, STATES):
        paper = paper_with_proposal(part)
        for target, state in ((part.parent, whole), (part, own)):
            if state:
                say(paper, target, state, by)

    papers = Prefetch("paper", Paper.objects.with_current_tags())
    rows = Suggestion.objects.with_targets().prefetch_related(papers)
    decisions = {row.pk: decision_on(row, row.paper.current_tags) for row in rows}
    decided = set(Suggestion.objects.decided().values_list("pk", flat=True))
    undecided = set(Suggestion.objects.undecided().values_list("pk", flat=True))

    assert len(decisions) == len(STATES) ** 2
    assert decided == {pk for pk, decision in decisions.items() if decision}
    assert undecided == set(decisions) - decided
    assert decided
    assert undecided
