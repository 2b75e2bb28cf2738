"""``manage.py pull`` and ``run_search``: to the end, or waiting and saying so."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from papers.models import Paper, Pull, Search
from papers.services.pulls import queue_pull
from papers.services.searches import search_for
from tests.fake_sources import invented

pytestmark = pytest.mark.django_db

QUERY = "rhabdomyosarcoma"
KEYS = [
    "pull", "state", "found", "fetched", "created", "matched", "updated", "rejected", "missing",
    "warnings", "error", "next_try",
]  # fmt: skip


def told(command: str, *arguments: str) -> tuple[list[str], str, int]:
    """(lines of standard output, standard error, exit code)"""
    out, err, code = StringIO(), StringIO(), 0
    try:
        call_command(command, *arguments, stdout=out, stderr=err)
    except CommandError as error:
        code = error.returncode
        err.write(str(error))
    return out.getvalue().splitlines(), err.getvalue(), code


def pull(*more: str, source: str = "pubmed", query: str = QUERY) -> tuple[list[str], str, int]:
    return told("pull", "--source", source, "--query", query, *more)


@pytest.mark.parametrize("source", ["pubmed", "semantic_scholar"])
def test_pull_ends_with_one_line_of_json(fake_sources, source):
    lines, err, code = pull("--json", source=source)

    said = json.loads(lines[-1])
    assert (code, err, len(lines)) == (0, "", 1)
    assert sorted(said) == sorted(KEYS)
    assert said | {"pull": 0} == {
        "pull": 0, "state": "done", "found": 30, "fetched": 30, "created": 30, "matched": 0,
        "updated": 0, "rejected": 0, "missing": 0, "warnings": [], "error": None, "next_try": None,
    }  # fmt: skip


def test_pull_without_json_speaks_to_a_person(fake_sources):
    lines, _, code = pull()

    assert code == 0
    assert lines == [
        "rhabdomyosarcoma: 30 found, 30 fetched: 30 new, 0 known, 0 changed, 0 rejected, 0 missing, "
        "0 no longer found"
    ]


def test_pull_tells_its_warnings(fake_sources):
    _, err, code = pull(query=f"{QUERY} qqzumab")

    assert code == 0
    assert "PubMed does not know “qqzumab”" in err


def test_pull_in_an_outage_ends_with_1_and_the_same_command_goes_on(fake_sources):
    fake_sources.holdings = invented(450)
    fake_sources.misbehave("503", on="efetch", after=1, times=10_000)

    lines, err, code = pull("--json")

    said = json.loads(lines[-1])
    assert (code, said["state"], said["fetched"]) == (1, "waiting", 200)
    assert said["next_try"]
    assert "PubMed had a fault of its own (HTTP 503)" in err
    assert "PubMed has not answered since" in err

    fake_sources._faults.clear()
    asked = len(fake_sources.asked("esearch"))
    lines, _, code = pull("--json")

    again = json.loads(lines[-1])
    assert (code, again["pull"], again["state"], again["created"]) == (0, said["pull"], "done", 450)
    assert len(fake_sources.asked("esearch")) == asked
    assert Paper.objects.count() == 450


def test_pull_refuses_an_empty_query():
    _, err, code = pull(query="  ")

    assert code == 1
    assert "The query is empty" in err


def test_pull_full_fetches_everything_again(fake_sources):
    pull()

    lines, _, _ = pull("--json", "--full")

    assert json.loads(lines[-1])["fetched"] == 30


def test_run_search_runs_a_saved_search(fake_sources):
    search = search_for("pubmed", QUERY)

    lines, _, code = told("run_search", str(search.pk), "--json")

    assert code == 0
    assert json.loads(lines[-1])["created"] == 30
    assert Pull.objects.get().search == search


def test_run_search_without_such_a_search_names_those_that_there_are():
    search = Search.objects.create(name="Metastatic", source="pubmed", query=QUERY)

    _, err, code = told("run_search", "999")

    assert code == 1
    assert f"There is no search 999. The searches: {search.pk} (Metastatic)" in err


def test_pull_that_is_interrupted_goes_on_with_the_same_command(fake_sources, monkeypatch):
    fake_sources.holdings = invented(450)

    def interrupt(self, running: Pull) -> None:
        if running.read:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("papers.management.pulling.PullCommand._show", interrupt)
        _, err, code = pull()
    assert (code, Pull.objects.get().state, Paper.objects.count()) == (130, "queued", 200)
    assert "the same command again" in err

    lines, _, code = pull("--json")
    assert (code, json.loads(lines[-1])["created"], Pull.objects.count()) == (0, 450, 1)


def test_pull_waits_for_the_worker_that_has_it(fake_sources, monkeypatch):
    """A pull that somebody else claimed is followed to its end."""
    queued = queue_pull(search=search_for("pubmed", QUERY), by=None)
    Pull.objects.update(
        state="running", heartbeat_at=queued.created_at, started_at=queued.created_at
    )
    naps = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        Pull.objects.update(state="done", created=7)

    monkeypatch.setattr("papers.management.pulling.time.sleep", nap)
    lines, _, code = pull("--json")

    assert (code, json.loads(lines[-1])["created"], len(naps)) == (0, 7, 1)
