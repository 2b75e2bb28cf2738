"""What Semantic Scholar knows of the library's papers, and nothing else, comes in."""

from __future__ import annotations

import pytest

from papers.models import Change, Paper, Pull, SourceRecord
from papers.services.pulls import queue_enrichment, queue_pull, run_pull
from papers.services.searches import search_for
from tests.fake_sources import invented

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(fake_sources) -> list[Paper]:
    run_pull(queue_pull(search=search_for("pubmed", "rhabdomyosarcoma"), by=None).pk)
    return list(Paper.objects.order_by("pk"))


def enriched() -> Pull:
    return run_pull(queue_enrichment(by=None).pk)


def test_papers_gain_citations_access_ids_and_summaries(fake_sources, library):
    pull = enriched()

    assert (pull.state, pull.found, pull.read, pull.created, pull.updated) == (
        "done",
        30,
        30,
        0,
        30,
    )
    paper = Paper.objects.get(pmid=fake_sources.holdings[4].pmid)
    assert (paper.citation_count, paper.reference_count) == (4, 4)
    assert paper.open_access["status"] == "green"
    assert paper.tldr.startswith("About ")
    assert paper.semantic_scholar_id == fake_sources.holdings[4].paper["paperId"]
    assert paper.abstract_sections[0]["label"] == "BACKGROUND"


def test_papers_that_it_does_not_know_stay_and_are_counted(fake_sources, library):
    for holding in fake_sources.holdings[:4]:
        holding.paper["externalIds"] |= {"PubMed": "1", "DOI": "10.1/other"}

    pull = enriched()

    assert (pull.state, pull.read, pull.missing) == ("done", 26, 4)
    assert "does not know 4 of the papers" in pull.warnings[0]
    assert Paper.objects.count() == 30


def test_a_library_that_it_does_not_know_at_all(fake_sources, library):
    fake_sources.holdings = invented(3, first_pmid=70_000_000)

    pull = enriched()

    assert (pull.state, pull.read, pull.missing) == ("done", 0, 30)


def test_an_answer_that_contradicts_our_paper_adds_none(fake_sources, library):
    """It resolves our PMID, but the DOI that comes with it is not the paper's."""
    holding = fake_sources.holdings[0]
    holding.paper["externalIds"]["DOI"] = "10.5555/another"

    pull = enriched()

    assert (pull.missing, Paper.objects.count()) == (1, 30)
    assert SourceRecord.objects.count() == 59


def test_the_same_again_changes_nothing(fake_sources, library):
    enriched()
    before = list(Paper.objects.order_by("pk").values())
    changes = Change.objects.count()

    pull = enriched()

    assert (pull.updated, pull.read) == (0, 30)
    assert list(Paper.objects.order_by("pk").values()) == before
    assert Change.objects.count() == changes


def test_large_libraries_are_asked_for_in_batches_and_resumed(fake_sources, library, monkeypatch):
    monkeypatch.setattr("papers.sources.semantic_scholar.PAPERS_A_BATCH", 12)
    fake_sources.misbehave("503", on="paper/batch", after=1, times=10_000)
    waiting = enriched()
    assert (waiting.state, waiting.read) == ("waiting", 12)
    fake_sources._faults.clear()
    asked = len(fake_sources.asked("paper/batch"))

    Pull.objects.filter(pk=waiting.pk).update(state="queued")
    pull = run_pull(waiting.pk)

    assert (pull.state, pull.read, pull.position) == ("done", 30, 3)
    assert len(fake_sources.asked("paper/batch")) == asked + 2


def test_one_enrichment_at_a_time(fake_sources):
    assert queue_enrichment(by=None) == queue_enrichment(by=None)


def test_an_empty_library_asks_nothing(fake_sources):
    pull = enriched()

    assert (pull.state, pull.found, fake_sources.hits) == ("done", 0, [])
