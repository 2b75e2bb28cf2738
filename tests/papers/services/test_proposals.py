"""Proposals as statements, and what deciding them would do in figures."""

from __future__ import annotations

import pytest
from django.utils import timezone

from papers.models import Paper, Suggestion
from papers.services.proposals import changes_by_target, overruled_people, statements_on
from papers.services.tagging import Statement, plan_each, tag_papers
from regimens.models import Setting, TherapyClass

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers(acquire):
    acquire(*({"title": f"Paper {n}", "PMID": str(n)} for n in (1, 2, 3)))
    return list(Paper.objects.order_by("id").values_list("pk", flat=True))


@pytest.fixture
def targets():
    return {
        "therapy_class": TherapyClass.objects.create(slug="car_t", name="CAR-T cells"),
        "setting": Setting.objects.create(slug="mixed", name="Mixed"),
    }


@pytest.fixture
def proposed(papers, targets):
    """The class for every paper, the setting for the first."""
    rows = [(pk, "therapy_class") for pk in papers] + [(papers[0], "setting")]
    for pk, field in rows:
        Suggestion.objects.create(
            paper_id=pk, **{field: targets[field]}, score=0.9, rule="r", rule_version="1",
            made_at=timezone.now(),
        )  # fmt: skip
    return Suggestion.objects.order_by("id")


def test_each_proposal_becomes_a_statement_on_its_paper(papers, targets, proposed):
    assert statements_on(proposed, "rejected") == [
        *((pk, Statement(targets["therapy_class"], "rejected")) for pk in papers),
        (papers[0], Statement(targets["setting"], "rejected")),
    ]


def test_statements_cost_the_same_queries_for_one_and_for_many(proposed, django_assert_num_queries):
    for found in (proposed, Suggestion.objects.filter(pk=proposed[0].pk)):
        with django_assert_num_queries(5):
            statements_on(found, "confirmed")


def test_changes_are_counted_by_target(targets, proposed):
    plan = plan_each(statements_on(proposed, "confirmed"))

    assert changes_by_target(plan) == [
        (targets["therapy_class"], "class", 3),
        (targets["setting"], "setting", 1),
    ]


def test_people_are_counted_whose_word_would_be_overruled(
    papers, targets, proposed, curator, editor
):
    car_t = targets["therapy_class"]
    tag_papers(papers=papers[:2], statements=[Statement(car_t, "rejected")], by=curator)
    tag_papers(papers=papers[2:], statements=[Statement(car_t, "rejected")], by=editor)
    tag_papers(papers=papers[2:], statements=[Statement(car_t, "withdrawn")], by=editor)

    plan = plan_each(statements_on(proposed, "confirmed"))

    assert overruled_people(plan) == {curator.pk: {"rejected": 2}}
