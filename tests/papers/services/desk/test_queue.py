"""What a queue holds, in which order, and what it says when it is empty."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from papers.models import Decision, Lease, Paper, SourceRecord
from papers.services import desk
from papers.services.desk import queue as queue_module
from papers.services.tagging import Statement, tag_papers

from .conftest import decide, order, propose, queue, target

pytestmark = pytest.mark.django_db


def test_papers_without_a_word_on_class_or_regimen_wait(papers, ada, ben):
    first, second, third, fourth = papers(4)
    tag_papers(papers=[first], statements=[Statement(target("car_t"), "rejected")], by=ben)
    tag_papers(papers=[second], statements=[Statement(target("vac"), "confirmed")], by=ben)
    tag_papers(papers=[third], statements=[Statement(target("rct"), "confirmed")], by=ben)

    assert order(ada) == [third, fourth]


def test_a_withdrawn_word_lets_the_paper_wait_again(papers, ada, ben):
    [paper] = papers(1)
    for state in ("confirmed", "withdrawn"):
        tag_papers(papers=[paper], statements=[Statement(target("car_t"), state)], by=ben)

    assert order(ada) == [paper]


def test_what_is_put_off_comes_after_all_others_the_first_put_off_first(papers, ada, ben):
    first, second, third = papers(3)
    decide(ada, second, kind="later")
    decide(ada, first, kind="later")

    assert order(ada, count=1) == [third]
    decide(ada, third, "car_t")
    assert order(ada) == [second, first]


def test_what_somebody_else_puts_off_waits_as_before(papers, ada, ben):
    first, second = papers(2)
    decide(ben, first, kind="later")

    assert order(ada) == [first, second]


def test_the_surest_first_or_the_least_sure(papers, ada):
    weak, sure, doubtful, silent = papers(4)
    propose(weak, "targeted", 0.2)
    propose(sure, "targeted", 0.2)
    propose(sure, "car_t", 0.95)
    propose(doubtful, "car_t", 0.55)
    propose(silent, "rct", 0.99)

    assert order(ada, "order=surest") == [sure, doubtful, weak, silent]
    assert order(ada, "order=least_sure") == [doubtful, weak, sure, silent]


def test_a_class_means_one_that_is_suggested_its_sub_classes_included(papers, ada):
    main, sub, weak, other = papers(4)
    propose(main, "targeted", 0.5)
    propose(sub, "targeted-mtor", 0.9)
    propose(weak, "targeted", 0.49)
    propose(other, "car_t", 0.9)

    assert order(ada, "therapy_class=targeted") == [main, sub]


def test_settings_and_designs_narrow_it_too(papers, ada):
    relapse, trial, both = papers(3)
    propose(relapse, "first_relapse", 0.8)
    propose(trial, "rct", 0.8)
    propose(both, "first_relapse", 0.8)
    propose(both, "rct", 0.8)

    assert order(ada, "setting=first_relapse&study_design=rct") == [both]


def test_years_and_search_narrow_it(papers, ada):
    [old] = papers(1, year=2001)
    [new] = papers(1, year=2021)

    assert order(ada, "year_min=2010") == [new]
    assert order(ada, "search=year:2000-2005") == [old]


def test_the_source_narrows_it(papers, ada):
    pubmed, filed = papers(2)
    for paper, source in ((pubmed, "pubmed"), (filed, "file")):
        SourceRecord.objects.create(
            paper_id=paper, source=source, format="ris", sha256=source.encode(), payload=b"",
            fetched_at=timezone.now(),
        )  # fmt: skip

    assert order(ada, "source=pubmed") == [pubmed]


def test_new_is_what_came_since_the_sitting_before_ended(papers, ada):
    yesterday = timezone.now() - timedelta(days=1)
    done, known, fresh = papers(3)
    Paper.objects.filter(pk__in=[done, known]).update(created_at=yesterday - timedelta(days=1))
    decision = decide(ada, done, "car_t")
    Decision.objects.filter(pk=decision.pk).update(at=yesterday)

    assert order(ada, "new=true") == [fresh]


def test_a_second_opinion_is_asked_on_what_others_decided(papers, ada, ben):
    theirs, mine, both, _nobodys = papers(4)
    decide(ben, theirs, "car_t")
    decide(ada, mine, "car_t")
    decide(ben, both, "car_t")
    decide(ada, both, "car_t")

    assert order(ada, "opinion=second") == [theirs]
    assert order(ben, "opinion=second") == [mine]


def test_a_second_opinion_that_agrees_is_not_asked_for_again(papers, ada, ben):
    [paper] = papers(1)
    decide(ben, paper, "car_t")
    order(ada, "opinion=second")

    agreed = decide(ada, paper, "car_t")

    assert agreed.batch is None
    assert agreed.said == [{"kind": "class", "slug": "car_t", "state": "confirmed"}]
    assert order(ada, "opinion=second") == []


def test_a_second_opinion_that_is_taken_back_is_asked_for_again(papers, ada, ben):
    [paper] = papers(1)
    decide(ben, paper, "car_t")
    decide(ada, paper, rejected=["car_t"])

    desk.undo_decision(by=ada)

    assert order(ada, "opinion=second") == [paper]


def test_where_the_other_has_taken_their_word_back_no_second_opinion_is_asked_for(papers, ada, ben):
    undone, withdrawn, stands = papers(3)
    decide(ben, undone, "car_t")
    desk.undo_decision(by=ben)
    for paper in (withdrawn, stands):
        decide(ben, paper, "car_t")
    tag_papers(papers=[withdrawn], statements=[Statement(target("car_t"), "withdrawn")], by=ben)

    assert order(ada, "opinion=second") == [stands]
    assert set(order(ada)) == {undone, withdrawn}


def test_a_pile_that_is_used_up_is_laid_anew(papers, ada, monkeypatch):
    monkeypatch.setattr("papers.services.desk.queue.PILE", 2)
    ids = papers(5)
    seen = []
    for _ in ids:
        [paper] = order(ada, count=1)
        seen.append(paper)
        decide(ada, paper, "car_t")

    assert seen == ids
    assert order(ada) == []


def test_the_last_papers_of_a_queue_cost_no_more_than_the_others(papers, ada, monkeypatch):
    first, second, later = papers(3)
    decide(ada, later, kind="later")
    laid = []
    lay = queue_module._lay
    monkeypatch.setattr(queue_module, "_lay", lambda asked: laid.append(asked) or lay(asked))

    found = desk.next_papers(queue=queue(ada), count=3, besides=[])[0]
    assert found == [first, second]
    assert desk.next_papers(queue=queue(ada), besides=[second])[0] == [first], "it was not decided"
    decide(ada, first, "car_t")
    laid.clear()
    assert desk.next_papers(queue=queue(ada), count=2, besides=[second]) == ([later], None)
    assert desk.next_papers(queue=queue(ada), count=2, besides=[second, later]) == ([], None)
    assert not laid

    decide(ada, second, "car_t")
    decide(ada, later, "car_t")
    assert desk.next_papers(queue=queue(ada)) == ([], desk.Nothing("done"))
    assert laid, "who has nothing before them is told of the library as it is now"


def test_what_arrives_at_the_end_of_a_queue_is_seen_within_seconds(papers, ada):
    first, second = papers(2)
    assert order(ada) == [first, second]
    [third] = papers(1)

    assert desk.next_papers(queue=queue(ada), count=2, besides=[first, second])[0] == []
    with time_machine.travel(timezone.now() + queue_module._WHOLE_FOR):
        assert desk.next_papers(queue=queue(ada), besides=[first, second])[0] == [third]


def test_papers_that_are_before_one_already_are_not_given_again(papers, ada):
    first, second, third = papers(3)

    found, _ = desk.next_papers(queue=queue(ada), count=2, besides=[first])

    assert found == [second, third]


def test_it_says_that_nothing_waits(papers, ada):
    assert desk.next_papers(queue=queue(ada)) == ([], desk.Nothing("done"))


def test_it_says_that_nothing_matches(papers, ada):
    papers(1)

    nothing = desk.next_papers(queue=queue(ada, "year_min=2030&order=surest"))[1]

    assert nothing == desk.Nothing("filtered")


def test_it_says_when_the_first_paper_comes_back_from_another_desk(papers, ada, ben):
    papers(2)
    order(ben)
    soonest = Lease.objects.order_by("until").first().until

    assert desk.next_papers(queue=queue(ada))[1] == desk.Nothing("elsewhere", soonest)


def test_others_may_have_more_papers_than_a_pile_holds(papers, ada, ben, monkeypatch):
    monkeypatch.setattr("papers.services.desk.queue.PILE", 2)
    ids = papers(4)
    desk.take(ids[:3], by=ben)

    assert order(ada, count=1) == ids[3:]
    assert desk.progress(queue=queue(ada), by=ada).total == 4


def test_what_is_decided_in_the_moment_before_it_is_taken_is_not_given(
    papers, ada, ben, monkeypatch
):
    first, second = papers(2)

    class Interrupted(desk.Queue):
        def gone(self, ids):
            """Ben decides just after it was asked what is gone."""
            found = super().gone(ids)
            if not Decision.objects.exists():
                decide(ben, first, "car_t")
            return found

    asked = queue(ada)
    interrupted = Interrupted(asked.query, asked.by)

    assert desk.next_papers(queue=interrupted)[0] == [second]
    assert list(Lease.objects.values_list("paper", flat=True)) == [second]


def test_an_address_keeps_only_what_is_a_filter(ada):
    kept = queue(ada, "year_min=2010&year_max=&page=3&csrf=x&search=a+b").query

    assert kept == "search=a+b&year_min=2010"


@pytest.mark.parametrize("count", [1, 20])
def test_the_next_paper_asks_a_constant_number_of_queries(
    papers, ada, count, django_assert_num_queries
):
    papers(count)
    order(ada, count=1)

    with django_assert_num_queries(7):
        order(ada, count=1)


def test_at_the_first_visit_everything_is_new(papers, ada):
    ids = papers(2)

    assert order(ada, "new=true") == ids
