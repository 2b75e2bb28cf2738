"""What every test may use: the shared material where it lies beside the checkout."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection, transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from regimens.services.vocabulary import load_vocabulary
from tests.fake_sources import FakeSources, invented

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real payloads with answer keys; a stranger's clone has none."""
    if not (SHARED / "payloads").is_dir():
        pytest.skip("needs ../shared/payloads beside the checkout")
    return SHARED


def pytest_configure() -> None:
    # A live server's threads would keep their connections, and the test database could not go.
    database = settings.DATABASES["default"]
    database["CONN_MAX_AGE"] = 0
    if database["ENGINE"].endswith("postgresql"):
        # Nothing of a test has to outlive a power cut.
        database.setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off -c jit=off"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine-bound",
        action="store_true",
        help="leave out tests that say the same on any engine: they ask none, or are marked once",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long files first, so that no worker begins one when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if config.getoption("--engine-bound"):
        free = [item for item in items if not _is_bound(item)]
        items[:] = [item for item in items if _is_bound(item)]
        config.hook.pytest_deselected(items=free)


def _is_bound(item: pytest.Item) -> bool:
    if item.get_closest_marker("once"):
        return False
    asks = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    marked = any(item.get_closest_marker(name) for name in ("django_db", "browser", "services"))
    return bool(asks or marked)


@pytest.fixture(autouse=True, scope="session")
def _apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No file and no message of a test reaches the library of the person who runs it."""
    from rmsreview.celery import app

    app.conf.broker_url = "memory://"
    with override_settings(
        MEDIA_ROOT=str(tmp_path_factory.mktemp("files")),
        # The one that the house takes is slow by design. test_settings.py holds to it.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        # Nobody answers there: a test that asks a source takes ``fake_sources``.
        NCBI_BASE_URL="http://127.0.0.1:9/",
        SEMANTIC_SCHOLAR_BASE_URL="http://127.0.0.1:9/",
    ):
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a library of its own, and what was counted of the last one is not true of it."""
    cache.clear()
    monkeypatch.setattr("regimens.services.wording._looked_at", float("-inf"))


@pytest.fixture(autouse=True, scope="session")
def _free_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """End what a live server's threads may still hold, or PostgreSQL keeps the test database."""
    yield
    if connection.vendor != "postgresql":
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


Rows = dict[str, list[tuple[Any, ...]]]
"""Whole tables by name, as the database gave them."""


@pytest.fixture(autouse=True, scope="session")
def _left_by_migrations(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A transactional test empties all tables; put back what the migrations had left in them.

    Django would truncate the tables, which PostgreSQL does file by file, and make permissions and
    roles anew: a second a test.
    """
    with django_db_blocker.unblock():
        tables = connection.introspection.django_table_names(only_existing=True)
        rows = _rows_of(tables)
    emptied = [f"DELETE FROM {table}" for table in tables]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", lambda *_args, **_kwargs: emptied)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_args, **_kwargs: _put_back(rows))
        yield


def _rows_of(tables: Iterable[str]) -> Rows:
    rows = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            rows[table] = cursor.fetchall()
    return {table: found for table, found in rows.items() if found}


def _put_back(rows: Rows) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, found in rows.items():
            place = f"({', '.join(['%s'] * len(found[0]))})"
            places = ", ".join([place] * len(found))
            cursor.execute(f"INSERT INTO {table} VALUES {places}", list(chain(*found)))


@pytest.fixture(scope="session")
def _vocabulary_rows() -> Rows:
    """What loading the vocabulary left in each table, for the next test that wants it."""
    return {}


@pytest.fixture
def vocabulary(db: None, _vocabulary_rows: Rows) -> None:
    """The vocabulary that comes with the house. Loading takes a second; a copy takes little."""
    if _vocabulary_rows:
        _put_back(_vocabulary_rows)
        return
    load_vocabulary()
    models = apps.get_app_config("regimens").get_models(include_auto_created=True)
    _vocabulary_rows |= _rows_of(model._meta.db_table for model in models)


@pytest.fixture
def fake_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSources]:
    """Both sources on this machine, with 30 publications, and a house that asks them in a hurry."""
    monkeypatch.setattr("papers.sources.http.FIRST_WAIT_S", 0.02)
    (tmp_path / "pace").mkdir()
    with (
        FakeSources(invented(30)) as fake,
        override_settings(
            DATA_DIR=tmp_path,
            REDIS_URL="",
            NCBI_BASE_URL=fake.pubmed_url,
            SEMANTIC_SCHOLAR_BASE_URL=fake.semantic_scholar_url,
            NCBI_REQUESTS_PER_SECOND=1000.0,
            SEMANTIC_SCHOLAR_REQUESTS_PER_SECOND=1000.0,
            SOURCE_PATIENCE_S=2.0,
        ),
    ):
        yield fake


FACTS = pytest.StashKey[list[int]]()


@pytest.fixture
def count_facts(request: pytest.FixtureRequest) -> Callable[[int, int], None]:
    """Tell the run's summary how many facts of an answer key held, of how many."""
    counts = request.config.stash.setdefault(FACTS, [0, 0])

    def count(held: int, total: int) -> None:
        counts[0] += held
        counts[1] += total

    return count


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    held, total = config.stash.get(FACTS, [0, 0])
    if total:
        terminalreporter.write_line(f"answer keys: {held} of {total} facts in the export")
