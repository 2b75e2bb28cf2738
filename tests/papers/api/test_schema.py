"""The API keeps to its own description: no warning in it, and no answer that it does not know."""

from __future__ import annotations

from io import StringIO

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)

from papers.models import Import, Pull, RejectedPiece, Search
from papers.services.tagging import Statement, tag_papers
from papers.services.tokens import create_token
from regimens.models import TherapyClass

EXAMPLES = 8
"""Requests that are made up for each operation of the API.

Some fit the schema and are refused all the same, with the 400 that it declares: a class that does
not exist, text that is no DOI. And a parameter left empty asks for nothing, whatever its type. So
two checks are left out; all others are made.
"""

NOT_PROMISED = [positive_data_acceptance, negative_data_rejection]

schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application())


def test_schema_is_valid_and_without_warnings():
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


@pytest.fixture
def one_connection():
    """The database stays open between requests, as Django's own test client keeps it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def headers(one_connection, rich, seed, vocabulary, person, fake_sources) -> dict[str, str]:
    """A curator's token, in a library that has something to show."""
    curator = person("curator")
    said = Statement(TherapyClass.objects.get(slug="car_t"), "confirmed")
    tag_papers(papers=[rich.pk, seed.pk], statements=[said], by=curator)
    job = Import.objects.create(name="f", sha256="0" * 64, size=1, state="failed", by=curator)
    RejectedPiece.objects.create(job=job, position=1, reason="No ER.")
    search = Search.objects.create(name="s", source="pubmed", query="q", owner=curator)
    Pull.objects.create(search=search, source="pubmed", query="q", state="done")
    return {"Authorization": f"Token {create_token(by=curator)}"}


@pytest.mark.django_db
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_api_answers_as_its_schema_says(case, headers):
    case.call_and_validate(headers=headers, excluded_checks=NOT_PROMISED)
