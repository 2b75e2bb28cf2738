"""Records and people for the tests of services."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from papers.formats import InputFile, read
from papers.models import Import
from papers.records import Record
from papers.services.acquire import acquire_records
from papers.services.imports import run_import, store_upload
from papers.services.roles import give_role


@pytest.fixture
def curator(db):
    person = get_user_model().objects.create_user("curator")
    give_role(user=person, role="curator")
    return person


@pytest.fixture
def editor(db):
    person = get_user_model().objects.create_user("editor")
    give_role(user=person, role="editor")
    return person


@pytest.fixture
def acquire(db):
    """Bring CSL-JSON items into the library as one batch."""

    def bring(*items: dict) -> object:
        return acquire_records(csl_records(*items), at=timezone.now())

    return bring


def csl_records(*items: dict) -> list[Record]:
    raw = json.dumps([{"type": "article-journal", **item} for item in items]).encode()
    return [
        entry for entry in read(InputFile.from_bytes(raw), "csl_json") if isinstance(entry, Record)
    ]


@pytest.fixture
def import_bytes(db):
    """Import bytes as a worker would; returns the finished job."""

    def bring(content: bytes, name: str = "file", **options) -> Import:
        job = store_upload(name=name, chunks=[content], by=None, **options)
        return run_import(job.pk)

    return bring
