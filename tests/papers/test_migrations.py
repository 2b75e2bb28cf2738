"""Migrations that change what people have already stored."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

BEFORE = ("papers", "0003_searches")
AFTER = ("papers", "0004_setting_and_design_tags")


def migrated_to(target: tuple[str, str]):
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return executor.loader.project_state([target]).apps


def migrate_to_the_latest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.fixture
def before(transactional_db):
    yield migrated_to(BEFORE)
    migrate_to_the_latest()


def test_tags_live_through_the_coming_of_settings_and_designs(before):
    now = timezone.now()
    person = get_user_model().objects.create_user("curator")
    paper = before.get_model("papers", "Paper").objects.create(
        title="P", created_at=now, updated_at=now
    )
    car_t = before.get_model("regimens", "TherapyClass").objects.create(slug="car_t", name="CAR-T")
    said = {"paper_id": paper.pk, "state": "confirmed", "by_id": person.pk, "at": now}
    old = before.get_model("papers", "Tag").objects.create(
        therapy_class=car_t, batch=uuid.uuid4(), **said
    )

    apps = migrated_to(AFTER)

    tags = apps.get_model("papers", "Tag").objects
    assert list(tags.values_list("pk", "therapy_class__slug", "setting", "study_design")) == [
        (old.pk, "car_t", None, None)
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        tags.create(therapy_class_id=car_t.pk, batch=uuid.uuid4(), **said)


@pytest.fixture
def readings_without_their_first(transactional_db):
    yield migrated_to(("papers", "0006_desk_and_classifier"))
    migrate_to_the_latest()


def test_of_papers_read_so_far_the_last_reading_counts_as_the_first(readings_without_their_first):
    before, at = readings_without_their_first, timezone.now()
    paper = before.get_model("papers", "Paper").objects.create(
        title="P", created_at=at, updated_at=at
    )
    before.get_model("papers", "Reading").objects.create(
        paper=paper, version="1", paper_updated_at=at, read_at=at
    )

    apps = migrated_to(("papers", "0007_reading_first_read_at"))

    assert apps.get_model("papers", "Reading").objects.get().first_read_at == at
