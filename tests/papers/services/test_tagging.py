"""Statements of curators: who said what, what holds, and taking it back."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from papers.models import Paper, Tag
from papers.services import bulk
from papers.services.tagging import (
    Statement,
    UndoRefused,
    last_undoable,
    plan_tagging,
    tag_papers,
    undo_tagging,
)
from regimens.models import TherapyClass

pytestmark = pytest.mark.django_db


@pytest.fixture
def chemotherapy():
    return TherapyClass.objects.get_or_create(
        slug="chemotherapy", defaults={"name": "Chemotherapy"}
    )[0]


@pytest.fixture
def papers(acquire):
    acquire(*({"title": f"Paper {n}", "PMID": str(n)} for n in (1, 2, 3)))
    return list(Paper.objects.order_by("id").values_list("pk", flat=True))


def states() -> list[tuple[str, str]]:
    return list(
        Tag.objects.filter(is_current=True).order_by("paper_id").values_list("paper__pmid", "state")
    )


def test_tag_papers_keeps_who_when_and_why(papers, chemotherapy, curator):
    result = tag_papers(
        papers=papers[:1], statements=[Statement(chemotherapy, "confirmed")], note="VAC", by=curator
    )

    tag = Tag.objects.get()
    change = tag.paper.changes.first()
    assert (result.changed, result.unchanged, result.papers) == (1, 0, 1)
    assert (tag.state, tag.by, tag.note, tag.batch) == ("confirmed", curator, "VAC", result.batch)
    assert (change.kind, change.by, change.detail["after"]) == ("tagged", curator, "confirmed")


def test_plan_tagging_says_what_would_change_and_writes_nothing(papers, chemotherapy, curator):
    tag_papers(papers=papers[:1], statements=[Statement(chemotherapy, "confirmed")], by=curator)

    plan = plan_tagging(papers=papers, statements=[Statement(chemotherapy, "confirmed")])

    assert [(c.paper_id, c.before, c.after) for c in plan.changes] == [
        (papers[1], "untagged", "confirmed"),
        (papers[2], "untagged", "confirmed"),
    ]
    assert plan.unchanged == 1
    assert Tag.objects.count() == 1


def test_tag_papers_twice_says_it_once(papers, chemotherapy, curator):
    statement = [Statement(chemotherapy, "confirmed")]
    tag_papers(papers=papers, statements=statement, by=curator)

    result = tag_papers(papers=papers, statements=statement, by=curator)

    assert (result.batch, result.changed, result.unchanged) == (None, 0, 3)
    assert Tag.objects.count() == 3


def test_tag_papers_supersedes_and_never_deletes(papers, chemotherapy, curator, editor):
    tag_papers(papers=papers[:1], statements=[Statement(chemotherapy, "confirmed")], by=curator)

    tag_papers(papers=papers[:1], statements=[Statement(chemotherapy, "rejected")], by=editor)

    old, new = Tag.objects.order_by("id")
    assert (old.state, old.is_current) == ("confirmed", False)
    assert (new.state, new.is_current, new.supersedes) == ("rejected", True, old)


def test_undo_tagging_gives_back_the_states_before(papers, chemotherapy, curator, editor):
    tag_papers(papers=papers[:1], statements=[Statement(chemotherapy, "rejected")], by=editor)
    result = tag_papers(
        papers=papers, statements=[Statement(chemotherapy, "confirmed")], by=curator
    )

    undo_tagging(batch=result.batch, by=curator)

    assert states() == [("1", "rejected"), ("2", "withdrawn"), ("3", "withdrawn")]


def test_undo_tagging_refuses_somebody_elses(papers, chemotherapy, curator, editor):
    result = tag_papers(
        papers=papers, statements=[Statement(chemotherapy, "confirmed")], by=curator
    )

    with pytest.raises(UndoRefused, match="Somebody else"):
        undo_tagging(batch=result.batch, by=editor)

    assert states() == [("1", "confirmed"), ("2", "confirmed"), ("3", "confirmed")]


def test_undo_tagging_refuses_to_overrule_a_later_decision(papers, chemotherapy, curator, editor):
    result = tag_papers(
        papers=papers, statements=[Statement(chemotherapy, "confirmed")], by=curator
    )
    tag_papers(papers=papers[:1], statements=[Statement(chemotherapy, "rejected")], by=editor)

    with pytest.raises(UndoRefused, match="decided on these papers since"):
        undo_tagging(batch=result.batch, by=curator)


def test_last_undoable_walks_back_through_ones_own(papers, chemotherapy, curator):
    first = tag_papers(
        papers=papers[:1], statements=[Statement(chemotherapy, "confirmed")], by=curator
    )
    second = tag_papers(
        papers=papers[1:], statements=[Statement(chemotherapy, "rejected")], by=curator
    )

    assert last_undoable(by=curator) == second.batch
    undo_tagging(batch=second.batch, by=curator)
    assert last_undoable(by=curator) == first.batch
    assert last_undoable(by=get_user_model().objects.create_user("other")) is None


def test_tagging_asks_once_for_many_papers(
    papers, chemotherapy, curator, django_assert_num_queries
):
    statement = [Statement(chemotherapy, "confirmed")]
    tag_papers(papers=papers, statements=statement, by=curator)

    with django_assert_num_queries(1):
        plan_tagging(papers=papers, statements=statement)


def test_tagging_goes_in_slices_where_papers_are_more_than_a_query_takes(
    papers, chemotherapy, curator, monkeypatch
):
    monkeypatch.setattr(bulk, "PARAMETERS_A_QUERY", 2)
    tag_papers(papers=papers, statements=[Statement(chemotherapy, "confirmed")], by=curator)

    result = tag_papers(papers=papers, statements=[Statement(chemotherapy, "rejected")], by=curator)

    assert result.changed == 3
    assert states() == [("1", "rejected"), ("2", "rejected"), ("3", "rejected")]
    assert Paper.objects.filter(updated_at=Tag.objects.last().at).count() == 3
