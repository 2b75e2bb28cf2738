"""The page on which candidates are decided, and the same over the API."""

from __future__ import annotations

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from papers.models import Candidate, Paper
from papers.services.pulls import queue_pull, run_pull
from papers.services.searches import search_for
from papers.services.snowballing import queue_snowball
from papers.services.tokens import create_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    from papers.tasks import run_pull as task

    queue: list[int] = []
    monkeypatch.setattr(task, "delay", queue.append)
    return queue


@pytest.fixture
def paper(fake_sources) -> Paper:
    kept = fake_sources.holdings
    fake_sources.holdings = [kept[10]]
    run_pull(queue_pull(search=search_for("pubmed", "rhabdomyosarcoma"), by=None).pk)
    fake_sources.holdings = kept
    return Paper.objects.get()


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_candidates_are_looked_for_and_decided_on_the_page(
    sign_in, paper, sent, django_capture_on_commit_callbacks
):
    browser = sign_in("curator")
    page = reverse("papers:candidate_list", args=[paper.pk])
    assert "Nobody has looked yet" in text_of(browser.get(page))
    assert "Look around this paper" in text_of(browser.get(paper.get_absolute_url()))

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("papers:snowball", args=[paper.pk]))
    run_pull(sent[0])
    assert "Not decided yet (6)" in text_of(browser.get(page))
    assert "6 candidates not decided yet" in text_of(browser.get(paper.get_absolute_url()))

    first, second, third, *_ = Candidate.objects.order_by("pk")
    decide = reverse("papers:candidate_decide", args=[paper.pk])
    told = browser.post(decide, {"do": "accept", "candidates": [first.pk, second.pk]}, follow=True)
    assert "2 are taken into the library" in text_of(told)
    browser.post(decide, {"do": "dismiss", "candidates": [third.pk]})
    assert Paper.objects.count() == 3
    assert "Not decided yet (3)" in text_of(browser.get(page))
    assert third.title in text_of(browser.get(page, {"state": "dismissed"}))


@pytest.mark.parametrize(
    "said",
    [{}, {"do": "accept"}, {"do": "burn", "candidates": "1"}, {"do": "accept", "candidates": "x"}],
)
def test_a_decision_on_nothing_says_what_to_do(sign_in, paper, said):
    told = sign_in("curator").post(
        reverse("papers:candidate_decide", args=[paper.pk]), said, follow=True
    )

    assert "Tick at least one candidate" in text_of(told)


def test_a_paper_without_identifier_says_why_it_cannot_be_looked_around(sign_in, paper):
    Paper.objects.update(pmid=None, doi=None)

    told = sign_in("curator").post(reverse("papers:snowball", args=[paper.pk]), follow=True)

    assert "this one has none" in text_of(told)


@pytest.mark.parametrize("rows", [1, 6])
def test_the_page_asks_the_same_number_of_queries(sign_in, paper, rows, django_assert_num_queries):
    run_pull(queue_snowball(paper=paper, by=None).pk)
    Candidate.objects.exclude(pk__in=Candidate.objects.values("pk")[:rows]).delete()
    browser = sign_in("curator")
    page = reverse("papers:candidate_list", args=[paper.pk])
    browser.get(page)

    with django_assert_num_queries(11):
        browser.get(page)


def test_candidates_are_decided_over_the_api(sign_in, paper, sent):
    curator = sign_in("curator").person
    api = APIClient(headers={"Authorization": f"Token {create_token(by=curator)}"})
    pull = api.post(f"/api/v1/papers/{paper.pk}/snowball/")
    assert (pull.status_code, pull.json()["kind"]) == (201, "snowball")
    run_pull(pull.json()["id"])

    listed = api.get("/api/v1/candidates/", {"paper": paper.pk, "direction": "citations"}).json()
    ids = [row["id"] for row in listed["results"]]
    assert (listed["count"], listed["results"][0]["in_library"]) == (3, None)

    decide = "/api/v1/candidates/decide/"
    taken = api.post(decide, {"candidates": ids[:2], "state": "accepted"}).json()
    assert (taken["changed"], len(taken["papers"]), Paper.objects.count()) == (2, 2, 3)
    assert api.post(decide, {"candidates": ids[2:], "state": "dismissed"}).json() == {
        "papers": [],
        "changed": 1,
    }
    refused = api.post(decide, {"candidates": [999_999], "state": "dismissed"})
    assert (refused.status_code, refused.json()) == (
        400,
        {"candidates": ["There is no candidate 999999."]},
    )


def test_a_paper_without_identifier_is_a_conflict_over_the_api(sign_in, paper):
    Paper.objects.update(pmid=None, doi=None)
    curator = sign_in("curator").person
    api = APIClient(headers={"Authorization": f"Token {create_token(by=curator)}"})

    assert api.post(f"/api/v1/papers/{paper.pk}/snowball/").status_code == 409
