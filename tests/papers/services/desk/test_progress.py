""" "42 of 310, about 9 minutes left"."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from papers.models import Decision
from papers.services import desk
from papers.services.desk.sittings import PAUSE, last_visit, pace_s, sitting

from .conftest import decide, order, queue

pytestmark = pytest.mark.django_db


def decided_at(decisions: list[Decision], *seconds_ago: float) -> None:
    """Set when each was made, the first given first."""
    for decision, ago in zip(decisions, seconds_ago, strict=True):
        at = timezone.now() - timedelta(seconds=ago)
        Decision.objects.filter(pk=decision.pk).update(at=at)
    cache.clear()


def test_it_counts_what_is_decided_and_what_is_left(papers, ada):
    ids = papers(5)
    order(ada)
    decide(ada, ids[0], "car_t")
    decide(ada, ids[1], kind="irrelevant")

    found = desk.progress(queue=queue(ada), by=ada)

    assert (found.decided, found.left, found.total) == (2, 3, 5)


def test_what_is_decided_in_another_queue_is_no_progress_in_this_one(papers, ada):
    recent = papers(2, year=2024)
    papers(3, year=2001)
    order(ada, "year_min=2020&order=surest")
    decide(ada, recent[0], "car_t", queue="year_min=2020")

    of_these = desk.progress(queue=queue(ada, "year_min=2020"), by=ada)
    assert (of_these.decided, of_these.left) == (1, 1)
    others = desk.progress(queue=queue(ada, "year_max=2010"), by=ada)
    assert (others.decided, others.total) == (0, 3)


def test_a_paper_that_is_decided_again_counts_once(papers, ada):
    ids = papers(3)
    order(ada)
    decide(ada, ids[0], "car_t")
    decide(ada, ids[0], rejected=["car_t"])

    found = desk.progress(queue=queue(ada), by=ada)

    assert (found.decided, found.left) == (1, 2)


def test_what_is_put_off_is_still_to_do(papers, ada):
    ids = papers(3)
    order(ada)
    decide(ada, ids[0], kind="later")

    assert desk.progress(queue=queue(ada), by=ada).left == 3
    cache.clear()
    assert desk.progress(queue=queue(ada), by=ada).left == 3


def test_what_is_taken_back_is_to_do_again(papers, ada):
    ids = papers(2)
    order(ada)
    decide(ada, ids[0], "car_t")
    desk.undo_decision(by=ada)

    found = desk.progress(queue=queue(ada), by=ada)

    assert (found.decided, found.left) == (0, 2)


def test_the_pace_is_the_median_without_long_pauses(papers, ada):
    made = [decide(ada, pk, "car_t") for pk in papers(8)]
    decided_at(made, 640, 40, 38, 34, 31, 28, 24, 23.95)

    assert pace_s(by=ada) == pytest.approx(3, abs=0.1)


def test_a_few_decisions_are_no_pace(papers, ada):
    made = [decide(ada, pk, "car_t") for pk in papers(5)]
    decided_at(made, 10, 8, 6, 4, 2)

    assert pace_s(by=ada) is None


def test_minutes_left_are_those_at_that_pace(papers, ada):
    ids = papers(56)
    order(ada, count=1)
    decided_at([decide(ada, pk, "car_t") for pk in ids[:6]], 29.5, 23.6, 17.7, 11.8, 5.9, 0)

    assert desk.progress(queue=queue(ada), by=ada).minutes_left == 5


def test_no_time_is_told_before_a_pace_is_known(papers, ada):
    papers(3)

    assert desk.progress(queue=queue(ada), by=ada).minutes_left is None


def test_a_sitting_begins_after_a_long_pause(papers, ada):
    made = [decide(ada, pk, "car_t") for pk in papers(4)]
    pause = PAUSE.total_seconds()
    decided_at(made, pause + 700, pause + 600, 500, 10)

    found = sitting(by=ada)

    assert found.first == made[2].pk
    assert found.last_visit == Decision.objects.get(pk=made[1].pk).at
    assert desk.progress(queue=queue(ada), by=ada).decided == 2


def test_who_comes_back_begins_a_sitting(papers, ada):
    made = [decide(ada, pk, "car_t") for pk in papers(1)]
    decided_at(made, PAUSE.total_seconds() + 1)

    assert sitting(by=ada).first is None
    assert last_visit(by=ada) == Decision.objects.get().at
