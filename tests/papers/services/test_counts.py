"""The library in figures; each figure is also what the library's filter finds."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from papers.filters import PaperFilter
from papers.models import Import, Paper
from papers.services import counts
from papers.services.tagging import Statement, tag_papers
from regimens.models import Setting, StudyDesign, TherapyClass

NOON = dt.datetime(2025, 6, 4, 12, tzinfo=dt.UTC)  # a Wednesday


@pytest.fixture
def classes(db) -> dict[str, TherapyClass]:
    chemotherapy = TherapyClass.objects.create(
        slug="chemotherapy", name="Chemotherapy", letter="C", order=1
    )
    car_t = TherapyClass.objects.create(slug="car_t", name="CAR-T cells", letter="K", order=2)
    alkylating = TherapyClass.objects.create(
        slug="chemotherapy-alkylating", name="Alkylating agents", parent=chemotherapy, order=3
    )
    anthracyclines = TherapyClass.objects.create(
        slug="chemotherapy-anthracyclines", name="Anthracyclines", parent=chemotherapy, order=4
    )
    return {row.slug: row for row in (chemotherapy, car_t, alkylating, anthracyclines)}


def a_paper(year: int | None = 2020, *, at: dt.datetime = NOON, **fields) -> Paper:
    return Paper.objects.create(title="A paper", year=year, created_at=at, updated_at=at, **fields)


def say(paper: Paper, target: TherapyClass, state: str, by) -> None:
    tag_papers(papers=[paper.pk], statements=[Statement(target, state)], by=by)


def totals() -> dict[str, int]:
    return {row.therapy_class.slug: row.total for row in counts.classes_by_year().classes}


def test_classes_by_year_counts_a_sub_class_for_its_main_class(classes, curator):
    say(a_paper(2019), classes["chemotherapy-alkylating"], "confirmed", curator)

    by_year = counts.classes_by_year()

    assert [(row.therapy_class.slug, row.by_year) for row in by_year.classes] == [
        ("chemotherapy", {2019: 1}),
        ("car_t", {}),
    ]


def test_classes_by_year_counts_a_paper_of_two_sub_classes_once(classes, curator):
    paper = a_paper()
    for slug in ("chemotherapy", "chemotherapy-alkylating", "chemotherapy-anthracyclines"):
        say(paper, classes[slug], "confirmed", curator)

    assert totals() == {"chemotherapy": 1, "car_t": 0}


@pytest.mark.parametrize("state", ["rejected", "withdrawn"])
def test_classes_by_year_counts_the_last_word_only(classes, curator, state):
    paper = a_paper()
    say(paper, classes["car_t"], "confirmed", curator)
    say(paper, classes["car_t"], state, curator)

    assert totals() == {"chemotherapy": 0, "car_t": 0}


def test_classes_by_year_keeps_papers_without_a_year_apart(classes, curator):
    say(a_paper(None), classes["car_t"], "confirmed", curator)
    a_paper(None)

    by_year = counts.classes_by_year()

    assert by_year.classes[1].by_year == {None: 1}
    assert by_year.untagged == {None: 1}
    assert by_year.years == {None}


def test_figures_are_what_the_library_finds(classes, curator):
    papers = [a_paper(2015 + number % 4) for number in range(12)]
    for number, (slug, state) in enumerate(
        [
            ("chemotherapy", "confirmed"),
            ("chemotherapy-alkylating", "confirmed"),
            ("chemotherapy-alkylating", "rejected"),
            ("car_t", "confirmed"),
            ("car_t", "rejected"),
            ("car_t", "withdrawn"),
        ]
    ):
        say(papers[number], classes[slug], state, curator)
    say(papers[0], classes["car_t"], "confirmed", curator)

    found = {
        slug: PaperFilter({"therapy_class": [slug], "tag_state": "confirmed"}).qs.count()
        for slug in ("chemotherapy", "car_t")
    }
    untagged = PaperFilter({"tag_state": "none"}).qs.count()

    assert totals() == found == {"chemotherapy": 2, "car_t": 2}
    assert sum(counts.classes_by_year().untagged.values()) == untagged == 7
    assert counts.library_counts().untagged == untagged
    assert counts.library_counts().papers == PaperFilter({}).qs.count() == 12


def test_paper_of_a_setting_and_a_design_alone_still_waits(classes, curator):
    paper = a_paper(2019, status=Paper.Status.RETRACTED)
    say(paper, Setting.objects.create(slug="mixed", name="Mixed"), "confirmed", curator)
    say(paper, StudyDesign.objects.create(slug="rct", name="RCT"), "confirmed", curator)

    assert list(counts.untagged_papers()) == [paper]
    assert counts.classes_by_year().untagged == {2019: 1}
    assert list(counts.retracted_but_tagged()) == []


def test_retracted_but_tagged_leaves_out_rejected_and_published_ones(classes, curator):
    retracted = a_paper(status=Paper.Status.RETRACTED)
    say(retracted, classes["car_t"], "confirmed", curator)
    say(a_paper(status=Paper.Status.RETRACTED), classes["car_t"], "rejected", curator)
    say(a_paper(), classes["car_t"], "confirmed", curator)

    assert list(counts.retracted_but_tagged()) == [retracted]


def test_added_per_week_counts_from_monday_to_sunday(db):
    for day in (1, 2, 4, 8):  # Sunday, Monday, Wednesday of NOON's week, the Sunday that ends it
        a_paper(at=dt.datetime(2025, 6, day, 23, 30, tzinfo=dt.UTC))
    a_paper(at=NOON - dt.timedelta(weeks=9))

    assert counts.added_per_week(weeks=3, at=NOON) == [
        (dt.date(2025, 5, 19), 0),
        (dt.date(2025, 5, 26), 1),
        (dt.date(2025, 6, 2), 3),
    ]


def test_open_imports_are_those_that_wait_or_run(db):
    for state in Import.State.values:
        Import.objects.create(name=state, sha256="0" * 64, size=1, state=state)

    assert {job.name for job in counts.open_imports()} == {
        "queued",
        "running",
        "waiting",
    }


def test_counts_ask_the_same_number_of_queries_for_many_papers(
    classes, curator, django_assert_num_queries
):
    say(a_paper(), classes["car_t"], "confirmed", curator)
    for number in range(50):
        a_paper(1990 + number % 30, at=timezone.now())

    with django_assert_num_queries(10):
        counts.library_counts()
        counts.classes_by_year()
