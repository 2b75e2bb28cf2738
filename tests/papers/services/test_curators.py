"""Two people's words on the same paper and class make a pair; undone ones and later ones do not."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from papers.agreement import Agreement
from papers.models import Decision, Paper
from papers.services.curators import Difference, agreement
from papers.services.tagging import Statement, tag_papers, undo_tagging
from regimens.models import TherapyClass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]


@pytest.fixture
def papers(acquire) -> list[int]:
    acquire(*({"title": f"Paper {n}"} for n in range(4)))
    return list(Paper.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def ada(db):
    return get_user_model().objects.create_user("ada")


@pytest.fixture
def bob(db):
    return get_user_model().objects.create_user("bob")


def tag(by, state: str, slug: str, *papers: int) -> uuid.UUID | None:
    target = TherapyClass.objects.get(slug=slug)
    return tag_papers(papers=papers, statements=[Statement(target, state)], by=by).batch


def decide(by, paper: int, kind: str = "decided", *, is_undone: bool = False, **said: str):
    Decision.objects.create(
        key=uuid.uuid4(), paper_id=paper, by=by, at=timezone.now(), kind=kind, is_undone=is_undone,
        said=[{"kind": "class", "slug": slug, "state": state} for slug, state in said.items()],
    )  # fmt: skip


def test_who_overrules_a_tag_differs_from_who_made_it(ada, bob, papers):
    tag(ada, "confirmed", "car_t", papers[0])
    tag(bob, "rejected", "car_t", papers[0])

    found = agreement()

    assert found.papers == 1
    assert found.by_class["car_t"] == found.overall == Agreement(yes_no=1)
    assert found.by_pair == {("ada", "bob"): Agreement(yes_no=1)}
    assert found.differences == (Difference(papers[0], "car_t", "ada", "bob"),)


def test_who_agrees_in_the_queue_changes_no_tag_and_counts(ada, bob, papers):
    tag(ada, "confirmed", "car_t", *papers[:2])
    decide(bob, papers[0], car_t="confirmed")
    decide(bob, papers[1], car_t="rejected")

    found = agreement()

    assert found.by_class["car_t"] == Agreement(yes_yes=1, yes_no=1)
    assert found.by_class["targeted"] == Agreement()


def test_who_confirms_a_regimen_has_said_yes_to_its_classes(ada, bob, papers):
    tag(ada, "confirmed", "chemotherapy", papers[0])
    tag(ada, "confirmed", "car_t", papers[0])
    Decision.objects.create(
        key=uuid.uuid4(), paper_id=papers[0], by=bob, at=timezone.now(), kind="decided",
        said=[{"kind": "regimen", "slug": "vac", "state": "confirmed"}],
    )  # fmt: skip

    found = agreement()

    assert found.by_class["chemotherapy"] == Agreement(yes_yes=1)
    assert found.by_class["car_t"] == Agreement(yes_no=1)


def test_one_persons_words_are_no_agreement(ada, papers):
    tag(ada, "confirmed", "car_t", papers[0])
    decide(ada, papers[0], car_t="confirmed")
    tag(ada, "rejected", "car_t", papers[0])

    found = agreement()

    assert (found.papers, found.overall, found.by_pair, found.differences) == (
        0, Agreement(), {}, (),
    )  # fmt: skip


def test_the_latest_own_word_counts(ada, bob, papers):
    tag(ada, "confirmed", "car_t", papers[0])
    tag(bob, "rejected", "car_t", papers[0])
    decide(bob, papers[0], car_t="confirmed")

    assert agreement().overall == Agreement(yes_yes=1)


def test_undone_words_were_not_said(ada, bob, papers):
    tag(ada, "confirmed", "car_t", *papers[:2])
    undo_tagging(batch=tag(bob, "rejected", "car_t", papers[0]), by=bob)
    decide(bob, papers[1], car_t="rejected", is_undone=True)

    assert agreement().papers == 0


def test_who_withdrew_a_word_has_none(ada, bob, papers):
    tag(ada, "confirmed", "car_t", papers[0])
    tag(bob, "rejected", "car_t", papers[0])
    tag(bob, "withdrawn", "car_t", papers[0])

    assert agreement().papers == 0


def test_a_decision_judges_every_class_and_later_is_no_answer(ada, bob, papers):
    decide(ada, papers[0], car_t="confirmed", targeted="rejected")
    decide(bob, papers[0], "irrelevant")
    decide(ada, papers[1], car_t="confirmed")
    decide(bob, papers[1], "later", car_t="rejected")

    found = agreement()

    assert found.papers == 1
    assert found.by_class["car_t"] == Agreement(yes_no=1)
    assert found.by_class["targeted"] == Agreement(no_no=1)
    assert found.by_class["immunotherapy"] == Agreement(no_no=1)


def test_a_confirmed_sub_class_is_a_yes_to_its_main_class(ada, bob, papers):
    decide(ada, papers[0], car_t="confirmed")
    decide(bob, papers[0], **{"car_t-gd2": "confirmed"})

    assert agreement().by_class["car_t"] == Agreement(yes_yes=1)


def test_sub_classes_and_other_targets_are_left_out(ada, bob, papers):
    tag(ada, "confirmed", "car_t-gd2", papers[0])
    tag(bob, "rejected", "car_t-gd2", papers[0])

    assert agreement().papers == 0


def test_each_pair_of_three_people_counts(ada, bob, curator, papers):
    for person, state in ((ada, "confirmed"), (bob, "confirmed"), (curator, "rejected")):
        decide(person, papers[0], car_t=state)

    found = agreement()

    both_said = {frozenset(pair): said.observed.count for pair, said in found.by_pair.items()}
    assert both_said == {
        frozenset(("ada", "bob")): 4,
        frozenset(("ada", "curator")): 3,
        frozenset(("bob", "curator")): 3,
    }
    assert found.overall.count == 12
    assert len(found.differences) == 2


def test_it_costs_the_same_queries_for_one_pair_and_for_many(
    ada, bob, papers, django_assert_num_queries
):
    tag(ada, "confirmed", "car_t", papers[0])
    decide(bob, papers[0], car_t="confirmed")
    with django_assert_num_queries(6):
        agreement()
    tag(ada, "confirmed", "targeted", *papers)
    for paper in papers:
        decide(bob, paper, targeted="rejected")
    with django_assert_num_queries(6):
        assert agreement().overall.count == 5
