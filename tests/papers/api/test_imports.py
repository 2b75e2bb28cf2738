"""Files sent over the API, and what became of them."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from papers.models import Import, Paper, RejectedPiece
from papers.services.imports import run_import

pytestmark = pytest.mark.django_db

IMPORTS = "/api/v1/imports/"
CSL = json.dumps([{"type": "article-journal", "title": "One", "PMID": "7"}]).encode()


def file(content: bytes = CSL, name: str = "papers.json") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """Ids that went to the queue."""
    from papers.tasks import run_import as task

    queue: list[int] = []
    monkeypatch.setattr(task, "delay", queue.append)
    return queue


def test_upload_answers_with_a_job_to_follow(api, sent, django_capture_on_commit_callbacks):
    curator = api("curator")
    with django_capture_on_commit_callbacks(execute=True):
        reply = curator.post(IMPORTS, {"file": file(), "format": "csl_json"}, format="multipart")

    job = reply.json()
    assert reply.status_code == 201
    assert reply["Location"] == f"http://testserver{IMPORTS}{job['id']}/"
    assert (job["name"], job["state"], job["percent"], job["by"]) == (
        "papers.json", "queued", None, "curator",
    )  # fmt: skip
    assert sent == [job["id"]]

    run_import(job["id"])
    followed = curator.get(reply["Location"]).json()
    assert (followed["state"], followed["percent"], followed["format"]) == ("done", 100, "csl_json")
    assert (followed["read"], followed["created"], followed["rejected"]) == (1, 1, 0)
    assert Paper.objects.get().pmid == "7"


def test_several_files_are_several_jobs(api, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        reply = api("curator").post(
            IMPORTS, {"file": [file(name="a.json"), file(name="b.json")]}, format="multipart"
        )

    jobs = reply.json()
    assert [job["name"] for job in jobs] == ["a.json", "b.json"]
    assert sent == [job["id"] for job in jobs]


def test_file_that_nobody_understands_fails_with_a_sentence(api, sent):
    job = api("curator").post(IMPORTS, {"file": file(b"")}, format="multipart").json()

    run_import(job["id"])

    followed = api("curator").get(f"{IMPORTS}{job['id']}/").json()
    assert (followed["state"], followed["error"]) == (
        "failed",
        "The file is empty. Export it again and import the new file.",
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "file"),
        ({"file": "words"}, "file"),
        ({"file": file(), "format": "pdf"}, "format"),
        ({"files": file()}, "files"),
    ],
)
def test_upload_refuses_what_is_no_upload(api, sent, body, field):
    reply = api("curator").post(IMPORTS, body, format="multipart")

    assert (reply.status_code, list(reply.json())) == (400, [field])
    assert not Import.objects.exists()


def test_upload_refuses_a_file_beyond_the_limit(api, sent, settings):
    settings.MAX_UPLOAD_BYTES = 10

    reply = api("curator").post(IMPORTS, {"file": file()}, format="multipart")

    assert reply.status_code == 400
    assert "Split the file" in reply.json()["file"][0]


def test_upload_as_json_is_told_how(api, sent):
    reply = api("curator").post(IMPORTS, {"file": "x"}, format="json")

    assert reply.status_code == 415
    assert reply.json()["detail"].endswith("files as multipart/form-data.")


def test_rejected_pieces_come_with_line_and_reason(api, sent):
    job = Import.objects.create(name="f", sha256="0" * 64, size=1)
    RejectedPiece.objects.create(job=job, position=3, line=12, raw="TY", reason="No ER.")

    reply = api("curator").get(f"{IMPORTS}{job.pk}/rejected/").json()

    assert reply["results"] == [{"position": 3, "line": 12, "raw": "TY", "reason": "No ER."}]


def test_import_is_cancelled_and_resumed(api, sent, django_capture_on_commit_callbacks):
    curator = api("curator")
    place = f"{IMPORTS}{Import.objects.create(name='f', sha256='0' * 64, size=1).pk}/"

    cancelled = curator.post(f"{place}cancel/")
    again = curator.post(f"{place}cancel/")
    with django_capture_on_commit_callbacks(execute=True):
        resumed = curator.post(f"{place}resume/")
    twice = curator.post(f"{place}resume/")

    assert (cancelled.json()["state"], resumed.json()["state"]) == ("cancelled", "queued")
    assert (again.status_code, again.json()) == (409, {"detail": "The import had ended already."})
    assert twice.status_code == 409
    assert sent == [resumed.json()["id"]]


def test_imports_are_listed_by_state(api, sent):
    Import.objects.create(name="a", sha256="0" * 64, size=1, state="done")
    Import.objects.create(name="b", sha256="0" * 64, size=1, state="failed")

    found = api("reader").get(IMPORTS, {"state": "failed"}).json()["results"]

    assert [job["name"] for job in found] == ["b"]


def test_importing_is_not_for_readers(api, sent):
    reply = api("reader").post(IMPORTS, {"file": file()}, format="multipart")

    assert reply.status_code == 403
