"""Jobs outlive their workers: nothing lost, nothing twice."""

from __future__ import annotations

import signal
import sqlite3
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from papers import formats, tasks
from papers.models import Import, Paper, Pull, Reading, Search, Suggestion
from papers.services import imports
from papers.services.imports import run_import, store_upload
from papers.services.jobs import requeue_abandoned
from tests.running import House, wait_until

pytestmark = pytest.mark.long

CSV = b"Title,PMID\nVincristine,7\n"
RECORDS = 6000
LEASE_S = 3


QUEUE_A_FILE = """
import sys
from pathlib import Path

import django

django.setup()
from django.core.management import call_command
from papers.services.imports import store_upload
from papers.tasks import run_import
call_command("migrate", verbosity=0)
run_import.delay(store_upload(name="many.csv", chunks=[Path(sys.argv[1]).read_bytes()], by=None).pk)
"""


def queued(name: str = "a.csv", content: bytes = CSV) -> Import:
    return store_upload(name=name, chunks=[content], forced_format="csv", by=None)


@pytest.mark.django_db
def test_run_import_takes_an_id_and_a_second_message_finds_nothing_to_do():
    job = queued()

    tasks.run_import(job.pk)
    tasks.run_import(job.pk)

    job.refresh_from_db()
    assert (job.state, job.created, job.matched) == ("done", 1, 0)


@pytest.mark.django_db
def test_sweep_sends_an_abandoned_job_again_once_a_lease(monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.run_import, "delay", sent.append)
    dead, lost, fresh = queued("dead"), queued("lost"), queued("fresh")
    long_ago = timezone.now() - timedelta(hours=1)
    Import.objects.filter(pk=dead.pk).update(state="running", heartbeat_at=long_ago)
    Import.objects.filter(pk=lost.pk).update(created_at=long_ago)

    tasks.sweep_jobs()
    tasks.sweep_jobs()

    assert sorted(sent) == [dead.pk, lost.pk]
    fresh.refresh_from_db()
    assert fresh.heartbeat_at is None


@pytest.mark.django_db
def test_sweep_leaves_what_has_ended(monkeypatch):
    long_ago = timezone.now() - timedelta(hours=1)
    for state in ("done", "failed", "cancelled"):
        Import.objects.filter(pk=queued(state).pk).update(
            state=state, heartbeat_at=long_ago, created_at=long_ago
        )

    assert requeue_abandoned(Import) == []


@pytest.mark.django_db
def test_a_worker_that_was_overtaken_stores_nothing_more(monkeypatch):
    """A worker that slept longer than its lease wakes up beside its successor."""
    job = queued(content=b"Title,PMID\n" + b"".join(b"Paper %d,%d\n" % (n, n) for n in range(1, 6)))
    monkeypatch.setattr(imports, "BATCH", 2)
    real, is_first = formats.read, [True]

    def sleep_through_the_lease(*arguments):
        sleeps = is_first.pop() if is_first else False
        for number, entry in enumerate(real(*arguments)):
            if sleeps and number == 3:
                Import.objects.update(heartbeat_at=timezone.now() - timedelta(hours=1))
                assert run_import(job.pk).state == "done"
            yield entry

    monkeypatch.setattr(formats, "read", sleep_through_the_lease)
    run_import(job.pk)

    job.refresh_from_db()
    assert (job.state, job.read, job.created, job.rejected) == ("done", 5, 5, 0)
    assert Paper.objects.count() == 5


def many(count: int) -> bytes:
    rows = (f"Paper {n} on vincristine,{n},2020\n" for n in range(1, count + 1))
    return ("Title,PMID,Year\n" + "".join(rows) + ",,2001\n").encode()


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
def test_a_killed_worker_loses_nothing_and_doubles_nothing(tmp_path):
    """Real processes over the folder queue: the worker dies by SIGKILL amid an import."""
    house = House(tmp_path, settings={"JOB_LEASE_S": str(LEASE_S)})
    (tmp_path / "many.csv").write_bytes(many(RECORDS))
    queued = house.python(QUEUE_A_FILE, str(tmp_path / "many.csv"))
    assert queued.returncode == 0, queued.stderr
    worker = [sys.executable, "-m", "celery", "-A", "rmsreview", "worker", "--pool", "threads",
              "--concurrency", "1", "--loglevel", "WARNING"]  # fmt: skip

    def job() -> sqlite3.Row:
        with sqlite3.connect(tmp_path / "var" / "library.sqlite3", timeout=20) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute("SELECT * FROM papers_import").fetchone()

    with house.started(worker, log="first") as first:
        wait_until(lambda: job()["position"] > 0, "a batch is stored", 40)
        first.send_signal(signal.SIGKILL)
        first.wait(10)
    at_death = job()
    assert at_death["state"] == "running"
    assert 0 < at_death["position"] < RECORDS

    with house.started([*worker, "--beat"], log="second"):
        wait_until(lambda: job()["state"] == "done", "another worker ends the import", 60)

    ended = job()
    assert (ended["read"], ended["created"], ended["matched"]) == (RECORDS + 1, RECORDS, 0)
    with sqlite3.connect(tmp_path / "var" / "library.sqlite3") as connection:
        papers = connection.execute("SELECT COUNT(*), COUNT(DISTINCT pmid) FROM papers_paper")
        assert papers.fetchone() == (RECORDS, RECORDS)
        rejected = connection.execute("SELECT position FROM papers_rejectedpiece").fetchall()
    assert rejected == [(RECORDS + 1,)]


@pytest.mark.django_db
def test_sweep_sends_abandoned_and_waiting_pulls_again(monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.run_pull, "delay", sent.append)
    long_ago = timezone.now() - timedelta(hours=1)
    soon = timezone.now() + timedelta(minutes=5)

    def pull(**more) -> Pull:
        return Pull.objects.create(source="pubmed", query="q", **more)

    dead = pull(state="running", heartbeat_at=long_ago)
    due = pull(state="waiting", heartbeat_at=long_ago, waiting_until=long_ago)
    pull(state="waiting", heartbeat_at=long_ago, waiting_until=soon)
    pull(state="running", heartbeat_at=timezone.now())
    pull(state="done", heartbeat_at=long_ago)

    tasks.sweep_jobs()
    tasks.sweep_jobs()

    assert sent == [dead.pk, due.pk]


@pytest.fixture
def at_once(monkeypatch):
    """What is sent to the workers is done on the spot."""
    monkeypatch.setattr(tasks.suggest_for_papers, "delay", tasks.suggest_for_papers)


@pytest.mark.django_db
def test_papers_of_an_import_have_suggestions_when_it_ends(vocabulary, at_once):
    job = queued(content=b"Title,PMID\nTemsirolimus in relapsed rhabdomyosarcoma,7\n")

    tasks.run_import(job.pk)
    first = list(Suggestion.objects.values_list("pk", "made_at"))
    tasks.suggest_for_papers()

    assert Suggestion.objects.filter(paper__pmid="7", therapy_class__slug="targeted").exists()
    assert list(Suggestion.objects.values_list("pk", "made_at")) == first


@pytest.mark.django_db
def test_papers_of_a_pull_have_been_read_when_it_ends(vocabulary, fake_sources, at_once):
    pull = Pull.objects.create(source="pubmed", query="rhabdomyosarcoma")

    tasks.run_pull(pull.pk)

    assert Reading.objects.count() == Paper.objects.count() == 30


@pytest.mark.django_db
def test_every_scheduled_entry_runs(fake_sources, monkeypatch, settings):
    """Each task of the timetable, by the name that stands there, does its work on real rows."""
    monkeypatch.setattr(tasks.run_pull, "delay", tasks.run_pull)
    monkeypatch.setattr(tasks.run_import, "delay", tasks.run_import)
    long_ago = timezone.now() - timedelta(hours=1)
    search = Search.objects.create(
        name="s", source="pubmed", query="rhabdomyosarcoma", schedule="daily", next_run_at=long_ago
    )
    dead = Import.objects.filter(pk=queued().pk)
    dead.update(state="running", heartbeat_at=long_ago)

    from rmsreview.celery import app

    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        app.tasks[entry["task"]].apply(throw=True)

    assert dead.get().state == "done"
    assert search.pulls.get().state == "done"
    assert Paper.objects.count() == 31


@pytest.mark.django_db(transaction=True)
def test_the_scheduler_knows_the_timetable():
    """django-celery-beat itself, reading its rows, finds every entry and sends each when it is due."""
    from django_celery_beat.schedulers import DatabaseScheduler

    from rmsreview.celery import app

    scheduler = DatabaseScheduler(app=app, lazy=True)
    scheduler.setup_schedule()
    entries = {entry.task for entry in scheduler.schedule.values()}

    assert {"papers.tasks.sweep_jobs", "papers.tasks.start_due_searches"} <= entries
