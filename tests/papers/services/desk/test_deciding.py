"""A decision: once, whole, and back again."""

from __future__ import annotations

import uuid

import pytest

from papers.models import Decision, Tag
from papers.services import desk
from papers.services.desk import DecisionRefused
from papers.services.tagging import Statement, UndoRefused, tag_papers, undo_tagging

from .conftest import decide, order, propose, target, verdict

pytestmark = pytest.mark.django_db


def standing(paper: int) -> dict[str, str]:
    tags = Tag.objects.filter(paper=paper, is_current=True).exclude(state="withdrawn")
    return {tag.target.slug: tag.state for tag in tags}


def test_a_decision_is_tags_and_a_row_with_every_word(papers, ada):
    [paper] = papers(1)

    made = decide(ada, paper, "car_t", "rct", rejected=["targeted"], note="From the methods")

    assert standing(paper) == {"car_t": "confirmed", "rct": "confirmed", "targeted": "rejected"}
    assert made.said == [
        {"kind": "class", "slug": "car_t", "state": "confirmed"},
        {"kind": "design", "slug": "rct", "state": "confirmed"},
        {"kind": "class", "slug": "targeted", "state": "rejected"},
    ]
    assert set(Tag.objects.values_list("batch", "note")) == {(made.batch, "From the methods")}
    assert (made.kind, made.note, made.by) == ("decided", "From the methods", ada)


def test_the_same_key_twice_is_one_decision(papers, ada):
    [paper] = papers(1)
    said = verdict(paper, "car_t")

    first = desk.decide(verdict=said, by=ada)
    again = desk.decide(verdict=said, by=ada)

    assert first == again
    assert (Decision.objects.count(), Tag.objects.count()) == (1, 1)


def test_a_key_of_somebody_else_is_refused(papers, ada, ben):
    [paper] = papers(1)
    said = verdict(paper, "car_t")
    desk.decide(verdict=said, by=ada)

    with pytest.raises(DecisionRefused, match="somebody else"):
        desk.decide(verdict=said, by=ben)


@pytest.mark.parametrize("changed", [
    {"confirmed": ["targeted"]}, {"kind": "irrelevant"}, {"note": "Hm"}, {"paper": 1},
])  # fmt: skip
def test_a_key_is_used_for_the_same_words_only(papers, ada, changed):
    other, paper = papers(2)
    key = decide(ada, paper, "car_t").key
    words = {"confirmed": ["car_t"], "kind": "decided", "note": ""} | changed
    again = verdict(
        other if "paper" in changed else paper,
        *words["confirmed"],
        key=key,
        kind=words["kind"],
        note=words["note"],
    )

    with pytest.raises(DecisionRefused, match="decided this paper already; take that back first"):
        desk.decide(verdict=again, by=ada)

    assert standing(paper) == {"car_t": "confirmed"}


def test_a_key_of_what_was_taken_back_is_refused(papers, ada):
    [paper] = papers(1)
    said = verdict(paper, "car_t")
    desk.decide(verdict=said, by=ada)
    desk.undo_decision(by=ada)

    with pytest.raises(DecisionRefused, match="You have taken this decision back"):
        desk.decide(verdict=said, by=ada)


def test_not_relevant_sent_twice_is_one_decision(papers, ada):
    [paper] = papers(1)
    decide(ada, paper, "targeted-mtor")
    said = verdict(paper, kind="irrelevant")

    assert desk.decide(verdict=said, by=ada) == desk.decide(verdict=said, by=ada)


def test_a_paper_that_is_gone_is_refused(ada):
    with pytest.raises(DecisionRefused, match="no longer in the library"):
        decide(ada, 12345, "car_t")


def test_not_relevant_refuses_each_main_class_in_one_act(papers, ada):
    [paper] = papers(1)
    propose(paper, "car_t", 0.9)

    made = decide(ada, paper, kind="irrelevant")

    assert standing(paper) == dict.fromkeys(
        ("chemotherapy", "targeted", "immunotherapy", "car_t"), "rejected"
    )
    assert set(Tag.objects.values_list("batch", flat=True)) == {made.batch}


def test_not_relevant_refuses_a_regimen_that_is_proposed(papers, ada):
    [paper] = papers(1)
    propose(paper, "vac", 0.7)

    decide(ada, paper, kind="irrelevant")

    assert standing(paper)["vac"] == "rejected"


def test_not_relevant_refuses_sub_classes_and_regimens_that_were_confirmed(papers, ada, ben):
    [paper] = papers(1)
    decide(ben, paper, "targeted", "targeted-mtor", "vac", "rct", rejected=["car_t"])

    made = decide(ada, paper, kind="irrelevant")

    mains = ("chemotherapy", "targeted", "immunotherapy", "car_t")
    refused = dict.fromkeys((*mains, "targeted-mtor", "vac"), "rejected")
    assert standing(paper) == refused | {"rct": "confirmed"}
    assert len(made.said) == 6


def test_later_says_nothing_of_the_paper(papers, ada):
    [paper] = papers(1)

    made = decide(ada, paper, kind="later", note="Ask the librarian")

    assert (made.said, made.batch, made.note) == ([], None, "Ask the librarian")
    assert standing(paper) == {}


def test_own_decisions_are_taken_back_one_after_another(papers, ada):
    first, second, third = papers(3)
    decide(ada, first, "car_t")
    decide(ada, second, kind="irrelevant")
    decide(ada, third, kind="later")

    undone = [desk.undo_decision(by=ada).paper_id for _ in range(3)]

    assert undone == [third, second, first]
    assert standing(first) == standing(second) == {}
    assert order(ada) == [first, second, third]
    with pytest.raises(UndoRefused):
        desk.undo_decision(by=ada)


def test_taking_back_twice_takes_back_one(papers, ada):
    first, second = papers(2)
    kept = decide(ada, first, "car_t")
    made = decide(ada, second, "car_t")

    for _ in range(2):
        desk.undo_decision(by=ada, key=made.key)

    kept.refresh_from_db()
    assert not kept.is_undone
    assert standing(first) == {"car_t": "confirmed"}


def test_taking_back_gives_the_first_opinion_back(papers, ada, ben):
    [paper] = papers(1)
    decide(ben, paper, "car_t")
    decide(ada, paper, rejected=["car_t"])

    desk.undo_decision(by=ada)

    assert standing(paper) == {"car_t": "confirmed"}


def test_what_somebody_has_decided_since_is_not_taken_back(papers, ada, ben):
    [paper] = papers(1)
    made = decide(ada, paper, "car_t")
    decide(ben, paper, rejected=["car_t"])

    with pytest.raises(UndoRefused, match="decided on these papers since"):
        desk.undo_decision(by=ada, key=made.key)

    made.refresh_from_db()
    assert not made.is_undone


def test_undo_goes_past_what_no_longer_stands(papers, ada):
    first, second = papers(2)
    before = decide(ada, first, "car_t")
    decide(ada, second, "car_t")
    taken_back = [Statement(target("car_t"), "withdrawn")]
    tag_papers(papers=[second], statements=taken_back, by=ada)

    assert desk.undo_decision(by=ada) == before


def test_undo_anywhere_else_takes_the_decision_back(papers, ada):
    [paper] = papers(1)
    made = decide(ada, paper, "car_t")

    undo_tagging(batch=made.batch, by=ada)

    made.refresh_from_db()
    assert made.is_undone
    assert desk.last_decisions(by=ada, count=5) == []
    with pytest.raises(UndoRefused, match="no decision of yours"):
        desk.undo_decision(by=ada)


def test_nobody_takes_back_what_others_said(papers, ada, ben):
    [paper] = papers(1)
    made = decide(ada, paper, "car_t")

    with pytest.raises(UndoRefused):
        desk.undo_decision(by=ben, key=made.key)


def test_an_unknown_key_takes_nothing_back(papers, ada):
    [paper] = papers(1)
    decide(ada, paper, "car_t")

    with pytest.raises(UndoRefused):
        desk.undo_decision(by=ada, key=uuid.uuid4())


def test_a_decision_keeps_what_the_machine_proposed(papers, ada):
    [paper] = papers(1)
    propose(paper, "car_t", 0.93)

    decide(ada, paper, "car_t")

    assert Tag.objects.get().score == 0.93
