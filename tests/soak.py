"""``make soak``: pulls of 3,000 records whose worker, group of processes, Redis or PostgreSQL dies.

At random moments, at least 30 times, on SQLite with the folder queue and, where the programs are
installed, on a PostgreSQL and a Redis of its own. The library is then row for row that of an
undisturbed pull. Bounded: it ends after ``MINUTES`` at the latest.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from tests.fake_sources import FakeSources, invented
from tests.running import House, children, free_port, wait_until

RECORDS, WINDOW = 3000, 400
KILLS = int(os.environ.get("KILLS", "30"))
KILLS_A_ROUND = 8
MINUTES = float(os.environ.get("MINUTES", "25"))
POSTGRESQL = Path("/usr/lib/postgresql/15/bin")
UP = [sys.executable, "manage.py", "up", "--no-prepare", "--only", "worker", "--only", "scheduler"]

QUEUE = """
import django
django.setup()
from papers.services.pulls import queue_pull
from papers.services.searches import search_for
from papers.tasks import run_pull
pull = queue_pull(search=search_for("pubmed", "rhabdomyosarcoma"), by=None)
run_pull.delay(pull.pk)
"""
STATE = """
import django
django.setup()
from papers.models import Pull
print(*Pull.objects.values_list("state", "position", "error").get())
"""
DUMP = """
import json
import django
django.setup()
from django.db.models import Count
from papers.models import Authorship, Author, Change, Exchange, Finding, Journal, Paper, Pull, SourceRecord

def rows(model, *leave_out):
    names = [f.attname for f in model._meta.concrete_fields if f.attname not in leave_out]
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in model.objects.values_list(*names))

times = ("id", "created_at", "updated_at", "at", "found_at", "fetched_at")
print(json.dumps({
    "papers": rows(Paper, *times, "journal_id", "provenance"),
    "authors": rows(Author, *times),
    "authorships": rows(Authorship, *times, "author_id", "paper_id"),
    "journals": rows(Journal, *times),
    "source records": sorted(str(r) for r in SourceRecord.objects.values_list("source_id", "format")),
    "findings": sorted(Finding.objects.values_list("source_id", flat=True)),
    "changes": sorted(str(r) for r in Change.objects.values_list("paper__pmid", "kind")),
    "doubled": [list(r) for r in Paper.objects.values_list("pmid").annotate(n=Count("id")).filter(n__gt=1)],
    "counts": [str(r) for r in Pull.objects.values_list("state", "found", "read", "created", "updated", "rejected", "missing")],
}))
"""


@dataclass
class Tally:
    deaths: dict[str, int] = field(default_factory=dict)
    rounds: int = 0
    resumptions: int = 0
    """How often a pull was seen to have gone on from where it stood at the last blow."""

    @property
    def kills(self) -> int:
        return sum(self.deaths.values())

    def count(self, what: str) -> None:
        self.deaths[what] = self.deaths.get(what, 0) + 1


def told(house: House, script: str) -> str:
    done = house.python(script)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def prepared(folder: Path, fake: FakeSources, **engines: str) -> House:
    folder.mkdir()
    house = House(folder, settings={
        "NCBI_BASE_URL": fake.pubmed_url, "NCBI_REQUESTS_PER_SECOND": "5", "JOB_LEASE_S": "4",
        "LOG_LEVEL": "ERROR", **engines,
    })  # fmt: skip
    done = house.manage("migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr[-2000:]
    return house


def position(house: House) -> int | None:
    """How far the pull has come, in batches; None while the database does not answer."""
    done = house.python(STATE)
    return int(done.stdout.split()[1]) if done.returncode == 0 else None


def has_gone_on(stood_at: int | None, stands_at: int | None) -> bool:
    return stood_at is not None and stands_at is not None and stands_at > stood_at


def is_done(house: House) -> bool:
    done = house.python(STATE)
    return done.returncode == 0 and done.stdout.split()[0] in ("done", "failed", "cancelled")


def undisturbed(folder: Path, fake: FakeSources) -> dict[str, list[object]]:
    house = prepared(folder, fake)
    house.settings["NCBI_REQUESTS_PER_SECOND"] = "1000"
    done = house.manage("pull", "--source", "pubmed", "--query", "rhabdomyosarcoma")
    assert done.returncode == 0, done.stderr
    return json.loads(told(house, DUMP))


def disturbed(
    house: House, tally: Tally, others: dict[str, Callable[[], None]], until: float
) -> dict[str, list[object]]:
    """A pull whose workers die again and again; the library in the end."""
    told(house, QUEUE)
    enough = min(KILLS, tally.kills + KILLS_A_ROUND)
    stood_at: int | None = None
    while not is_done(house):
        assert time.monotonic() < until, f"not done in time: {tally}"
        with house.started(UP, log="worker") as up:
            time.sleep(random.uniform(4, 9))  # three of them are the start
            # The one that gets the last blow is let finish.
            if tally.kills >= enough:
                wait_until(lambda: is_done(house), "the pull ends", 180)
                break
            what = random.choice(["worker", "group", *others])
            if what in others:
                others[what]()
            elif not kill(up.pid, "" if what == "group" else "-A rmsreview worker"):
                continue
            tally.count(what)
            stands_at = position(house)
            tally.resumptions += has_gone_on(stood_at, stands_at)
            stood_at = stands_at
            if what in others:
                time.sleep(random.uniform(3, 6))
    tally.resumptions += stood_at is not None  # it has come to its end since
    state = told(house, STATE)
    if not state.startswith("done"):
        print(f"{state}\n{house.said('worker')[-8000:]}")
    return json.loads(told(house, DUMP))


def kill(pid: int, kind: str) -> bool:
    """SIGKILL to the processes below ``pid`` whose command has ``kind``, and to itself if all."""
    family = [*children(pid), pid]
    hit = [one for one in family if kind in command_of(one)]
    for one in hit:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    return bool(hit)


def command_of(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\x00", " ")
    return ""


@contextlib.contextmanager
def own_redis(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """A Redis that keeps what it has on disk, and how to restart it."""
    port, running = free_port(), []

    def start() -> None:
        running.append(subprocess.Popen(
            ["redis-server", "--port", str(port), "--appendonly", "yes", "--appendfsync", "always",
             "--dir", str(folder), "--save", ""], stdout=subprocess.DEVNULL,
        ))  # fmt: skip

    def restart() -> None:
        running[-1].kill()
        running[-1].wait()
        time.sleep(1)
        start()

    folder.mkdir()
    start()
    try:
        yield f"redis://127.0.0.1:{port}/0", restart
    finally:
        running[-1].kill()
        running[-1].wait()


@contextlib.contextmanager
def own_postgresql(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """A PostgreSQL of our own, and how to crash and restart it. It does not run as root."""
    port = free_port()
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder.mkdir()
    if as_user:
        shutil.chown(folder, "postgres")
    place = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [*as_user, str(POSTGRESQL / program), "-D", str(place), *arguments],
            check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def start() -> None:
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
        run("pg_ctl", "-w", "-o", options, "-l", str(folder / "log"), "start")

    def restart() -> None:
        run("pg_ctl", "-m", "immediate", "stop")
        time.sleep(1)
        start()

    run("initdb", "-A", "trust", "-U", "postgres")
    start()
    try:
        yield f"postgres://postgres@127.0.0.1:{port}/postgres", restart
    finally:
        run("pg_ctl", "-m", "immediate", "stop")


def of_their_own(engines: dict[str, str], number: int) -> dict[str, str]:
    """An empty database of PostgreSQL and one of Redis for a round."""
    database = psycopg2.connect(engines["DATABASE_URL"])
    database.autocommit = True
    with contextlib.closing(database), database.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE round{number}")
    return {
        "DATABASE_URL": engines["DATABASE_URL"].rpartition("/")[0] + f"/round{number}",
        "REDIS_URL": engines["REDIS_URL"].rpartition("/")[0] + f"/{number % 16}",
    }


def compare(expected: dict[str, list[object]], got: dict[str, list[object]]) -> tuple[int, int]:
    """(rows lost, rows doubled or changed); says which tables differ."""
    lost = more = 0
    for table, rows in expected.items():
        missing = set(map(str, rows)) - set(map(str, got[table]))
        extra = len(got[table]) - len(rows) + len(missing)
        if missing or extra:
            print(f"{table}: {len(missing)} rows lost, {extra} more; first: {sorted(missing)[:1]}")
        lost, more = lost + len(missing), more + extra
    return lost, more


def main() -> None:
    seed = int(os.environ.get("SEED", str(int(time.time()))))
    random.seed(seed)
    until = time.monotonic() + MINUTES * 60
    tally = Tally()
    lost = doubled = 0
    with (
        tempfile.TemporaryDirectory() as name,
        FakeSources(invented(RECORDS), window=WINDOW) as fake,
    ):
        folder = Path(name)
        folder.chmod(0o755)
        expected = undisturbed(folder / "undisturbed", fake)
        with contextlib.ExitStack() as stack:
            places: list[tuple[dict[str, str], dict[str, Callable[[], None]]]] = []
            if os.environ.get("ENGINES") != "production":
                places.append(({}, {}))
            if shutil.which("redis-server") and POSTGRESQL.is_dir():
                redis_url, restart_redis = stack.enter_context(own_redis(folder / "redis"))
                url, restart_postgresql = stack.enter_context(own_postgresql(folder / "pg"))
                engines = {"DATABASE_URL": url, "REDIS_URL": redis_url}
                places.append((engines, {"redis": restart_redis, "postgresql": restart_postgresql}))
            while tally.kills < KILLS:
                engines, others = places[tally.rounds % len(places)]
                tally.rounds += 1
                mine = of_their_own(engines, tally.rounds) if engines else {}
                house = prepared(folder / f"round{tally.rounds}", fake, **mine)
                got = disturbed(house, tally, others, until)
                less, more = compare(expected, got)
                lost, doubled = lost + less, doubled + more
                print(
                    f"round {tally.rounds} ({'PostgreSQL' if engines else 'SQLite'}): {tally.deaths}"
                )
    print(json.dumps({
        "seed": seed, "rounds": tally.rounds, "records": RECORDS, "kills": tally.kills,
        "by": tally.deaths, "resumptions": tally.resumptions, "lost": lost, "doubled": doubled,
    }))  # fmt: skip
    sys.exit(bool(lost or doubled))


if __name__ == "__main__":
    main()
