"""docker-compose.yml: a valid file without secrets whose commands do what they are for."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Iterator
from importlib.resources import files

import jsonschema
import psycopg2
import pytest
import redis
import yaml

from tests.running import ROOT, House, first_password, import_page, sign_in, wait_until

pytestmark = pytest.mark.long

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("prepare", "web", "worker", "scheduler")
SCHEMA = files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json"
CSV = b"Title,PMID,Year\nVincristine in stage IV,7,2020\n"


def test_compose_keeps_to_the_specification():
    jsonschema.validate(COMPOSE, json.loads(SCHEMA.read_text()))


def test_compose_has_every_part_and_each_long_lived_one_is_watched():
    assert set(SERVICES) == {"postgres", "redis", *OURS}
    assert {name for name in SERVICES if "healthcheck" not in SERVICES[name]} == {"prepare"}


def test_compose_keeps_data_in_named_volumes():
    used = {
        mount.partition(":")[0] for service in SERVICES.values() for mount in service["volumes"]
    }

    assert used == set(COMPOSE["volumes"]) == {"postgres", "redis", "files"}


def test_compose_has_no_secret_in_it():
    for name, service in SERVICES.items():
        for setting, value in service["environment"].items() if "environment" in service else ():
            if re.search("PASSWORD|SECRET|KEY|TOKEN", setting):
                assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), f"{name}: {setting}"
            if "://" in value and "@" in value:
                assert "${POSTGRES_PASSWORD:?" in value, f"{name}: {setting}"


def test_compose_opens_the_web_server_to_this_machine_only():
    assert [port for service in SERVICES.values() for port in service.get("ports", [])] == [
        "127.0.0.1:${PORT:-8000}:8000"
    ]


def test_compose_starts_everything_after_the_database_is_prepared():
    for name in ("web", "worker", "scheduler"):
        assert (
            SERVICES[name]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
        )


def test_env_example_names_every_variable_that_the_settings_read():
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "rmsreview/settings.py").read_text()))
    told = set(re.findall(r"^#?(\w+)=", (ROOT / ".env.example").read_text(), re.M))

    assert read - told == set()
    assert told - read == {"POSTGRES_PASSWORD"}


def test_dockerfile_installs_with_hashes_and_runs_as_nobody_special():
    lines = (ROOT / "Dockerfile").read_text()

    assert "--require-hashes -r requirements.txt" in lines
    assert lines.index("USER rmsreview") < lines.index("CMD ")
    assert {".env", "var", ".git"} <= set((ROOT / ".dockerignore").read_text().split())


@pytest.fixture
def engines(tmp_path) -> Iterator[dict[str, str]]:
    """An own PostgreSQL database and an own, empty Redis database, both gone afterwards."""
    given = os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
    server = given.rpartition("/")[0]
    name = f"rmsreview_compose_{os.getpid()}"
    redis_server = (os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0").rpartition("/")[0]
    with contextlib.ExitStack() as stack:
        try:
            number = _empty_redis_database(redis_server, stack)
            connection = psycopg2.connect(given)
        except (psycopg2.OperationalError, redis.ConnectionError) as error:
            message = f"needs PostgreSQL and Redis: {error}"
            if os.environ.get("RMSREVIEW_REQUIRE_ALL"):
                pytest.fail(message)
            pytest.skip(message)
        connection.autocommit = True
        stack.callback(connection.close)
        cursor = connection.cursor()
        cursor.execute(f"CREATE DATABASE {name}")
        stack.callback(cursor.execute, f"DROP DATABASE {name} WITH (FORCE)")
        yield {"DATABASE_URL": f"{server}/{name}", "REDIS_URL": f"{redis_server}/{number}"}


def _empty_redis_database(server: str, stack: contextlib.ExitStack) -> int:
    for number in range(15, 0, -1):
        client = redis.Redis.from_url(f"{server}/{number}")
        if not client.dbsize():
            stack.callback(client.close)
            stack.callback(client.flushdb)
            return number
        client.close()
    pytest.fail("Redis has no empty database for this test.")


def command_of(service: str) -> list[str]:
    program, *arguments = SERVICES[service]["command"]
    assert program == "python"
    return [sys.executable, *arguments]


@pytest.mark.once
@pytest.mark.services
def test_the_commands_of_compose_serve_and_import_on_postgresql_and_redis(tmp_path, engines):
    house = House(tmp_path, settings={**engines, "BIND": "127.0.0.1"})
    prepared = house.manage(*SERVICES["prepare"]["command"][2:])
    assert prepared.returncode == 0, prepared.stderr

    with contextlib.ExitStack() as running:
        for service in ("web", "worker", "scheduler"):
            running.enter_context(house.started(command_of(service), log=service))
        wait_until(house.is_ready, "the web server is ready", 40)
        browser = sign_in(house.address, "admin", first_password(prepared.stdout))
        page = import_page(browser, house.address, "one.csv", CSV)
        wait_until(
            lambda: house.manage(*healthcheck_of("scheduler")).returncode == 0,
            "the scheduler is found alive",
        )

    assert "1 record read: 1 new paper, 0 known already, 0 rejected." in page
    assert not (tmp_path / "var" / "library.sqlite3").exists()
    checked = house.manage("check_library")
    assert checked.returncode == 0, checked.stdout


def healthcheck_of(service: str) -> list[str]:
    kind, python, program, *arguments = SERVICES[service]["healthcheck"]["test"]
    assert (kind, python, program) == ("CMD", "python", "manage.py")
    return arguments
