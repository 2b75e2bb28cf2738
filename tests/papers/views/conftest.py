"""People, papers and the vocabulary for the tests of pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from papers.formats import InputFile, read
from papers.models import Paper
from papers.models.tag import MODELS
from papers.records import Record
from papers.services.acquire import acquire_records
from papers.services.roles import give_role
from papers.services.tagging import Statement, tag_papers


@pytest.fixture
def sign_in(db) -> Callable[[str], Client]:
    """``sign_in("curator")`` gives the browser of a person of that role and name."""

    def signed_in(role: str, name: str = "") -> Client:
        person, is_new = get_user_model().objects.get_or_create(username=name or role)
        if is_new:
            give_role(user=person, role=role)
        browser = Client()
        browser.force_login(person)
        browser.person = person
        return browser

    return signed_in


@pytest.fixture
def acquire(db) -> Callable[..., list[Paper]]:
    """Bring CSL-JSON items into the library; returns all its papers, the oldest first."""

    def bring(*items: dict[str, Any]) -> list[Paper]:
        items = tuple({"type": "article-journal", **item} for item in items)
        take(json.dumps(items).encode(), "csl_json")
        return list(Paper.objects.order_by("pk"))

    return bring


@pytest.fixture
def acquire_pubmed(db) -> Callable[[str], Paper]:
    """Bring one PubMed article into the library."""

    def bring(article: str) -> Paper:
        take(f"<PubmedArticleSet>{article}</PubmedArticleSet>".encode(), "pubmed_xml")
        return Paper.objects.order_by("pk").last()

    return bring


def take(raw: bytes, name: str) -> None:
    acquire_records(list(_records(raw, name)), at=timezone.now())


def _records(raw: bytes, name: str) -> Iterator[Record]:
    for entry in read(InputFile.from_bytes(raw), name):
        assert isinstance(entry, Record), entry
        yield entry


@pytest.fixture
def say(vocabulary, sign_in) -> Callable[..., None]:
    """``say("confirmed", "car_t", paper, …)`` as a colleague."""

    def statement(state: str, slug: str, *papers: Paper, by: Any = None) -> None:
        found = (model.objects.filter(slug=slug).first() for model in MODELS.values())
        target = next(row for row in found if row)
        by = by or sign_in("curator", "colleague").person
        tag_papers(papers=[row.pk for row in papers], statements=[Statement(target, state)], by=by)

    return statement
