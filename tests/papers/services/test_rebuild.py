"""The library is its source records and its corrections: rebuilding proves it."""

from __future__ import annotations

import pytest

from papers.models import Author, Authorship, Paper, Relation
from papers.services.correcting import correct_paper
from papers.services.pulls import queue_pull, run_pull
from papers.services.rebuild import find_faults, rebuild_library
from papers.services.searches import search_for

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


@pytest.fixture
def of_both_sources(fake_sources):
    """The same publications by PubMed and by Semantic Scholar, with people's identifiers."""
    for source in ("pubmed", "semantic_scholar"):
        run_pull(queue_pull(search=search_for(source, "rhabdomyosarcoma"), by=None).pk)
    assert Author.objects.exclude(orcid=None).exists()
    assert Author.objects.exclude(semantic_scholar_id=None).exists()


def test_a_library_of_both_sources_is_right_as_it_is(of_both_sources):
    before = snapshot()

    assert rebuild_library().changed == 0
    assert snapshot() == before


def test_an_identifier_that_is_somebody_elses_is_not_asked_for_again_and_again(of_both_sources):
    mine = Author.objects.exclude(orcid=None).exclude(semantic_scholar_id=None).first()
    theirs, mine.semantic_scholar_id = mine.semantic_scholar_id, None
    mine.save()
    Author.objects.create(name="Somebody else", semantic_scholar_id=theirs)

    assert rebuild_library().changed == 0
    mine.refresh_from_db()
    assert mine.semantic_scholar_id is None


def test_find_faults_leaves_an_author_alone_on_whom_a_person_has_worked(library, editor):
    author = Author.objects.create(name="Poli, E")
    assert list(find_faults()) == [f"Author {author.pk} (Poli, E) is on no paper."]

    author.name = "Poli, Elena M"
    author._history_user = editor
    author.save()

    assert list(find_faults()) == []


def test_find_faults_names_values_without_a_source_and_corrections_that_do_not_hold(library):
    one, two = Paper.objects.order_by("pk")
    theirs = two.source_records.first().pk
    one.provenance |= {"abstract": theirs, "title": theirs}
    one.save()

    assert list(find_faults()) == [
        f"Paper {one.pk} has its title from source record {theirs}, which is not its own.",
        f"Paper {one.pk} has its abstract from source record {theirs}, which is not its own.",
        f"Paper {one.pk} has a correction of its title that does not hold.",
    ]
