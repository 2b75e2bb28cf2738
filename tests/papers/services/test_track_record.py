"""The machine is counted by what it proposed when a person decided, and by nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from papers.agreement import Proportion
from papers.learnt import LEARNT_RULE
from papers.models import Classifier, Paper, Reading, Suggestion, Tag
from papers.models.tag import MODELS
from papers.services.classifier_record import classifier_record
from papers.services.disagreements import disagreement_rows, with_papers
from papers.services.tagging import Statement, tag_papers, undo_tagging
from papers.services.track_record import (
    Figures,
    by_rule,
    by_subject,
    disagreements,
    first_words,
    subjects,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]


@pytest.fixture
def papers(acquire) -> Callable[[int], list[int]]:
    def bring(count: int, *, are_read: bool = True) -> list[int]:
        before = Paper.objects.count()
        acquire(*({"title": f"Paper {before + n}"} for n in range(count)))
        new = list(Paper.objects.order_by("-pk").values_list("pk", flat=True)[:count])[::-1]
        if are_read:
            now = timezone.now()
            Reading.objects.bulk_create(
                Reading(
                    paper_id=pk, version="1", paper_updated_at=now, first_read_at=now, read_at=now
                )
                for pk in new
            )
        return new

    return bring


def propose(slug: str, *papers: int, score: float = 0.9, rule: str = "in the title", **more: Any):
    for paper in papers:
        Suggestion.objects.create(
            paper_id=paper,
            **target_of(slug),
            score=score,
            rule=rule,
            rule_version=more.get("version", "1"),
            quotes=more.get("quotes", []),
            made_at=timezone.now(),
        )


def target_of(slug: str) -> dict[str, Any]:
    found = ((field, model.objects.filter(slug=slug).first()) for field, model in MODELS.items())
    return dict([next((field, row) for field, row in found if row)])


@pytest.fixture
def say(curator) -> Callable[..., uuid.UUID | None]:
    def statement(state: str, slug: str, *papers: int, by: Any = None) -> uuid.UUID | None:
        [target] = target_of(slug).values()
        done = tag_papers(papers=papers, statements=[Statement(target, state)], by=by or curator)
        return done.batch

    return statement


def figures(subject: str) -> Figures:
    rows = by_subject(first_words(), subjects())
    return next(row.figures for row in rows if row.subject == subject)


def test_precision_is_what_people_confirmed_of_what_was_proposed(papers, say):
    right, wrong, other = papers(3), papers(1), papers(1)
    propose("car_t", *right, *wrong)
    say("confirmed", "car_t", *right)
    say("rejected", "car_t", *wrong, *other)

    assert figures("car_t").precision == Proportion(3, 4)


def test_recall_is_what_was_proposed_of_what_people_confirmed(papers, say):
    proposed, silent, weak = papers(3), papers(2), papers(1)
    propose("car_t", *proposed)
    propose("car_t", *weak, score=0.3)
    say("confirmed", "car_t", *proposed, *silent, *weak)

    assert figures("car_t").recall == Proportion(3, 6)
    assert figures("car_t").weak == Proportion(1, 1)


def test_on_a_paper_that_was_not_read_nothing_was_missed(papers, say):
    unread, read = papers(2, are_read=False), papers(1)
    say("confirmed", "car_t", *unread, *read)
    Reading.objects.bulk_create(
        Reading(paper_id=pk, version="1", paper_updated_at=timezone.now(), read_at=timezone.now())
        for pk in unread
    )

    assert figures("car_t").recall == Proportion(0, 1)
    [row] = [row for row in by_subject(first_words(), subjects()) if row.subject == "car_t"]
    assert (row.words, row.unread) == (3, 2)


def test_reading_a_paper_again_does_not_hide_what_was_missed(papers, say):
    [paper] = papers(1)
    say("confirmed", "car_t", paper)
    Reading.objects.update(read_at=timezone.now() + timedelta(days=1))

    assert figures("car_t").recall == Proportion(0, 1)


def test_what_is_proposed_after_the_word_counts_for_nothing(papers, say):
    [paper] = papers(1)
    say("confirmed", "car_t", paper)
    propose("car_t", paper)
    say("rejected", "car_t", paper)

    assert figures("car_t") == Figures(Proportion(0, 0), Proportion(0, 1), Proportion(0, 0))


def test_only_the_first_word_on_a_target_counts(papers, say, editor):
    [paper] = papers(1)
    propose("car_t", paper)
    say("confirmed", "car_t", paper)
    say("rejected", "car_t", paper, by=editor)

    assert figures("car_t").precision == Proportion(1, 1)


def test_undone_words_were_not_said(papers, say, curator):
    one, two = papers(2)
    propose("car_t", one, two)
    batch = say("rejected", "car_t", one, two)
    undo_tagging(batch=batch, by=curator)
    say("confirmed", "car_t", two)

    assert figures("car_t").precision == Proportion(1, 1)


def test_an_undo_that_was_undone_took_nothing_back(papers, say, curator):
    [paper] = papers(1)
    undone = undo_tagging(batch=say("confirmed", "car_t", paper), by=curator).batch
    assert first_words() == []

    undo_tagging(batch=undone, by=curator)

    assert [word.paper for word in first_words()] == [paper]


def test_withdrawn_words_were_not_said_unless_the_withdrawal_was_undone(papers, say, curator):
    one, two = papers(2)
    propose("car_t", one, two)
    say("confirmed", "car_t", one, two)
    say("withdrawn", "car_t", one)
    undo_tagging(batch=say("withdrawn", "car_t", two), by=curator)

    assert [word.paper for word in first_words()] == [two]


def test_sub_classes_settings_and_designs_are_counted_by_kind(papers, say):
    [paper] = papers(1)
    for slug in ("car_t-gd2", "first_relapse", "rct"):
        propose(slug, paper)
        say("confirmed", slug, paper)

    of = {row.subject: row.figures.precision for row in by_subject(first_words(), subjects())}
    assert {subject for subject, share in of.items() if share.of} == {
        "sub_class", "setting", "study_design",
    }  # fmt: skip
    assert of["car_t"] == Proportion(0, 0)


def test_each_rule_is_counted_by_version_and_by_subject(papers, say):
    title, newer, aim, silent = papers(2), papers(1), papers(1), papers(1)
    propose("car_t", *title)
    propose("car_t", *newer, version="2")
    propose("targeted", *aim, rule="part of the aim")
    say("confirmed", "car_t", title[0], *newer, *silent)
    say("rejected", "car_t", title[1])
    say("confirmed", "targeted", *aim)

    def counted(**only: str):
        return [
            (row.rule, row.version, row.figures.precision, row.figures.recall)
            for row in by_rule(first_words(), **only)
        ]

    assert counted(subject="car_t") == [
        ("in the title", "1", Proportion(1, 2), Proportion(1, 3)),
        ("in the title", "2", Proportion(1, 1), Proportion(1, 3)),
    ]
    assert len(counted()) == 3


def test_disagreements_are_listed_the_strongest_first(papers, say):
    strong, weak, missed, right = papers(4)
    propose("car_t", weak, score=0.6, rule="part of the aim")
    propose("car_t", strong, right)
    say("rejected", "car_t", strong, weak)
    say("confirmed", "car_t", missed, right)

    words = first_words()
    assert [word.paper for word in disagreements(words)] == [strong, weak, missed]
    assert [word.paper for word in disagreements(words, kind="missed")] == [missed]
    assert [word.paper for word in disagreements(words, kind="refused")] == [strong, weak]
    assert [word.paper for word in disagreements(words, rule="part of the aim")] == [weak]
    assert disagreements(words, subject="targeted") == []


def test_a_disagreement_shows_who_said_what_and_the_words(papers, say, curator):
    [paper] = papers(1)
    title = Paper.objects.get(pk=paper).title
    said = {"field": "title", "item": None, "start": 0, "end": 5, "text": title[:5]}
    stale = {**said, "text": "other"}
    propose("car_t", paper, quotes=[said, stale])
    say("rejected", "car_t", paper)

    [shown] = with_papers(disagreements(first_words()))
    [row] = disagreement_rows(disagreements(first_words()))

    assert (shown.kind, shown.tag.by, shown.quotes) == ("refused", curator, (said,))
    assert row["title"] == title
    assert (row["therapy_class"], row["state"], row["by"], row["quotes"]) == (
        "car_t", "rejected", "curator", ["Paper"],
    )  # fmt: skip


def test_many_disagreements_are_read_some_at_a_time_in_their_order(papers, say, monkeypatch):
    monkeypatch.setattr("papers.services.disagreements.AT_A_TIME", 2)
    ids = papers(5)
    say("confirmed", "car_t", *ids)

    found = with_papers(disagreements(first_words()))

    assert [each.tag.paper_id for each in found] == ids[::-1]


def test_the_classifier_is_counted_where_the_rules_were_silent(papers, say):
    before = papers(1)
    say("confirmed", "car_t", *before)
    test = {"confirmed": 40, "rejected": 60, "proposed": 38, "right": 37,
            "proposed_where_silent": 5, "right_where_silent": 4, "threshold": 0.6}  # fmt: skip
    Classifier.objects.create(
        trained_at=timezone.now(), papers=100, basis="x", figures={"car_t": test}
    )
    right, wrong, missed, ruled = papers(4)
    propose("car_t", right, wrong, rule=LEARNT_RULE, version="classifier-1")
    propose("car_t", ruled)
    say("confirmed", "car_t", right, missed, ruled)
    say("rejected", "car_t", wrong)

    record = classifier_record(first_words())

    [row] = [each for each in record.classes if each.slug == "car_t"]
    assert (row.precision, row.recall) == (Proportion(1, 2), Proportion(1, 2))
    assert row.test.precision == Proportion(37, 38)
    assert row.test.recall == Proportion(37, 40)
    assert row.test.where_silent == Proportion(4, 5)
    assert [each.test for each in record.classes if each.slug == "targeted"] == [None]


def test_without_a_training_the_classifier_says_what_is_missing():
    record = classifier_record([])

    assert (record.version, record.trained_at, record.papers) == ("", None, 0)
    assert {each.standing.missing for each in record.classes} == {
        "30 more confirmed and 30 more not of the class"
    }


def test_the_words_are_found_by_the_same_queries_for_one_and_for_many(
    papers, say, django_assert_num_queries
):
    say("confirmed", "car_t", *papers(1))
    with django_assert_num_queries(3):
        assert len(first_words()) == 1
    say("confirmed", "targeted", *papers(9))
    with django_assert_num_queries(3):
        assert len(first_words()) == 10


def test_counting_changes_nothing(papers, say):
    say("confirmed", "car_t", *papers(2))
    before = list(Tag.objects.values())

    by_rule(first_words())

    assert list(Tag.objects.values()) == before
