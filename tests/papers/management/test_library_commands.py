"""The commands that make, check and rebuild a library."""

from __future__ import annotations

import json
import re
from io import StringIO

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command

from papers.models import Author, Import, Paper, Search, SourceRecord, Tag
from papers.services.imports import run_import, store_upload
from regimens.models import TherapyClass

pytestmark = pytest.mark.django_db

CSV = b"Title,PMID,Year,Authors\nVincristine,7,2020,Smith J\nIfosfamide,8,2021,Wu L\n"


def told(command: str, *arguments: str) -> tuple[str, str]:
    """(standard output, standard error)"""
    out, err = StringIO(), StringIO()
    call_command(command, *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def library() -> None:
    job = run_import(store_upload(name="two.csv", chunks=[CSV], forced_format="csv", by=None).pk)
    assert job.created == 2


def test_prepare_makes_a_library_and_its_administrator_once():
    first, _ = told("prepare")
    papers = Paper.objects.count()
    second, _ = told("prepare")

    password = re.search(r"user name  admin\n +password +(\S+)", first).group(1)
    admin = authenticate(username="admin", password=password)
    assert admin.is_superuser
    assert [group.name for group in admin.groups.all()] == ["administrator"]
    assert papers > 0
    assert TherapyClass.objects.filter(parent=None).count() == 4
    assert second == ""
    assert Paper.objects.count() == papers
    assert get_user_model().objects.count() == 1


def test_prepare_makes_no_administrator_where_people_are():
    get_user_model().objects.create_user("somebody")

    out, _ = told("prepare")

    assert out == ""
    assert not get_user_model().objects.filter(username="admin").exists()


def test_load_starter_library_brings_facts_and_no_tags():
    out, _ = told("load_starter_library", "--json")

    assert json.loads(out) == {"created": Paper.objects.count(), "matched": 0, "searches": 4}
    assert Paper.objects.count() >= 30
    assert not Tag.objects.exists()
    assert not Paper.objects.filter(title="").exists()
    for paper in Paper.objects.all():
        assert paper.identifier is not None, paper.title
    # The seed alone carries an abstract: the others are bibliographic facts only.
    (seed,) = Paper.objects.exclude(abstract="")
    assert seed.doi == "10.1080/14656566.2025.2484319"
    assert seed.authorships.count() == 4
    assert len(seed.abstract_sections) == 3
    metric = seed.journal.metrics.get()
    assert (metric.jcr_quartile, metric.impact_factor, metric.cas_zone) == ("Q3", 2.5, 3)


def test_load_starter_library_brings_search_strategies_that_are_paused():
    told("load_starter_library")

    assert Search.objects.count() == 4
    assert set(Search.objects.values_list("is_paused", "next_run_at")) == {(True, None)}
    for search in Search.objects.all():
        assert search.query.count("(") == search.query.count(")") > 2
        assert "{" not in search.query
        assert "not checked" in search.note


def test_load_starter_library_leaves_a_team_s_searches_alone():
    told("load_starter_library")
    Search.objects.all().delete()

    told("load_starter_library")

    assert not Search.objects.exists()


def test_load_starter_library_again_changes_nothing():
    told("load_starter_library")
    before = list(Paper.objects.values_list("pk", "updated_at"))

    out, _ = told("load_starter_library", "--json")

    assert json.loads(out) == {"created": 0, "matched": 0, "searches": 0}
    assert list(Paper.objects.values_list("pk", "updated_at")) == before
    assert Import.objects.count() == 2


def test_rebuild_library_gives_the_same_library(library):
    before = list(Paper.objects.order_by("pk").values())

    out, _ = told("rebuild_library", "--json")

    assert json.loads(out) == {"papers": 2, "changed": 0}
    assert list(Paper.objects.order_by("pk").values()) == before


def test_rebuild_library_restores_what_was_damaged(library):
    Paper.objects.filter(pmid="7").update(title="Damaged")

    out, _ = told("rebuild_library")

    assert out == "2 papers rebuilt, 1 differed.\n"
    assert Paper.objects.get(pmid="7").title == "Vincristine"


def test_check_library_is_content_with_a_sound_one(library):
    out, err = told("check_library")

    assert (out, err) == ("", "The library holds together.\n")


def test_check_library_lists_what_is_off(library):
    SourceRecord.objects.filter(paper__pmid="7").update(payload=b"damaged")
    Author.objects.create(name="Nobody, N")
    out = StringIO()

    with pytest.raises(CommandError, match="2 faults found") as failed:
        call_command("check_library", "--json", stdout=out)

    faults = [json.loads(line)["fault"] for line in out.getvalue().splitlines()]
    assert failed.value.returncode == 1
    assert [re.sub(r"\d+", "n", fault) for fault in faults] == [
        "Source record n is damaged: its bytes do not match its hash.",
        "Author n (Nobody, N) is on no paper.",
    ]
