"""The library is its source records and its corrections: rebuilding proves it."""

from __future__ import annotations

import pytest

from papers.models import Authorship, Paper, Relation
from papers.services.corrections import correct_paper
from papers.services.rebuild import find_faults, rebuild_library

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(acquire, editor):
    acquire(
        {"title": "One", "PMID": "1", "author": [{"family": "Poli", "given": "Elena"}],
         "container-title": "Cancer", "issued": {"date-parts": [[2020, 3]]}, "abstract": "Text."},
        {"title": "Two", "DOI": "10.1000/two", "keyword": "a, b"},
    )  # fmt: skip
    acquire({"title": "Two, again", "DOI": "10.1000/two", "volume": "8"})
    correct_paper(paper=Paper.objects.get(pmid="1"), changes={"title": "One, corrected"}, by=editor)


def snapshot() -> list[object]:
    papers = list(Paper.objects.order_by("id").values())
    names = list(Authorship.objects.order_by("paper", "position").values_list("paper", "name"))
    return [papers, names, list(Relation.objects.values())]


def test_rebuild_of_an_intact_library_changes_nothing(library):
    before = snapshot()

    result = rebuild_library()

    assert (result.papers, result.changed) == (2, 0)
    assert snapshot() == before


def test_rebuild_mends_what_was_damaged(library):
    before = snapshot()
    Paper.objects.update(title="?", volume="?", abstract="", keywords=[], provenance={}, year=None)
    Authorship.objects.update(name="?")

    result = rebuild_library()

    mended = snapshot()
    for papers in (before[0], mended[0]):
        for row in papers:
            del row["updated_at"]
    assert result.changed == 2
    assert mended == before


def test_find_faults_is_silent_on_a_sound_library(library):
    assert list(find_faults()) == []


def test_find_faults_names_a_damaged_payload(library):
    record = Paper.objects.get(pmid="1").source_records.get()
    record.payload = b"\x78\x9c broken"
    record.save()

    assert list(find_faults()) == [
        f"Source record {record.pk} is damaged: its bytes do not match its hash."
    ]
