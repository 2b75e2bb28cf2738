"""A paper lies on one desk at a time, and not for ever."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from papers.models import Decision, Lease, Paper
from papers.services import desk
from papers.services.desk.leases import on_other_desks

from .conftest import decide, order, queue

pytestmark = pytest.mark.django_db


def end_leases() -> None:
    Lease.objects.update(until=timezone.now() - timedelta(seconds=1))


def test_two_desks_never_have_the_same_paper(papers, ada, ben):
    ids = papers(4)

    assert order(ada, count=2) == ids[:2]
    assert order(ben, count=2) == ids[2:]
    assert order(ada, count=2) == ids[:2]


def test_what_lies_elsewhere_is_not_taken(papers, ada, ben):
    ids = papers(2)
    desk.take(ids[:1], by=ben)

    assert desk.take(ids, by=ada) == ids[1:]


def test_a_lease_ends_after_its_time(papers, ada, ben, settings):
    settings.CURATE_LEASE_S = 90
    [paper] = papers(1)
    desk.take([paper], by=ada)
    lease = Lease.objects.get()
    assert lease.until - timezone.now() <= timedelta(seconds=90)
    assert on_other_desks([paper], by=ben) == {paper: lease.until}

    end_leases()

    assert desk.take([paper], by=ben) == [paper]
    assert desk.take([paper], by=ada) == []


def test_taking_it_again_renews_it(papers, ada):
    [paper] = papers(1)
    desk.take([paper], by=ada)
    end_leases()

    desk.take([paper], by=ada)

    assert Lease.objects.get().until > timezone.now()


def test_who_leaves_gives_back_what_is_theirs(papers, ada, ben):
    first, second = papers(2)
    desk.take([first], by=ada)
    desk.take([second], by=ben)

    desk.release([first, second], by=ada)

    assert order(ben) == [first, second]


def test_a_page_that_is_heard_to_close_late_gives_back_nothing_of_the_next(papers, ada):
    [paper] = papers(1)
    before, now = uuid.uuid4(), uuid.uuid4()
    desk.take([paper], by=ada, page=before)
    desk.take([paper], by=ada, page=now)

    desk.release([paper], by=ada, page=before)
    assert Lease.objects.exists()

    desk.release([paper], by=ada, page=now)
    assert not Lease.objects.exists()


def test_a_page_that_stays_open_takes_nothing_from_the_newer_one(papers, ada):
    [paper] = papers(1)
    older, newer = uuid.uuid4(), uuid.uuid4()
    desk.take([paper], by=ada, page=older)
    desk.take([paper], by=ada, page=newer)

    assert desk.renew([paper], by=ada, page=older) == [paper]
    desk.release([paper], by=ada, page=older)

    assert Lease.objects.get().page == newer


def test_renewing_is_for_longer_and_takes_again_what_was_given_back(papers, ada, ben):
    ids = papers(3)
    desk.take(ids[:1], by=ada)
    Lease.objects.update(until=timezone.now() + timedelta(seconds=1))
    desk.take(ids[1:2], by=ben)

    assert desk.renew(ids, by=ada) == [ids[0], ids[2]]
    assert Lease.objects.get(paper=ids[0]).until > timezone.now() + timedelta(seconds=60)


def test_a_decided_paper_is_off_the_desk(papers, ada):
    [paper] = papers(1)
    desk.take([paper], by=ada)

    decide(ada, paper, "car_t")

    assert not Lease.objects.exists()


def test_a_decision_after_the_lease_went_elsewhere_is_recorded(papers, ada, ben):
    [paper] = papers(1)
    desk.take([paper], by=ada)
    end_leases()
    desk.take([paper], by=ben)

    decide(ada, paper, "car_t")

    assert Decision.objects.get().by == ada
    assert Lease.objects.get().by == ben


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_different_papers(papers):
    now = timezone.now()
    Paper.objects.bulk_create(
        Paper(title=f"{n}", created_at=now, updated_at=now) for n in range(30)
    )
    people = [get_user_model().objects.create_user(f"p{n}") for n in range(5)]
    start = threading.Barrier(len(people))
    taken: list[list[int]] = [[] for _ in people]

    def work(person, mine: list[int]) -> None:
        try:
            start.wait(10)
            for _ in range(2):
                mine += desk.next_papers(queue=queue(person), count=3, besides=mine)[0]
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=each) for each in zip(people, taken, strict=True)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)

    assert [len(mine) for mine in taken] == [6] * 5
    assert len({pk for mine in taken for pk in mine}) == 30


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_what_ended_and_is_being_taken_by_another_is_not_ones_own(papers, ada, ben):
    [paper] = papers(1)
    desk.take([paper], by=ada)
    end_leases()
    is_taken, may_end = threading.Event(), threading.Event()

    def take_slowly() -> None:
        try:
            with transaction.atomic():
                desk.take([paper], by=ben)
                is_taken.set()
                may_end.wait(1)  # Ada waits for this
        finally:
            connection.close()

    worker = threading.Thread(target=take_slowly)
    worker.start()
    is_taken.wait(10)
    try:
        assert desk.take([paper], by=ada) == []
    finally:
        may_end.set()
        worker.join(10)
    assert Lease.objects.get().by == ben
