"""``manage.py export`` and ``manage.py create_token``."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from papers.records import Record, Source
from papers.services.acquire import acquire_records
from papers.services.roles import give_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers(db):
    records = [Record(source=Source.FILE, title=title) for title in ("Vincristine", "Surgery")]
    for record in records:
        object.__setattr__(record, "raw", record.title.encode())
        object.__setattr__(record, "format", "csl_json")
    acquire_records(records, at=timezone.now())


def titles(path) -> list[str]:
    return [json.loads(line)["title"] for line in path.read_text().splitlines()]


def test_export_writes_the_library_and_counts_it(papers, tmp_path):
    said, path = StringIO(), tmp_path / "all.jsonl"

    call_command("export", str(path), "--format", "jsonl", "--json", stdout=said)

    assert titles(path) == ["Vincristine", "Surgery"]
    assert json.loads(said.getvalue()) == {"file": str(path), "format": "jsonl", "papers": 2}


def test_export_writes_what_a_search_finds(papers, tmp_path):
    path = tmp_path / "found.jsonl"

    call_command(
        "export", str(path), "--format", "jsonl", "--search", "vincristine", stderr=StringIO()
    )

    assert titles(path) == ["Vincristine"]


def test_export_goes_to_standard_output(papers, capfdbinary):
    call_command("export", "-", "--format", "jsonl")

    assert len(capfdbinary.readouterr().out.splitlines()) == 2


def test_export_refuses_a_search_it_cannot_read(papers, tmp_path):
    path = tmp_path / "none.jsonl"

    with pytest.raises(CommandError):
        call_command("export", str(path), "--format", "jsonl", "--search", "year:abc")

    assert not path.exists()


def test_export_into_a_missing_folder_says_so(papers, tmp_path):
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        call_command("export", str(tmp_path / "no" / "x.jsonl"), "--format", "jsonl")


def test_export_that_fails_keeps_the_file_there_was(papers, tmp_path, monkeypatch):
    path = tmp_path / "kept.jsonl"
    path.write_text("before")
    monkeypatch.setattr("papers.models.Paper.is_retracted", property(lambda self: 1 / 0))

    with pytest.raises(ZeroDivisionError):
        call_command("export", str(path), "--format", "ris")

    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.jsonl"]


def test_created_token_opens_the_api(db):
    give_role(user=get_user_model().objects.create_user("ada"), role="reader")
    said = StringIO()

    call_command("create_token", "ada", "--days", "30", stdout=said, stderr=StringIO())

    client = APIClient(headers={"Authorization": f"Token {said.getvalue().strip()}"})
    assert client.get("/api/v1/papers/").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody"], "There is no active person “nobody”."),
        (["ada", "--days", "0"], "Give --days as a number from 1 to 3650."),
    ],
)
def test_create_token_says_what_is_wrong(db, arguments, sentence):
    get_user_model().objects.create_user("ada")

    with pytest.raises(CommandError, match=sentence):
        call_command("create_token", *arguments)
