"""One file on its way into the library: batches, faults, resumption, cancelling."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils import timezone

from papers.formats import ahead
from papers.models import Import, Paper
from papers.services import imports, refusing
from papers.services.imports import run_import, store_upload
from papers.services.jobs import abandoned, cancel, resume

pytestmark = pytest.mark.django_db


def references(count: int) -> bytes:
    return json.dumps(
        [
            {"type": "article-journal", "title": f"Paper {n}", "PMID": str(n)}
            for n in range(1, count + 1)
        ]
    ).encode()


def articles(*pmids: int) -> bytes:
    pieces = (
        f"<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><ArticleTitle>Paper {pmid}"
        "</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
        for pmid in pmids
    )
    return f"<PubmedArticleSet>{''.join(pieces)}</PubmedArticleSet>".encode()


def test_run_import_counts_what_it_did(import_bytes):
    job = import_bytes(references(3))

    assert (job.state, job.format) == ("done", "csl_json")
    assert (job.read, job.created, job.matched, job.updated, job.rejected) == (3, 3, 0, 0, 0)
    assert job.finished_at is not None


def test_run_import_again_finds_everything_known(import_bytes):
    import_bytes(references(3))

    job = import_bytes(references(3))

    assert (job.read, job.created, job.matched, job.updated) == (3, 0, 3, 0)


def test_run_import_of_a_large_file_reads_only_what_is_new(import_bytes, monkeypatch):
    monkeypatch.setattr(ahead, "OWN_PROCESS_BYTES", 0)
    import_bytes(articles(1, 2, 3))

    job = import_bytes(articles(1, 2, 4, 3))

    assert (job.read, job.created, job.matched, job.updated) == (4, 1, 3, 0)
    assert list(Paper.objects.order_by("pk").values_list("pmid", flat=True)) == ["1", "2", "3", "4"]


def test_run_import_keeps_a_rejected_piece_with_its_reason(import_bytes):
    job = import_bytes(b'[{"type": "book", "title": "Good"}, 7, {"type": "book", "title": "Also"}]')

    piece = job.rejected_pieces.get()
    assert (job.state, job.created, job.rejected) == ("done", 2, 1)
    assert (piece.position, piece.raw) == (2, "7")
    assert piece.reason


def test_run_import_says_why_a_file_is_none(import_bytes):
    job = import_bytes(b"%PDF-1.7 ...", name="refs.ris")

    assert (job.state, job.error) == (
        "failed",
        "This is a PDF. Export the references from your reference manager instead.",
    )


def test_run_import_goes_on_after_the_last_stored_batch(import_bytes, monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    job = store_upload(name="five.json", chunks=[references(5)], by=None)
    stored = []

    def die_after_two(*arguments, **options):
        if len(stored) == 2:
            raise KeyboardInterrupt
        stored.append(1)
        return real(*arguments, **options)

    real = refusing.acquire_records
    monkeypatch.setattr(refusing, "acquire_records", die_after_two)
    with pytest.raises(KeyboardInterrupt):
        run_import(job.pk)
    monkeypatch.setattr(refusing, "acquire_records", real)
    Import.objects.update(heartbeat_at=timezone.now() - timedelta(hours=1))

    assert list(abandoned(Import)) == [job]
    job = run_import(job.pk)

    assert (job.state, job.read, job.created, job.matched) == ("done", 5, 5, 0)
    assert Paper.objects.count() == 5


def test_run_import_leaves_a_job_that_another_worker_has():
    job = store_upload(name="a.json", chunks=[references(1)], by=None)
    Import.objects.update(state="running", heartbeat_at=timezone.now())

    assert run_import(job.pk) is None
    assert Paper.objects.count() == 0


def test_cancel_import_keeps_what_is_stored_and_resume_goes_on(monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    job = store_upload(name="five.json", chunks=[references(5)], by=None)
    real = refusing.acquire_records

    def cancel_then_store(*arguments, **options):
        result = real(*arguments, **options)
        cancel(job, by=None)
        return result

    monkeypatch.setattr(refusing, "acquire_records", cancel_then_store)
    run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.read) == ("cancelled", 2)

    monkeypatch.setattr(refusing, "acquire_records", real)
    assert resume(job)
    job = run_import(job.pk)

    assert (job.state, job.read, job.created) == ("done", 5, 5)


def test_cancel_import_does_nothing_to_one_that_ended(import_bytes):
    job = import_bytes(references(1))

    assert not cancel(job, by=None)
    assert not resume(job)


def test_store_upload_keeps_equal_bytes_once(settings):
    first = store_upload(name="a.json", chunks=[b"[]"], by=None)
    second = store_upload(name="../../b.json", chunks=[b"[", b"]"], by=None)

    assert first.path == second.path
    assert second.name == "b.json"
    assert first.path.read_bytes() == b"[]"


def test_run_import_rejects_the_one_record_that_cannot_be_stored(monkeypatch):
    real = refusing.acquire_records

    def stumble(parcels, **options):
        if any(parcel.record.pmid == "3" for parcel in parcels):
            raise ValueError("a fault of ours")
        return real(parcels, **options)

    monkeypatch.setattr(refusing, "acquire_records", stumble)
    job = store_upload(name="five.json", chunks=[references(5)], by=None)
    job = run_import(job.pk)

    piece = job.rejected_pieces.get()
    assert (job.state, job.read, job.created, job.rejected) == ("done", 5, 4, 1)
    assert (piece.position, "could not be stored (ValueError)" in piece.reason) == (3, True)
    assert '"Paper 3"' in piece.raw
    assert set(Paper.objects.values_list("pmid", flat=True)) == {"1", "2", "4", "5"}


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, DatabaseError])
def test_run_import_leaves_the_job_to_the_sweeper_when_the_database_goes_away(monkeypatch, error):
    """A COPY that is cut off raises a plain DatabaseError, on a connection that is dead."""

    def refuse(*arguments, **options):
        raise error("server closed the connection unexpectedly")

    monkeypatch.setattr(connection, "is_usable", lambda: False)
    monkeypatch.setattr(refusing, "acquire_records", refuse)
    job = store_upload(name="five.json", chunks=[references(5)], by=None)
    run_import(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error, job.position) == ("running", "", 0)
    assert list(abandoned(Import, timezone.now() + timedelta(hours=1))) == [job]


def test_store_upload_leaves_nothing_behind_when_the_upload_breaks_off(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def broken():
        yield b"[{"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store_upload(name="a.json", chunks=broken(), by=None)

    assert list(tmp_path.iterdir()) == []
    assert not Import.objects.exists()
