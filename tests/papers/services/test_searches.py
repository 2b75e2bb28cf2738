"""Saved searches: trying a query out, and running what is due."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from papers.models import Paper, Pull, Search
from papers.services.pulls import run_pull
from papers.services.searches import pause_search, query_fault, save_search, start_due, try_query
from papers.services.starter import load_starter_searches
from papers.sources.http import Patience
from papers.sources.questions import SourceUnavailable

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada")


def weekly(**more: object) -> Search:
    return Search(
        name="Weekly", source="pubmed", query="rhabdomyosarcoma", schedule="weekly", **more
    )


def test_try_query_says_count_translation_and_dropped_phrases(fake_sources):
    preview = try_query("pubmed", "rhabdomyosarcoma AND qqzumab")

    assert (preview.count, preview.dropped, preview.is_estimate) == (30, ("qqzumab",), False)
    assert preview.translation.startswith('"rhabdomyosarcoma"[All Fields]')
    assert not Paper.objects.exists()


def test_try_query_of_semantic_scholar_is_an_estimate(fake_sources):
    preview = try_query("semantic_scholar", "rhabdomyosarcoma")

    assert (preview.count, preview.is_estimate) == (30, True)


def test_try_query_of_a_silent_source_says_so(fake_sources, monkeypatch):
    fake_sources.is_down = True
    monkeypatch.setattr("papers.services.searches.A_MOMENT", Patience(question=0))

    with pytest.raises(SourceUnavailable, match="HTTP 503"):
        try_query("pubmed", "rhabdomyosarcoma")


def test_an_edit_that_leaves_the_schedule_alone_postpones_nothing(ada):
    search = save_search(weekly(), by=ada)
    due = timezone.now() + dt.timedelta(hours=1)
    Search.objects.update(next_run_at=due)
    search.refresh_from_db()

    search.note = "Agreed with the library."
    save_search(search, by=ada)
    assert Search.objects.get().next_run_at == due

    search.schedule = "daily"
    save_search(search, by=ada)
    assert dt.timedelta(hours=23) < Search.objects.get().next_run_at - timezone.now()


def test_save_search_sets_owner_and_next_run_and_keeps_a_history(ada):
    search = save_search(weekly(), by=ada)
    search.query = "other"
    save_search(search, by=None)

    assert search.owner == ada
    assert dt.timedelta(days=6) < search.next_run_at - timezone.now() <= dt.timedelta(days=7)
    assert [row.query for row in search.history.all()] == ["other", "rhabdomyosarcoma"]


def test_a_paused_search_has_no_next_run(ada):
    search = save_search(weekly(), by=ada)

    pause_search(search, is_paused=True, by=ada)
    assert search.next_run_at is None

    pause_search(search, is_paused=False, by=ada)
    assert search.next_run_at is not None


def test_a_search_without_schedule_has_no_next_run(ada):
    assert save_search(Search(name="n", source="pubmed", query="q"), by=ada).next_run_at is None


def test_an_off_peak_search_runs_at_night_in_new_york(ada):
    search = save_search(weekly(is_off_peak=True), by=ada)

    from papers.services.pulls import NEW_YORK

    there = search.next_run_at.astimezone(NEW_YORK)
    assert there.weekday() >= 5 or there.hour >= 21 or there.hour < 5


FAULTS = {
    "rhabdomyosarcoma": "",
    '("a (b" AND c)[tiab]': "",
    "": "Write what is to be searched for.",
    "(a AND ((b": "3 brackets are opened and never closed.",
    "(a AND b": "1 bracket is opened and never closed.",
    "a) AND (b": "A bracket is closed that was never opened.",
    '"solid tumour AND b': "A quotation mark is missing",
    "a\x00": "a character that no source reads",
}


@pytest.mark.parametrize(("query", "fault"), FAULTS.items(), ids=map(repr, FAULTS))
def test_a_query_that_nobody_can_mean_is_told(query, fault):
    assert query_fault(query).startswith(fault) or fault in query_fault(query)
    assert bool(query_fault(query)) == bool(fault)


def test_the_strategies_of_the_starter_library_are_in_order():
    load_starter_searches()

    assert [query_fault(search.query) for search in Search.objects.all()] == [""] * 4


def test_start_due_runs_what_is_due_once(fake_sources, ada):
    search = save_search(weekly(), by=ada)
    save_search(weekly(), by=ada)
    Search.objects.filter(pk=search.pk).update(next_run_at=timezone.now() - dt.timedelta(minutes=1))

    (pull,) = start_due()

    assert (pull.search, pull.by, pull.state) == (search, ada, "queued")
    assert start_due() == []
    search.refresh_from_db()
    assert search.next_run_at > timezone.now() + dt.timedelta(days=6)
    assert run_pull(pull.pk).created == 30


def test_start_due_leaves_paused_searches_and_does_not_double_a_run(fake_sources, ada):
    long_ago = timezone.now() - dt.timedelta(days=1)
    paused = save_search(weekly(is_paused=True), by=ada)
    running = save_search(weekly(), by=ada)
    Search.objects.update(next_run_at=long_ago)
    under_way = Pull.objects.create(search=running, source="pubmed", query=running.query)

    assert start_due() == [under_way]
    assert not paused.pulls.exists()
    assert Pull.objects.count() == 1
