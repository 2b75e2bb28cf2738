"""Runs the benchmarks and prints one JSON line a figure.

Each figure is a ratio of two wall times of the same run, because machines differ and one machine
is noisy: the import of a real file of PubMed against a bare extraction of it with lxml. Every
measured piece is a process of its own, so that its peak of memory is its own too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.corpus import baseline_file

ROOT = Path(__file__).resolve().parents[2]
POSTGRESQL_URL = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")


@dataclass(frozen=True, slots=True)
class Measured:
    """Wall time in seconds and the process's peak of memory in MB."""

    wall_s: float
    peak_mb: float


def measure(*arguments: str, **environment: str) -> Measured:
    """Run ``python -m tests.bench.measure …`` and read what it says of itself."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.measure", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    said = json.loads(done.stdout.splitlines()[-1])
    return Measured(said["wall_s"], said["peak_mb"])


def say(name: str, value: float, unit: str, against: str, ratio: float, goal: float) -> bool:
    holds = ratio <= goal
    line = {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "against": against,
        "ratio": round(ratio, 2),
        "goal": goal,
        "holds": holds,
    }
    print(json.dumps(line), flush=True)
    return holds


def import_sqlite(corpus: Path) -> bool:
    """First and second import into an empty SQLite library, and the memory that it takes."""
    bare = measure("bare", str(corpus))
    against = f"bare lxml.iterparse extraction, {bare.wall_s:.1f} s"
    with tempfile.TemporaryDirectory() as folder:
        where = {"RMSREVIEW_DATA_DIR": folder, "DATABASE_URL": "", "REDIS_URL": ""}
        measure("prepare", **where)
        first = measure("import", str(corpus), **where)
        second = measure("import", str(corpus), **where)
    return all((
        say("import_sqlite", first.wall_s, "s", against, first.wall_s / bare.wall_s, 3),
        say("import_sqlite_again", second.wall_s, "s", against, second.wall_s / bare.wall_s, 2),
        say("import_sqlite_memory", first.peak_mb, "MB", "500 MB", first.peak_mb / 500, 1),
    ))  # fmt: skip


def import_memory_flat(corpus: Path) -> bool:
    """Peak of memory for the file against that for its first quarter: flat as the file grows."""
    peaks = []
    with tempfile.TemporaryDirectory() as outer:
        quarter = Path(outer) / "quarter.xml.gz"
        measure("write_share", str(corpus), str(quarter), "0.25")
        for name, path in (("quarter", quarter), ("whole", corpus)):
            folder = f"{outer}/{name}"
            where = {"RMSREVIEW_DATA_DIR": folder, "DATABASE_URL": "", "REDIS_URL": ""}
            measure("prepare", **where)
            peaks.append(measure("import", str(path), **where).peak_mb)
    against = f"peak for a quarter of the file, {peaks[0]:.0f} MB"
    return say("import_memory_flat", peaks[1], "MB", against, peaks[1] / peaks[0], 1.25)


def import_postgresql(corpus: Path) -> bool:
    """First import into an empty PostgreSQL database of its own, which is dropped after."""
    bare = measure("bare", str(corpus))
    name = f"rmsreview_bench_{os.getpid()}"
    url = POSTGRESQL_URL.rsplit("/", 1)[0] + f"/{name}"
    with tempfile.TemporaryDirectory() as folder:
        server = {"RMSREVIEW_DATA_DIR": folder, "DATABASE_URL": POSTGRESQL_URL, "REDIS_URL": ""}
        measure("create_database", name, **server)
        try:
            where = {**server, "DATABASE_URL": url}
            measure("prepare", **where)
            first = measure("import", str(corpus), **where)
        finally:
            measure("drop_database", name, **server)
    against = f"bare lxml.iterparse extraction, {bare.wall_s:.1f} s"
    return say("import_postgresql", first.wall_s, "s", against, first.wall_s / bare.wall_s, 5)


def pull_sqlite(corpus: Path) -> bool:
    """A pull of the same records from a fake PubMed that sets no limit, into an empty library.

    At 3 requests a second of 200 records NCBI could deliver 600 records a second at most.
    """
    bare = measure("bare", str(corpus))
    command = [sys.executable, "-m", "tests.bench.source", str(corpus)]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as source,
    ):
        assert source.stdout
        records, url = source.stdout.readline().split()
        where = {"RMSREVIEW_DATA_DIR": folder, "DATABASE_URL": "", "REDIS_URL": ""}
        measure("prepare", **where)
        pulled = measure(
            "pull", "all[sb]", **where, NCBI_BASE_URL=url, NCBI_REQUESTS_PER_SECOND="10000"
        )
        source.communicate()
    rate = int(records) / pulled.wall_s
    against = (
        f"600 records/s; {pulled.wall_s / bare.wall_s:.2f} times the bare extraction of "
        f"{bare.wall_s:.1f} s"
    )
    return say("pull_sqlite", rate, "records/s", against, 600 / rate, 1)


BENCHMARKS: dict[str, Callable[[Path], bool]] = {
    "import_sqlite": import_sqlite,
    "import_memory_flat": import_memory_flat,
    "import_postgresql": import_postgresql,
    "pull_sqlite": pull_sqlite,
}


def main() -> None:
    wanted = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in wanted if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    corpus = baseline_file()
    results = [BENCHMARKS[name](corpus) for name in wanted]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
