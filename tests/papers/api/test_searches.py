"""Searches and pulls over the API."""

from __future__ import annotations

import pytest

from papers.models import Paper, Pull, Search
from papers.services.pulls import run_pull

pytestmark = pytest.mark.django_db

SEARCHES, PULLS = "/api/v1/searches/", "/api/v1/pulls/"
GOOD = {"name": "Metastatic", "source": "pubmed", "query": "rhabdomyosarcoma", "schedule": "weekly"}


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """Ids that went to the queue."""
    from papers.tasks import run_pull as task

    queue: list[int] = []
    monkeypatch.setattr(task, "delay", queue.append)
    return queue


def test_a_curator_writes_runs_and_follows_a_search(
    api, fake_sources, sent, django_capture_on_commit_callbacks
):
    curator = api("curator")
    made = curator.post(SEARCHES, GOOD)
    assert made.status_code == 201
    search = made.json()
    assert (search["owner"], search["is_paused"], bool(search["next_run_at"])) == (
        "curator",
        False,
        True,
    )

    with django_capture_on_commit_callbacks(execute=True):
        started = curator.post(f"{SEARCHES}{search['id']}/run/", {})
    pull = started.json()
    assert (started.status_code, pull["state"], sent) == (201, "queued", [pull["id"]])
    assert started["Location"].endswith(f"{PULLS}{pull['id']}/")
    assert curator.post(f"{SEARCHES}{search['id']}/run/", {}).status_code == 200

    run_pull(pull["id"])
    followed = curator.get(f"{PULLS}{pull['id']}/").json()
    assert (followed["state"], followed["percent"], followed["by"]) == ("done", 100, "curator")
    assert {name: followed[name] for name in ("found", "fetched", "created", "missing")} == {
        "found": 30, "fetched": 30, "created": 30, "missing": 0,
    }  # fmt: skip
    assert followed["warnings"] == []
    listed = curator.get(PULLS, {"search": search["id"]}).json()["results"]
    assert [row["id"] for row in listed] == [pull["id"]]


def test_a_search_is_edited_and_paused(api):
    curator = api("curator")
    pk = curator.post(SEARCHES, GOOD).json()["id"]

    paused = curator.patch(f"{SEARCHES}{pk}/", {"is_paused": True}).json()

    assert (paused["is_paused"], paused["next_run_at"], paused["name"]) == (
        True,
        None,
        "Metastatic",
    )
    assert curator.put(f"{SEARCHES}{pk}/", GOOD).status_code == 405


def test_a_search_keeps_its_source(api):
    curator = api("curator")
    pk = curator.post(SEARCHES, GOOD).json()["id"]

    other = curator.patch(f"{SEARCHES}{pk}/", {"source": "semantic_scholar"})
    same = curator.patch(f"{SEARCHES}{pk}/", {"source": GOOD["source"]})

    assert (other.status_code, same.status_code) == (400, 200)
    assert other.json()["source"][0].startswith("A search keeps its source")


def test_deleting_a_search_deletes_no_paper(api, fake_sources, sent):
    curator = api("curator")
    pk = curator.post(SEARCHES, GOOD).json()["id"]
    run_pull(curator.post(f"{SEARCHES}{pk}/run/", {}).json()["id"])

    assert curator.delete(f"{SEARCHES}{pk}/").status_code == 204

    assert (Search.objects.count(), Paper.objects.count()) == (0, 30)
    assert curator.get(PULLS).json()["results"][0]["search"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"source": "scopus"}, "source"),
        ({"query": " "}, "query"),
        ({"schedule": "hourly"}, "schedule"),
        ({"query": "(a AND ((b"}, "query"),
        ({"querry": "x"}, "querry"),
        ({"next_run_at": "2026-01-01"}, "next_run_at"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(api, change, field):
    reply = api("curator").post(SEARCHES, GOOD | change)

    assert (reply.status_code, list(reply.json())) == (400, [field])
    assert not Search.objects.exists()


def test_a_query_is_tried_before_it_is_saved(api, fake_sources):
    reply = api("curator").post(
        f"{SEARCHES}try/", {"source": "pubmed", "query": "rhabdomyosarcoma qqzumab"}
    )

    assert reply.json() == {
        "count": 30,
        "is_estimate": False,
        "translation": '"rhabdomyosarcoma"[All Fields] AND "qqzumab"[All Fields]',
        "dropped": ["qqzumab"],
        "remarks": [],
    }


def test_a_query_that_the_source_refuses_is_a_conflict_in_its_words(api, fake_sources):
    fake_sources.misbehave("403")

    reply = api("curator").post(f"{SEARCHES}try/", {"source": "semantic_scholar", "query": "x"})

    assert reply.status_code == 409
    assert "the key is wrong or blocked" in reply.json()["detail"]


def test_a_pull_is_cancelled_and_goes_on(api, sent):
    curator = api("curator")
    pk = curator.post(SEARCHES, GOOD).json()["id"]
    pull = curator.post(f"{SEARCHES}{pk}/run/", {}).json()["id"]

    assert curator.post(f"{PULLS}{pull}/cancel/").json()["state"] == "cancelled"
    assert curator.post(f"{PULLS}{pull}/cancel/").status_code == 409
    assert curator.post(f"{PULLS}{pull}/resume/").json()["state"] == "queued"
    assert curator.post(f"{PULLS}{pull}/resume/").status_code == 409


def test_the_time_of_the_next_try_is_told_while_a_pull_waits_only(api, fake_sources, sent):
    curator = api("curator")
    pk = curator.post(SEARCHES, GOOD).json()["id"]
    pull = curator.post(f"{SEARCHES}{pk}/run/", {}).json()["id"]
    fake_sources.is_down = True
    run_pull(pull)
    waiting = curator.get(f"{PULLS}{pull}/").json()
    assert (waiting["state"], bool(waiting["waiting_until"])) == ("waiting", True)
    assert "has not answered since" in waiting["error"]

    Pull.objects.update(state="done")
    assert curator.get(f"{PULLS}{pull}/").json()["waiting_until"] is None


def test_one_enrichment_at_a_time_is_under_way(api, sent):
    curator = api("curator")

    first = curator.post(f"{PULLS}enrich/")
    second = curator.post(f"{PULLS}enrich/")

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert second["Location"].endswith(f"{PULLS}{first.json()['id']}/")


def test_rejected_records_of_a_pull_are_listed(api, fake_sources, sent):
    bad = fake_sources.holdings[3]
    broken = bad.xml.replace(b"</ArticleTitle>", b"</ArticleTitl>")
    fake_sources.replace([bad.__class__(bad.pmid, broken, entered=bad.entered, text=bad.text)])
    curator = api("curator")
    pk = curator.post(SEARCHES, GOOD).json()["id"]
    pull = curator.post(f"{SEARCHES}{pk}/run/", {}).json()["id"]
    run_pull(pull)

    (piece,) = curator.get(f"{PULLS}{pull}/rejected/").json()["results"]

    assert bad.pmid in piece["raw"]
    assert "not well-formed" in piece["reason"]
