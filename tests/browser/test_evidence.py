"""The evidence map in a real browser: its links, its keys, and a phone."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from playwright.sync_api import expect

from papers.models import Paper, Pull, Suggestion
from papers.services.roles import give_role
from papers.services.starter import load_starter_library
from papers.services.tagging import Statement, tag_papers
from regimens.models import Setting, TherapyClass
from tests.browser.looks import faults_in_every_look

pytestmark = [pytest.mark.long, pytest.mark.browser]

VIEWS = (
    "",
    "?open=chemotherapy&open=chemotherapy-vinca",
    "?by=year",
    "?by=study_design&view=heat",
    "?by=colour",
)


@pytest.fixture
def reader(transactional_db, vocabulary):
    person = get_user_model().objects.create_user("reader", password="not used")
    give_role(user=person, role="reader")
    return person


@pytest.fixture
def library(reader) -> list[Paper]:
    """The starter library with places of every kind: confirmed, waiting, none, not looked for."""
    load_starter_library()
    papers = list(Paper.objects.order_by("pk")[:12])
    for slug, some in (("chemotherapy-vinca", papers[:5]), ("car_t", papers[5:7])):
        said = [TherapyClass.objects.get(slug=slug), Setting.objects.get(slug="first_relapse")]
        statements = [Statement(target, "confirmed") for target in said]
        tag_papers(papers=[paper.pk for paper in some], statements=statements, by=reader)
    Paper.objects.filter(pk=papers[0].pk).update(status="retracted")
    targeted = TherapyClass.objects.get(slug="targeted")
    Suggestion.objects.bulk_create(
        Suggestion(paper=paper, therapy_class=targeted, score=0.9, rule="r", made_at=timezone.now())
        for paper in papers[7:]
    )
    Pull.objects.create(
        source="pubmed", query="(chemotherapy OR CAR-T)", state="done", finished_at=timezone.now()
    )
    return papers


@pytest.mark.once
def test_map_is_free_of_faults_and_no_wider_than_its_window(open_page, reader, library):
    page = open_page(reader)
    for query in VIEWS:
        page.goto(f"/map/{query}")
        assert faults_in_every_look(page) == [], query


def test_each_figure_opens_a_list_of_that_many_papers(open_page, reader, library):
    page = open_page(reader)
    page.goto("/map/")
    figures = page.locator(".map-table a[aria-label*=':']")
    shown = [
        (figures.nth(n).get_attribute("href"), figures.nth(n).inner_text())
        for n in range(figures.count())
    ]

    assert len(shown) > 8
    for address, figure in shown:
        page.goto(address)
        count = re.search(r"\d+", figure)[0]
        expect(page.locator("[role=status]").first).to_have_text(re.compile(rf"^{count} papers?$"))


def test_map_is_read_by_keyboard_alone(open_page, reader, library):
    page = open_page(reader)
    page.goto("/map/")

    page.get_by_role("link", name="Year", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"by=year"))
    page.get_by_role("link", name="Open Chemotherapy").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="Vinca alkaloids")).to_be_visible()
    page.get_by_role("link", name="Open Vinca alkaloids").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="vincristine")).to_be_visible()
    page.get_by_role("link", name="Close Chemotherapy").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="Vinca alkaloids")).to_have_count(0)


def test_filters_work_without_script(open_page, reader, library):
    page = open_page(reader, java_script_enabled=False)
    page.goto("/map/?by=year")
    page.locator(".map-filters > summary").click()
    page.get_by_label("Retracted papers").select_option("false")
    page.get_by_role("checkbox", name="Chemotherapy").check()
    page.get_by_role("button", name="Show the map").click()

    expect(page).to_have_url(re.compile(r"by=year.*is_retracted=false.*therapy_class=chemotherapy"))
    expect(page.locator(".map-table tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name="4 confirmed: Chemotherapy, all")).to_be_visible()
    expect(page.get_by_text("Retracted papers are left out.")).to_be_visible()


def test_map_is_downloaded_with_its_filters(open_page, reader, library):
    page = open_page(reader)
    page.goto("/map/?by=study_design&therapy_class=car_t")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="PDF").click()

    assert re.fullmatch(
        r"evidence-map-by-study_design-[\d-]+\.pdf", downloading.value.suggested_filename
    )
