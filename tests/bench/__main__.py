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
from tests.regimens.labelled import SETS, figures, labelled

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


def _read(corpus: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.reading", str(corpus)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    said: dict[str, float] = json.loads(done.stdout)
    return said


def lexicon(corpus: Path) -> bool:
    """Abstracts that the lexicon reads in a second on one core, and quotes out of their place."""
    said = _read(corpus)
    rate = said["abstracts"] / said["lexicon_s"]
    rules = said["records"] / said["rules_s"]
    against = f"2,000 abstracts/s; with all rules {rules:.0f} records/s"
    quotes = f"quotes of {said['records']:.0f} records, {said['quotes']:.0f} in all"
    return all((
        say("lexicon", rate, "abstracts/s", against, 2000 / rate, 1),
        say("quotes_misplaced", said["misplaced"], "quotes", quotes, said["misplaced"], 0),
    ))  # fmt: skip


def evidence_map(corpus: Path) -> bool:
    """The evidence map's figures on 20,000 papers with tags and proposals, the slowest question."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.evidence"],
            cwd=ROOT,
            env={**os.environ, "RMSREVIEW_DATA_DIR": folder, "DATABASE_URL": "", "REDIS_URL": ""},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    took: dict[str, float] = json.loads(done.stdout)
    slowest = max(took, key=lambda name: took[name])
    against = f"300 ms; {slowest}, 20,000 papers"
    return say("map", took[slowest] * 1000, "ms", against, took[slowest] / 0.3, 1)


def labels(_: Path) -> bool:
    """What the rules find in labelled abstracts, tuned on and held out, class by class."""
    results = []
    for name in SETS:
        of = figures(labelled(name))
        for main, counts in of.by_class.items():
            against = f"precision {counts.precision:.3f}, recall {counts.recall:.3f}"
            wanted = 0.85 / counts.f1 if counts.f1 else 2
            results.append(say(f"{name}_{main}", counts.f1, "F1", against, wanted, 1))
        macro, alarms = of.macro_f1, of.alarms / of.without_class
        against = f"{of.without_class} papers without a class, at most 1 in 20"
        results.append(say(f"{name}_macro", macro, "F1", "0.90", 0.90 / macro, 1))
        results.append(say(f"{name}_alarms", of.alarms, "papers", against, alarms, 0.05))
        for target, right in (("setting", of.settings_right), ("design", of.designs_right)):
            results.append(say(f"{name}_{target}", right, "right", "0.80", 0.80 / right, 1))
    return all(results)


def curate(corpus: Path) -> bool:
    """Server time of a decision with the next papers in its answer, in a library of 20,788."""
    with tempfile.TemporaryDirectory() as folder:
        where = {"RMSREVIEW_DATA_DIR": folder, "DATABASE_URL": "", "REDIS_URL": ""}
        measure("prepare", **where)
        measure("import", str(corpus), **where)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.curating"],
            cwd=ROOT,
            env={**os.environ, **where},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    against = (
        f"50 ms; median {said['p50_ms']:.1f} ms, slowest {said['most_ms']:.0f} ms of "
        f"{said['decisions']:.0f} decisions; p95 of processor time {said['cpu_p95_ms']:.1f} ms; "
        f"{said['papers']:.0f} papers, {said['suggestions']:.0f} suggestions; "
        f"page {said['page_ms']:.0f} ms"
    )
    return say("curate_p95", said["p95_ms"], "ms", against, said["p95_ms"] / 50, 1)


BENCHMARKS: dict[str, Callable[[Path], bool]] = {
    "import_sqlite": import_sqlite,
    "import_memory_flat": import_memory_flat,
    "import_postgresql": import_postgresql,
    "pull_sqlite": pull_sqlite,
    "lexicon": lexicon,
    "map": evidence_map,
    "labels": labels,
    "curate": curate,
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
