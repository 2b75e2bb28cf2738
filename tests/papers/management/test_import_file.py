"""``manage.py import_file``: one JSON line a file, exit codes, sentences for a person."""

from __future__ import annotations

import gzip
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from papers.models import Import, Paper

pytestmark = pytest.mark.django_db

CSV = b"Title,PMID,Year\nVincristine,7,2020\n,,2001\n"
KEYS = ["file", "format", "read", "created", "matched", "updated", "rejected", "error"]


def import_file(*arguments: object, **options: object) -> tuple[list[str], str, int]:
    """(lines of standard output, standard error, exit code)"""
    out, err, code = StringIO(), StringIO(), 0
    try:
        call_command("import_file", *map(str, arguments), stdout=out, stderr=err, **options)
    except CommandError as error:
        code = error.returncode
        err.write(str(error))
    return out.getvalue().splitlines(), err.getvalue(), code


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_import_file_prints_one_json_object_a_file(tmp_path):
    first = written(tmp_path, "one.csv", CSV)
    second = written(tmp_path, "two.csv", b"Title,PMID\nVincristine,7\nIfosfamide,8\n")

    lines, _, code = import_file(first, second, "--json")

    one, two = map(json.loads, lines)
    assert code == 0
    assert list(one) == list(two) == KEYS
    assert (one["file"], one["format"]) == (str(first), "csv")
    assert (one["read"], one["created"], one["matched"], one["updated"]) == (2, 1, 0, 0)
    (piece,) = one["rejected"]
    assert list(piece) == ["position", "line", "reason", "raw"]
    assert (piece["position"], piece["line"]) == (2, 3)
    assert "neither a title" in piece["reason"]
    assert "2001" in piece["raw"]
    assert (two["created"], two["matched"], two["rejected"]) == (1, 1, [])


def test_import_file_again_finds_everything_known(tmp_path):
    path = written(tmp_path, "one.csv", CSV)
    import_file(path)
    before = list(Paper.objects.values_list("title", "updated_at"))

    (line,), _, code = import_file(path, "--json")

    told = json.loads(line)
    assert (told["created"], told["matched"], told["updated"], code) == (0, 1, 0, 0)
    assert list(Paper.objects.values_list("title", "updated_at")) == before


def test_import_file_tells_a_person_what_came_in_and_what_did_not(tmp_path):
    path = written(tmp_path, "one.csv", CSV)

    lines, told, code = import_file(path)

    assert lines == [f"{path}: CSV or TSV, 2 read: 1 new, 0 known, 0 changed, 1 rejected"]
    assert "line 3: Row 2 has neither a title" in told
    assert code == 0


def test_import_file_fails_with_a_sentence_and_still_imports_the_others(tmp_path):
    pdf = written(tmp_path, "paper.ris", b"%PDF-1.7")
    good = written(tmp_path, "good.csv", CSV)
    gone = tmp_path / "gone.ris"

    lines, told, code = import_file(pdf, gone, good, "--json")

    assert code == 1
    assert [json.loads(line)["file"] for line in lines] == [str(pdf), str(good)]
    assert json.loads(lines[0])["error"].startswith("This is a PDF.")
    assert f"{pdf}: This is a PDF. Export the references" in told
    assert f"{gone}: cannot be read: No such file or directory." in told
    assert "2 of 3 files were not understood." in told
    assert Paper.objects.count() == 1


def test_import_file_reads_as_the_format_that_is_named(tmp_path):
    path = written(tmp_path, "one.txt", CSV)

    (line,), _, _ = import_file(path, "--json", "--format", "csv")

    assert json.loads(line)["format"] == "csv"
    assert Import.objects.get().forced_format == "csv"


def test_import_file_refuses_a_format_that_does_not_exist(tmp_path):
    path = written(tmp_path, "one.csv", CSV)

    _, told, code = import_file(path, "--format", "word")

    assert code == 1
    assert "invalid choice: 'word'" in told


def test_import_file_unpacks_gzip(tmp_path):
    path = written(tmp_path, "one.csv.gz", gzip.compress(CSV))

    (line,), _, code = import_file(path, "--json")

    assert (json.loads(line)["created"], code) == (1, 0)
