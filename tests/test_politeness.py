"""Real processes against a fake source: together they keep to its limit, and outlive its outage."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from tests.fake_sources import FakeSources, invented
from tests.running import ROOT, House, wait_until

pytestmark = pytest.mark.long

WORKER = [
    sys.executable, "-m", "celery", "-A", "rmsreview", "worker", "--pool", "threads",
    "--concurrency", "2", "--loglevel", "WARNING", "--beat",
]  # fmt: skip

QUEUE_A_PULL = """
import django
django.setup()
from papers.services.pulls import queue_pull
from papers.services.searches import search_for
from papers.tasks import run_pull
run_pull.delay(queue_pull(search=search_for("pubmed", "vincristine"), by=None).pk)
"""


@pytest.fixture
def house(tmp_path) -> House:
    house = House(tmp_path)
    assert house.manage("migrate", "--verbosity", "0").returncode == 0
    return house


def asking(house: House, fake: FakeSources, **settings: str) -> None:
    house.settings |= {
        "NCBI_BASE_URL": fake.pubmed_url,
        "SEMANTIC_SCHOLAR_BASE_URL": fake.semantic_scholar_url,
        **settings,
    }


def pulling(house: House, query: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "pull", "--source", "pubmed", "--query", query, "--json"],
        cwd=ROOT, env=house.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_two_pulls_and_a_worker_at_once_keep_to_three_requests_a_second(house):
    with FakeSources(invented(300), window=160) as fake:
        asking(house, fake)
        for after in (4, 5, 9):
            fake.misbehave("429 without a time", after=after)
        assert house.python(QUEUE_A_PULL).returncode == 0
        with house.started(WORKER, log="worker"):
            pulls = [pulling(house, query) for query in ("rhabdomyosarcoma", "metastatic")]
            ended = [pull.communicate(timeout=150) for pull in pulls]

        assert [pull.returncode for pull in pulls] == [0, 0], ended
        assert [json.loads(out)["found"] for out, _ in ended] == [300, 300]
        assert len(fake.hits) > 20
        assert fake.most_within(1.0) <= 3


def test_an_outage_ends_the_command_and_a_worker_completes_the_pull_by_itself(house):
    with FakeSources(invented(30)) as fake:
        asking(house, fake, SOURCE_PATIENCE_S="3", NCBI_REQUESTS_PER_SECOND="100")
        fake.is_down = True
        begun = time.monotonic()
        pull = pulling(house, "rhabdomyosarcoma")
        out, err = pull.communicate(timeout=100)
        said = json.loads(out)

        assert (pull.returncode, said["state"]) == (1, "waiting")
        assert time.monotonic() - begun < 60
        assert "PubMed had a fault of its own (HTTP 503)" in err

        fake.is_down = False
        with house.started(WORKER, log="worker"):
            wait_until(lambda: len(fake.asked("efetch")) > 0, "a worker goes on", 100)
        again = house.manage("pull", "--source", "pubmed", "--query", "rhabdomyosarcoma", "--json")
        assert json.loads(again.stdout)["matched"] == 30, again.stderr
