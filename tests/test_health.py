"""/healthz and /readyz, for reverse proxies and container engines."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder


def test_healthz_answers_without_the_database(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_is_ready_when_the_database_is_migrated(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_waits_for_migrations(client):
    MigrationRecorder.Migration.objects.filter(app="papers").last().delete()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "the database is not migrated"}


@pytest.mark.django_db
def test_readyz_says_that_the_database_does_not_answer(client):
    def refuse(*query: object) -> None:
        raise DatabaseError("gone")

    with connection.execute_wrapper(refuse):
        answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "the database does not answer"}
