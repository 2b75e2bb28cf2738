"""Statements of curators: who said what, what holds, and taking it back."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone

from papers.models import Change, Paper, Suggestion, Tag
from papers.records import TARGETS
from papers.services import bulk
from papers.services.tagging import (
    PlanChanged,
    Statement,
    UndoRefused,
    last_act,
    last_undoable,
    plan_tagging,
    tag_each,
    tag_papers,
    undo_tagging,
)
from regimens.models import Regimen, Setting, StudyDesign, TherapyClass

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


@pytest.fixture
def one_of_each(chemotherapy):
    """A target of each kind, by the field of a tag that holds it."""
    return {
        "therapy_class": chemotherapy,
        "regimen": Regimen.objects.create(slug="ivado", name="IVADo"),
        "setting": Setting.objects.create(slug="mixed", name="Mixed", order=2),
        "study_design": StudyDesign.objects.create(slug="other", name="Other"),
    }


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


def test_a_tag_keeps_what_the_machine_proposed_when_it_was_said(papers, chemotherapy, curator):
    Suggestion.objects.create(
        paper_id=papers[0],
        therapy_class=chemotherapy,
        score=0.8,
        rule="named in the title",
        rule_version="1-a",
        made_at=timezone.now(),
    )

    tag_papers(papers=papers[:2], statements=[Statement(chemotherapy, "confirmed")], by=curator)

    assert list(Tag.objects.order_by("paper_id").values_list("rule", "rule_version", "score")) == [
        ("named in the title", "1-a", 0.8),
        ("", "", None),
    ]


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


@pytest.mark.parametrize("field", TARGETS)
def test_every_kind_of_target_is_stated_and_taken_back(papers, one_of_each, curator, field):
    target = one_of_each[field]

    said = tag_papers(papers=papers[:1], statements=[Statement(target, "confirmed")], by=curator)
    again = tag_papers(papers=papers[:1], statements=[Statement(target, "confirmed")], by=curator)
    tag = Tag.objects.get()
    undo_tagging(batch=said.batch, by=curator)

    assert (tag.target_field, tag.target, again.changed) == (field, target, 0)
    assert {name: getattr(tag, f"{name}_id") for name in TARGETS} == {
        name: target.pk if name == field else None for name in TARGETS
    }
    assert states() == [("1", "withdrawn")]


def test_several_settings_and_designs_hold_of_one_paper(papers, one_of_each, curator):
    more = [
        Setting.objects.create(slug="maintenance", name="Maintenance", order=1),
        StudyDesign.objects.create(slug="rct", name="Randomised trial"),
    ]
    targets = [*one_of_each.values(), *more]

    tag_papers(
        papers=papers[:1], statements=[Statement(row, "confirmed") for row in targets], by=curator
    )

    (paper,) = Paper.objects.for_reading().filter(pk=papers[0])
    assert [str(tag.target) for tag in paper.current_tags] == [
        "Chemotherapy", "IVADo", "Maintenance", "Mixed", "Other", "Randomised trial"
    ]  # fmt: skip


def test_history_keeps_the_kind_of_what_was_said(papers, one_of_each, curator):
    tag_papers(
        papers=papers[:1],
        statements=[Statement(row, "confirmed") for row in one_of_each.values()],
        by=curator,
    )

    told = Change.objects.filter(kind="tagged").order_by("id").values_list("detail", flat=True)
    assert [(detail["kind"], detail["slug"]) for detail in told] == [
        ("class", "chemotherapy"),
        ("regimen", "ivado"),
        ("setting", "mixed"),
        ("design", "other"),
    ]


def test_last_act_calls_a_setting_a_setting(papers, one_of_each, curator):
    tag_papers(
        papers=papers[:1], statements=[Statement(one_of_each["setting"], "confirmed")], by=curator
    )

    assert last_act(by=curator).target == "setting Mixed"


@pytest.mark.parametrize("fields", [(), ("setting", "study_design"), tuple(TARGETS)])
def test_database_refuses_a_tag_without_exactly_one_target(papers, one_of_each, curator, fields):
    targets = {field: one_of_each[field] for field in fields}

    with pytest.raises(IntegrityError), transaction.atomic():
        new_tag(papers[0], curator, **targets)


@pytest.mark.parametrize("field", TARGETS)
def test_database_keeps_one_current_tag_a_paper_and_target(papers, one_of_each, curator, field):
    target = {field: one_of_each[field]}
    new_tag(papers[0], curator, **target)
    new_tag(papers[1], curator, **target)
    new_tag(papers[0], curator, is_current=False, **target)

    with pytest.raises(IntegrityError), transaction.atomic():
        new_tag(papers[0], curator, **target)


def new_tag(paper, by, **fields):
    return Tag.objects.create(
        paper_id=paper, state="confirmed", by=by, at=timezone.now(), batch=uuid.uuid4(), **fields
    )


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


def test_an_act_of_several_targets_and_states_says_so(papers, one_of_each, curator):
    kinds = iter(one_of_each.values())
    said = [
        (papers[0], Statement(next(kinds), "confirmed")),
        (papers[0], Statement(next(kinds), "rejected")),
        (papers[1], Statement(next(kinds), "confirmed")),
    ]
    tag_each(said=said, by=curator)

    act = last_act(by=curator)

    assert (act.papers, act.target, act.state) == (2, "setting Mixed and 2 more", "decided")


def test_what_was_seen_is_done_and_nothing_else(papers, chemotherapy, curator, editor):
    statements = [Statement(chemotherapy, "confirmed")]
    seen = plan_tagging(papers=papers, statements=statements).fingerprint
    tag_papers(papers=papers[:1], statements=[Statement(chemotherapy, "rejected")], by=editor)

    with pytest.raises(PlanChanged) as changed:
        tag_papers(papers=papers, statements=statements, seen=seen, by=curator)

    plan = changed.value.plan
    assert [change.before for change in plan.changes] == ["rejected", "untagged", "untagged"]
    assert states() == [("1", "rejected")]
    tag_papers(papers=papers, statements=statements, seen=plan.fingerprint, by=curator)
    assert states() == [("1", "confirmed"), ("2", "confirmed"), ("3", "confirmed")]


def test_plans_for_other_targets_look_different(papers, one_of_each):
    prints = {
        plan_tagging(papers=papers, statements=[Statement(target, "confirmed")]).fingerprint
        for target in one_of_each.values()
    }

    assert len(prints) == len(one_of_each)
