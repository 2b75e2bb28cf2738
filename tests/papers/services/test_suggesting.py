"""Papers are read by the rules when they are new, when they change and when the rules do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from papers.models import Paper, Reading, Suggestion, Tag
from papers.services import suggesting
from papers.services.correcting import correct_paper
from papers.services.suggestion_json import stored_json
from papers.services.tagging import Statement, tag_papers
from regimens.models import Drug, DrugSynonym, TherapyClass
from regimens.services.wording import wording

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]

TITLE = "Temsirolimus in relapsed rhabdomyosarcoma"


@pytest.fixture
def add_papers(acquire):
    """Brings items into the library; returns the ids of their papers."""

    def bring(*items: dict) -> list[int]:
        acquire(*items)
        return list(Paper.objects.order_by("-id").values_list("pk", flat=True)[: len(items)])[::-1]

    return bring


def read_all() -> list[int]:
    return list(suggesting.read_awaiting())


def proposed(paper: int) -> dict[str, float]:
    rows = Suggestion.objects.with_targets().filter(paper=paper)
    return {row.target.slug: row.score for row in rows}


def test_a_new_paper_is_read_once(add_papers):
    ids = add_papers({"title": TITLE}, {"title": "MYOD1 mutations"})

    assert sorted(read_all()) == sorted(ids)
    assert read_all() == []
    assert proposed(ids[0]) == {
        "targeted": 0.88,
        "targeted-mtor": 0.88,
        "relapsed_refractory": pytest.approx(0.9, abs=0.05),
    }
    assert proposed(ids[1]) == {}
    assert Reading.objects.count() == 2


def test_a_paper_is_read_again_when_its_words_change(add_papers, editor):
    [pk] = add_papers({"title": TITLE})
    read_all()
    kept = Suggestion.objects.get(therapy_class__slug="targeted").pk

    correct_paper(
        paper=Paper.objects.get(pk=pk),
        changes={"title": "Everolimus in localised rhabdomyosarcoma"},
        note="",
        by=editor,
    )

    assert read_all() == [pk]
    assert set(proposed(pk)) == {"targeted", "targeted-mtor", "localised"}
    row = Suggestion.objects.get(therapy_class__slug="targeted")
    assert (row.pk, row.quotes[0]["text"]) == (kept, "Everolimus")


def test_quotes_are_stale_while_changed_words_wait_for_the_rules(add_papers, editor):
    [pk] = add_papers({"title": TITLE})
    read_all()
    paper = Paper.objects.get(pk=pk)

    correct_paper(paper=paper, changes={"title": "Other words"}, note="", by=editor)

    paper.refresh_from_db()
    shown = [stored_json(row, paper) for row in paper.suggestions.all()]
    assert {quote["is_stale"] for row in shown for quote in row["quotes"]} == {True}


def test_papers_are_read_again_when_the_vocabulary_changes(add_papers):
    [pk] = add_papers({"title": "Neudrogol in rhabdomyosarcoma"})
    read_all()
    before = wording().version

    DrugSynonym.objects.create(drug=Drug.objects.get(slug="temsirolimus"), name="Neudrogol")

    assert wording().version != before
    assert read_all() == [pk]
    assert set(proposed(pk)) == {"targeted", "targeted-mtor"}


def test_reading_again_leaves_a_persons_word_alone(add_papers, editor):
    [pk] = add_papers({"title": TITLE})
    read_all()
    target = TherapyClass.objects.get(slug="targeted")
    tag_papers(papers=[pk], statements=[Statement(target, Tag.State.REJECTED)], by=editor)
    said = list(Tag.objects.values_list("pk", "state", "is_current"))

    Reading.objects.update(version="0-old")

    assert read_all() == [pk]
    assert list(Tag.objects.values_list("pk", "state", "is_current")) == said
    assert Suggestion.objects.filter(paper=pk, therapy_class=target).exists()


def test_no_suggestion_becomes_a_tag_by_itself(add_papers):
    add_papers({"title": TITLE})

    read_all()

    assert Tag.objects.count() == 0


def test_a_limit_stops_after_whole_batches(add_papers, monkeypatch):
    monkeypatch.setattr(suggesting, "BATCH", 2)
    add_papers(*({"title": f"{TITLE} {n}"} for n in range(5)))

    assert len(list(suggesting.read_awaiting(limit=3))) == 4
    assert len(read_all()) == 1


def test_a_batch_costs_the_same_queries_for_one_paper_and_for_many(
    add_papers,
):
    read_all()  # the words that they are read with are built once
    add_papers({"title": f"{TITLE} 0"})
    with CaptureQueriesContext(connection) as for_one:
        assert len(list(suggesting.read_awaiting(limit=1))) == 1
    add_papers(*({"title": f"{TITLE} {n}"} for n in range(1, 8)))
    with CaptureQueriesContext(connection) as for_seven:
        assert len(list(suggesting.read_awaiting(limit=1))) == 7

    assert len(for_one) == len(for_seven)


def test_a_paper_that_changes_while_it_is_read_is_read_again(add_papers, monkeypatch):
    [changes, stays] = add_papers({"title": TITLE}, {"title": TITLE + " too"})
    propose = suggesting.Readers.propose

    def slowly(who, text):
        Paper.objects.filter(pk=changes, title=TITLE).update(
            title="Imaging of rhabdomyosarcoma", updated_at=timezone.now()
        )
        return propose(who, text)

    monkeypatch.setattr(suggesting.Readers, "propose", slowly)
    assert list(suggesting.read_awaiting()) == [stays, changes]
    assert not Suggestion.objects.filter(paper=changes, therapy_class__isnull=False).exists()


def test_what_another_worker_has_read_meanwhile_is_not_stored_twice(add_papers, monkeypatch):
    [pk] = add_papers({"title": TITLE})
    propose = suggesting.Readers.propose
    others: list[list[int]] = []

    def slowly(who, text):
        monkeypatch.setattr(suggesting.Readers, "propose", propose)
        others.append(list(suggesting.read_awaiting()))
        return propose(who, text)

    monkeypatch.setattr(suggesting.Readers, "propose", slowly)
    assert list(suggesting.read_awaiting()) == []
    assert others == [[pk]]
    assert Reading.objects.count() == 1


def test_nobody_waits_for_the_rules(add_papers, monkeypatch):
    add_papers({"title": TITLE})
    order = []
    monkeypatch.setattr(suggesting, "lock_library", lambda: order.append("lock"))
    monkeypatch.setattr(suggesting.Readers, "propose", lambda *_: order.append("read") or [])

    list(suggesting.read_awaiting())

    assert order == ["read", "lock"]


def test_the_time_of_the_paper_decides_not_the_clock(add_papers):
    [pk] = add_papers({"title": TITLE})
    read_all()

    Reading.objects.update(read_at=timezone.now() - timedelta(days=9))

    assert read_all() == []
    assert Reading.objects.get(paper=pk).version == wording().version


def test_a_paper_on_which_a_rule_fails_stops_none_behind_it(add_papers, monkeypatch, caplog):
    bad, good = add_papers({"title": "Bad"}, {"title": TITLE})
    real = suggesting.suggest

    def fail(text, vocabulary):
        if text.title == "Bad":
            raise ZeroDivisionError
        return real(text, vocabulary)

    monkeypatch.setattr(suggesting, "suggest", fail)

    assert sorted(read_all()) == sorted([bad, good])
    assert (proposed(bad), "targeted" in proposed(good)) == ({}, True)
    assert f"the rules failed on paper {bad}" in caplog.text
    assert read_all() == []


def test_a_persons_word_changes_nothing_that_the_rules_read(add_papers, editor):
    read, new = add_papers({"title": TITLE}, {"title": "MYOD1 mutations"})
    read_all()
    Reading.objects.filter(paper=new).delete()
    target = TherapyClass.objects.get(slug="targeted")
    before = Paper.objects.get(pk=read).updated_at

    tag_papers(papers=[read, new], statements=[Statement(target, "confirmed")], by=editor)

    assert Paper.objects.get(pk=read).updated_at > before, "the feed of changes tells of it"
    assert read_all() == [new]
    correct_paper(paper=Paper.objects.get(pk=read), changes={"title": "Another"}, by=editor)
    assert read_all() == [read]
