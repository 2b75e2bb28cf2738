"""Nobody is overruled unseen: a decision is compared with what its card was made from."""

from __future__ import annotations

import pytest

from papers.models import Decision, Tag
from papers.services import desk
from papers.services.desk import Overtaken
from papers.services.tagging import Statement, tag_papers

from .conftest import decide, target

pytestmark = pytest.mark.django_db


def seen(paper: int) -> int:
    return desk.last_words([paper])[paper]


def test_a_decision_on_a_stale_card_is_refused_with_who_and_what(papers, ada, ben):
    [paper] = papers(1)
    opened = seen(paper)
    decide(ben, paper, "car_t", rejected=["targeted"])

    with pytest.raises(Overtaken) as refused:
        decide(ada, paper, rejected=["car_t"], seen=opened)

    assert str(refused.value) == (
        "ben has decided on this paper since you opened it: CAR-T cells confirmed, "
        "Targeted therapy rejected. Look at it again."
    )
    assert "CAR-T" not in refused.value.unsaid
    assert Decision.objects.get().by == ben
    assert set(Tag.objects.values_list("by__username", flat=True)) == {"ben"}


def test_who_has_looked_again_overrules(papers, ada, ben):
    [paper] = papers(1)
    decide(ben, paper, "car_t")

    decide(ada, paper, rejected=["car_t"], seen=seen(paper))

    assert Tag.objects.get(is_current=True).by == ada


def test_own_later_words_are_no_news(papers, ada):
    [paper] = papers(1)
    opened = seen(paper)
    decide(ada, paper, "car_t")

    decide(ada, paper, rejected=["car_t"], seen=opened)

    assert Decision.objects.count() == 2


def test_what_was_taken_back_again_overrules_nobody(papers, ada, ben):
    [paper] = papers(1)
    opened = seen(paper)
    decide(ben, paper, "car_t")
    desk.undo_decision(by=ben)

    decide(ada, paper, "targeted", seen=opened)

    assert Decision.objects.filter(by=ada).exists()


def test_a_word_on_the_setting_or_the_design_is_no_decision(papers, ada, ben):
    [paper] = papers(1)
    opened = seen(paper)
    tag_papers(papers=[paper], statements=[Statement(target("rct"), "confirmed")], by=ben)

    decide(ada, paper, "car_t", seen=opened)

    assert Decision.objects.filter(by=ada).exists()


def test_later_overrules_nobody(papers, ada, ben):
    [paper] = papers(1)
    opened = seen(paper)
    decide(ben, paper, "car_t")

    assert decide(ada, paper, kind="later", seen=opened).kind == "later"


def test_each_paper_is_compared_with_its_own_card(papers, ada, ben):
    first, second = papers(2)
    decide(ben, first, "car_t")
    opened = desk.last_words([first, second])
    decide(ben, second, "car_t")

    assert list(desk.said_since(opened, by=ada)) == [second]
    assert desk.said_since(opened, by=ben) == {}
    assert desk.said_since({}, by=ada) == {}
