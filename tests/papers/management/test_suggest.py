"""``manage.py suggest --stdin``: lines in, proposals out, no database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from regimens.suggest import RULES_VERSION

ROOT = Path(__file__).resolve().parents[3]
PAPER = {"id": "a", "title": "Temsirolimus in relapsed rhabdomyosarcoma", "abstract": ""}


def run(given: bytes, *options: str, data_dir: Path) -> subprocess.CompletedProcess[bytes]:
    """The command as a shell runs it, with databases that nobody could reach."""
    nowhere = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": ""}
    return subprocess.run(
        [sys.executable, "manage.py", "suggest", "--stdin", *options],
        cwd=ROOT,
        input=given,
        capture_output=True,
        env={**os.environ, **nowhere, "RMSREVIEW_DATA_DIR": str(data_dir)},
        check=False,
    )


def test_each_line_gets_its_proposals(tmp_path):
    lines = [PAPER, {"id": 7, "title": "MYOD1 mutations"}]

    done = run("\n".join(map(json.dumps, lines)).encode(), "--json", data_dir=tmp_path)

    first, second = map(json.loads, done.stdout.decode().splitlines())
    assert done.returncode == 0
    assert second == {"id": 7, "suggestions": []}
    assert first["id"] == "a"
    assert first["suggestions"][0] == {
        "therapy_class": "targeted",
        "regimen": None,
        "setting": None,
        "study_design": None,
        "score": 0.88,
        "rule": "named in the title",
        "rule_version": RULES_VERSION,
        "quotes": [{"field": "title", "item": None, "start": 0, "end": 12, "text": "Temsirolimus"}],
    }
    assert [each["setting"] for each in first["suggestions"]][-1] == "relapsed_refractory"


def test_a_line_that_is_no_paper_is_named_and_the_others_are_read(tmp_path):
    given = b'nonsense\n\n[1]\n{"title": 3}\n{"keywords": "x"}\n\xff\n' + json.dumps(PAPER).encode()

    done = run(given, "--json", data_dir=tmp_path)

    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a"]
    said = done.stderr.decode()
    assert "Line 1: This is no JSON" in said
    assert "Line 3: A paper is an object" in said
    assert "Line 4: “title” must be text." in said
    assert "Line 5: “keywords” must be a list of texts." in said
    assert "Line 6: This is not UTF-8." in said
    assert "5 lines could not be read; the others were." in said


def test_without_json_it_speaks_to_a_person(tmp_path):
    done = run(json.dumps(PAPER).encode(), data_dir=tmp_path)

    assert done.stdout.decode().splitlines()[:2] == [
        "a:",
        "  0.88  therapy class: targeted; named in the title: “Temsirolimus” (title)",
    ]


def ids(done: subprocess.CompletedProcess[bytes]) -> list[object]:
    return [json.loads(line)["id"] for line in done.stdout.splitlines()]


def test_nothing_in_gives_nothing_out(tmp_path):
    done = run(b"", "--json", data_dir=tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_file_from_windows_is_read_as_any_other(tmp_path):
    line = json.dumps(PAPER).encode()

    done = run(b"\xef\xbb\xbf" + line + b"\r\n\r\n" + line + b"\r\n", "--json", data_dir=tmp_path)

    first, second = done.stdout.splitlines()
    assert first == second
    assert done.returncode == 0


def test_papers_as_the_api_shows_them_are_read(tmp_path):
    paper = PAPER | {
        "substances": [{"name": "temsirolimus", "ui": "C1", "registry_number": None}],
        "mesh_headings": [{"descriptor": "Vincristine", "ui": "D1", "qualifiers": []}],
        "keywords": ["irinotecan"],
        "publication_types": ["Randomized Controlled Trial"],
        "journal": {"id": 1},
    }

    done = run(json.dumps(paper).encode(), "--json", data_dir=tmp_path)

    [said] = map(json.loads, done.stdout.splitlines())
    fields = {quote["field"] for each in said["suggestions"] for quote in each["quotes"]}
    assert {"mesh_headings", "keywords"} <= fields


def test_what_cannot_be_written_out_again_is_named(tmp_path):
    given = (
        rb'{"id": NaN}' b"\n" rb'{"id": "\ud800"}' b"\n" rb'{"mesh_headings": [{"ui": 1}]}' b"\n"
    )

    done = run(given + json.dumps(PAPER).encode(), "--json", data_dir=tmp_path)

    said = done.stderr.decode()
    assert "Line 1: This is no JSON (NaN is no number)." in said
    assert "Line 2: This holds half a character" in said
    assert "Line 3: “mesh_headings” must be a list of texts." in said
    assert ids(done) == ["a"]


def test_a_line_that_goes_on_for_ever_does_not_hold_up_the_others(tmp_path):
    endless = json.dumps(PAPER | {"abstract": "temsirolimus was given. " * 100_000}).encode()
    line = json.dumps(PAPER).encode()

    done = run(b"\n".join([line, endless, line]), "--json", data_dir=tmp_path)

    assert "Line 2: This is longer than 1,048,576 bytes." in done.stderr.decode()
    assert ids(done) == ["a", "a"]
