"""The track record in a real browser: clean of faults, as narrow as a phone, and by keyboard."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from papers.models import Classifier, Decision, Paper, Reading, Suggestion
from papers.services import suggesting
from papers.services.starter import load_starter_library
from papers.services.tagging import Statement, tag_papers
from regimens.models import TherapyClass
from tests.browser.looks import faults, faults_in_every_look

pytestmark = pytest.mark.browser


@pytest.fixture
def person(transactional_db):
    return get_user_model().objects.create_superuser("ada", "ada@example.org", "correct horse")


@pytest.fixture
def record(person, vocabulary) -> None:
    """Papers that the rules have read, with agreement and disagreement of all kinds."""
    load_starter_library()
    list(suggesting.read_awaiting())
    other = get_user_model().objects.create_user("bob")
    target = TherapyClass.objects.get(slug="chemotherapy")
    proposed = list(
        Suggestion.objects.filter(therapy_class=target, score__gte=0.5).values_list(
            "paper", flat=True
        )[:12]
    )
    silent = list(
        Paper.objects.exclude(suggestions__therapy_class=target).values_list("pk", flat=True)[:3]
    )
    assert len(proposed) == 12
    assert Reading.objects.filter(paper__in=silent).count() == 3
    for state, papers in (("confirmed", [*proposed[:9], *silent]), ("rejected", proposed[9:])):
        tag_papers(papers=papers, statements=[Statement(target, state)], note="Read", by=person)
    for number, paper in enumerate(proposed):
        said = {"kind": "class", "slug": "chemotherapy",
                "state": "confirmed" if number < 8 else "rejected"}  # fmt: skip
        Decision.objects.create(
            key=uuid.uuid4(),
            paper_id=paper,
            by=other,
            at=timezone.now(),
            kind="decided",
            said=[said],
        )
    test = {"confirmed": 40, "rejected": 60, "proposed": 38, "right": 37,
            "proposed_where_silent": 5, "right_where_silent": 4, "threshold": 0.6}  # fmt: skip
    Classifier.objects.create(
        trained_at=timezone.now(), papers=100, basis="x",
        figures={"car_t": test, "targeted": {**test, "proposed": 0, "threshold": None}},
    )  # fmt: skip


@pytest.mark.once
def test_the_page_is_free_of_faults(open_page, person, record):
    page = open_page(person)
    page.goto(reverse("papers:track_record"))

    assert faults_in_every_look(page) == []


@pytest.mark.once
def test_the_empty_page_is_free_of_faults(open_page, person, vocabulary):
    page = open_page(person, width=320)
    page.goto(reverse("papers:track_record"))

    assert faults(page) == []
    assert page.get_by_text("No proposal has been decided yet.").is_visible()


def test_filters_and_order_work_without_script(open_page, person, record):
    page = open_page(person, java_script_enabled=False)
    page.goto(reverse("papers:track_record"))

    page.get_by_label("Class or kind").select_option("chemotherapy")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Confirmed, not proposed (3)").click()
    assert page.get_by_text("The machine had read it and proposed nothing.").count() == 3
    page.get_by_role("link", name="Precision", exact=True).click()

    assert "subject=chemotherapy" in page.url
    assert "kind=missed" in page.url
    heads = page.locator("th[aria-sort]")
    assert [head.inner_text() for head in heads.all()] == ["Precision"]


def test_it_is_in_the_menu_and_by_keyboard_a_table_scrolls(open_page, person, record):
    page = open_page(person, width=320)
    page.goto(reverse("papers:track_record"))

    assert page.locator('nav a[aria-current="page"]').inner_text() == "Track record"
    region = page.get_by_role("region", name="Figures by what was decided")
    region.focus()
    page.keyboard.press("ArrowRight")
    expect(region).not_to_have_js_property("scrollLeft", 0)
