"""Papers around a paper are candidates until a person decides."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from papers.models import Candidate, Change, Paper, Pull
from papers.services.pulls import queue_pull, run_pull
from papers.services.rebuild import find_faults
from papers.services.searches import search_for
from papers.services.snowballing import (
    NoIdentifier,
    accept_candidates,
    candidates_of,
    dismiss_candidates,
    queue_snowball,
    reopen_candidates,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(fake_sources) -> Paper:
    """A paper of PubMed; all others are Semantic Scholar's alone."""
    kept = fake_sources.holdings
    fake_sources.holdings = [kept[10]]
    run_pull(queue_pull(search=search_for("pubmed", "rhabdomyosarcoma"), by=None).pk)
    fake_sources.holdings = kept
    return Paper.objects.get()


def looked_around(paper: Paper) -> Pull:
    return run_pull(queue_snowball(paper=paper, by=None).pk)


def test_citing_and_cited_papers_become_candidates_and_nothing_else(fake_sources, paper):
    pull = looked_around(paper)

    assert (pull.state, pull.found, pull.read, pull.created, pull.missing) == ("done", 8, 6, 6, 2)
    assert (
        "2 of these links lead to publications of which Semantic Scholar has no record"
        in (pull.warnings[0])
    )
    held = fake_sources.holdings
    assert {(c.direction, c.source_id) for c in paper.candidates.all()} == {
        *(("references", held[n].paper["paperId"]) for n in (7, 8, 9)),
        *(("citations", held[n].paper["paperId"]) for n in (11, 12, 13)),
    }
    candidate = paper.candidates.get(source_id=held[9].paper["paperId"])
    assert candidate.pmid == held[9].pmid
    assert candidate.title == held[9].paper["title"]
    assert Paper.objects.count() == 1


def test_looking_again_changes_nothing(paper):
    looked_around(paper)
    dismiss_candidates([paper.candidates.first()], by=None)
    before = list(Candidate.objects.order_by("pk").values())

    pull = looked_around(paper)

    assert (pull.state, pull.created) == ("done", 0)
    assert list(Candidate.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("identifiers", ["pmid", "doi", "semantic_scholar_id"])
def test_a_paper_is_found_by_any_identifier(fake_sources, paper, identifiers):
    there = fake_sources.holdings[10].paper
    paper.pmid = paper.doi = None
    known = {"pmid": fake_sources.holdings[10].pmid, "doi": there["externalIds"]["DOI"].lower(),
             "semantic_scholar_id": there["paperId"]}  # fmt: skip
    setattr(paper, identifiers, known[identifiers])
    paper.save()

    assert looked_around(paper).created == 6


def test_a_paper_without_identifier_cannot_be_looked_around(paper):
    paper.pmid = paper.doi = None

    with pytest.raises(NoIdentifier, match="this one has none"):
        queue_snowball(paper=paper, by=None)


def test_a_paper_that_semantic_scholar_does_not_know_fails_in_its_words(fake_sources, paper):
    fake_sources.holdings = []

    pull = looked_around(paper)

    assert pull.state == "failed"
    assert "not found" in pull.error


def test_a_candidate_that_is_taken_in_is_a_paper_like_any_other(paper):
    ada = User.objects.create_user("ada")
    looked_around(paper)
    candidate = paper.candidates.get(title__contains="cohort 12")

    (taken,) = accept_candidates([candidate], by=ada)

    candidate.refresh_from_db()
    assert (candidate.state, candidate.paper, candidate.by) == ("accepted", taken, ada)
    assert (taken.title, taken.pmid) == (candidate.title, candidate.pmid)
    change = taken.changes.get()
    assert (change.kind, change.by, change.pull) == (Change.Kind.CREATED, ada, candidate.pull)
    assert Paper.objects.count() == 2
    assert list(find_faults()) == []


def test_who_took_a_candidate_in_first_stays_who_did(paper):
    ada, ben = (User.objects.create_user(name) for name in ("ada", "ben"))
    looked_around(paper)
    candidate = paper.candidates.get(title__contains="cohort 12")
    first = accept_candidates([candidate], by=ada)
    at = Candidate.objects.get(pk=candidate.pk).at

    assert accept_candidates([candidate], by=ben) == first

    candidate.refresh_from_db()
    assert (candidate.by, candidate.at) == (ada, at)


def test_a_candidate_that_the_library_has_joins_its_paper(fake_sources, paper):
    looked_around(paper)
    run_pull(queue_pull(search=search_for("pubmed", "rhabdomyosarcoma"), by=None, is_full=True).pk)
    papers = Paper.objects.count()
    candidate = paper.candidates.get(title__contains="cohort 12")
    known = Paper.objects.get(pmid=candidate.pmid)
    assert candidates_of(paper).get(pk=candidate.pk).in_library == known.pk

    assert accept_candidates([candidate], by=None) == [known]
    assert Paper.objects.count() == papers


def test_a_candidate_without_identifiers_is_nobody_s(paper):
    """An empty PMID or DOI is not that of a paper without one."""
    Paper.objects.update(pmid=None)
    looked_around(Paper.objects.get())
    Candidate.objects.update(pmid="", doi="")

    assert set(candidates_of().values_list("in_library", flat=True)) == {None}


def test_a_dismissal_is_taken_back_and_what_is_taken_in_stays(paper):
    looked_around(paper)
    first, second = paper.candidates.all()[:2]
    accept_candidates([first], by=None)

    assert dismiss_candidates([first, second], by=None) == 1
    ada = User.objects.create_user("ada")
    assert reopen_candidates([first, second], by=ada) == 1
    assert Candidate.objects.get(state="waiting", pk=second.pk).by == ada
    assert set(Candidate.objects.values_list("state", flat=True)) == {"waiting", "accepted"}


def test_links_beyond_what_is_shown_are_told_of(fake_sources, paper, monkeypatch):
    monkeypatch.setattr("papers.sources.semantic_scholar.LINKS_A_PAGE", 2)
    fake_sources.misbehave("403", after=1)

    pull = looked_around(paper)

    assert (pull.state, pull.created) == ("done", 5)
    assert "shows no more than the first 2 citations" in pull.warnings[0]


def test_pages_of_links_that_go_on_for_ever_come_to_an_end(fake_sources, paper):
    fake_sources.misbehave("more for ever", times=10_000)

    pull = looked_around(paper)

    assert (pull.state, pull.created) == ("done", 6)
    assert len(fake_sources.asked("paper")) == 6  # three a direction: two equal ones end it


def test_an_interrupted_look_goes_on(fake_sources, paper, monkeypatch):
    monkeypatch.setattr("papers.sources.semantic_scholar.LINKS_A_PAGE", 2)
    fake_sources.misbehave("503", after=2, times=10_000)
    waiting = looked_around(paper)
    assert (waiting.state, waiting.position) == ("waiting", 2)
    fake_sources._faults.clear()

    Pull.objects.update(state="queued")
    pull = run_pull(waiting.pk)

    assert (pull.state, pull.found, pull.created, pull.position) == ("done", 8, 6, 4)
