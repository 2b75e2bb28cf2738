"""A curator's hour in the library, in a real browser, with and without JavaScript."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from papers.formats import InputFile, read
from papers.models import Paper
from papers.services.acquire import acquire_records
from papers.services.roles import give_role

pytestmark = pytest.mark.browser

LIBRARY = reverse("papers:library")
PASSWORD = "correct horse battery"
with_and_without_script = pytest.mark.parametrize(
    "script", [True, False], ids=["script", "no script"]
)


@pytest.fixture
def curator(transactional_db, vocabulary):
    person = get_user_model().objects.create_user("ada", "ada@example.org", PASSWORD)
    give_role(user=person, role="curator")
    return person


@pytest.fixture
def papers(curator) -> dict[str, Paper]:
    """Three papers, by their title."""
    items = [
        {"type": "article-journal", "title": title, "PMID": str(100 + n),
         "issued": {"date-parts": [[2015 + n]]}}
        for n, title in enumerate(("VAC in relapse", "VAC at diagnosis", "T cells"))
    ]  # fmt: skip
    raw = InputFile.from_bytes(json.dumps(items).encode())
    with transaction.atomic():
        acquire_records(list(read(raw, "csl_json")), at=timezone.now())
    return {paper.title: paper for paper in Paper.objects.all()}


def said(paper: Paper) -> dict[str, str]:
    tags = paper.tags.filter(is_current=True).exclude(state="withdrawn")
    return {tag.target.slug: tag.state for tag in tags}


def shows(page: Page, *titles: str) -> None:
    expect(page.locator(".rows .title a")).to_have_text(list(titles))


def search(page: Page, words: str) -> None:
    page.get_by_label("Search the library").last.fill(words)
    page.get_by_role("button", name="Search", exact=True).last.click()


@with_and_without_script
def test_curator_signs_in_searches_and_tags_one_paper(open_page, curator, papers, script):
    page = open_page(java_script_enabled=script)
    page.goto(LIBRARY)
    page.locator("[name=login]").fill("ada")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").click()

    search(page, "title:relapse")
    shows(page, "VAC in relapse")
    page.get_by_role("link", name="VAC in relapse").click()
    page.get_by_role("button", name="Confirm Chemotherapy").click()

    expect(page.locator("#tags")).to_contain_text("by ada")
    assert said(papers["VAC in relapse"]) == {"chemotherapy": "confirmed"}
    page.get_by_role("button", name="Undo my last change").click()
    expect(page.locator(".messages")).to_contain_text("Undone on 1 paper.")
    assert said(papers["VAC in relapse"]) == {}


@with_and_without_script
def test_curator_tags_two_papers_with_a_preview_and_undoes_it(open_page, curator, papers, script):
    page = open_page(curator, java_script_enabled=script)
    page.goto(f"{LIBRARY}?search=VAC&ordering=year")

    page.get_by_label("Select VAC in relapse").check()
    page.get_by_label("Select VAC at diagnosis").check()
    page.get_by_label("Class, regimen, setting or design").select_option("class:chemotherapy")
    page.get_by_role("button", name="Preview the change").click()
    expect(page.locator(".figures")).to_contain_text("newly confirmed")
    assert said(papers["VAC in relapse"]) == {}
    page.get_by_role("button", name="Change 2 papers").click()

    expect(page.locator(".messages")).to_contain_text("2 papers changed, 0 stood so already.")
    assert page.url.endswith(f"{LIBRARY}?search=VAC&ordering=year")
    assert [said(paper) for paper in papers.values()].count({"chemotherapy": "confirmed"}) == 2
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".messages")).to_contain_text("Undone on 2 papers.")
    assert [said(paper) for paper in papers.values()] == [{}, {}, {}]


@with_and_without_script
def test_all_that_is_found_is_tagged_across_pages(open_page, curator, papers, script):
    page = open_page(curator, java_script_enabled=script)
    page.goto(f"{LIBRARY}?search=VAC")

    page.get_by_label("All 2 found").check()
    page.get_by_label("Say").select_option("rejected")
    page.get_by_label("Class, regimen, setting or design").select_option("regimen:ivado")
    page.get_by_role("button", name="Preview the change").click()
    page.get_by_role("button", name="Change 2 papers").click()

    expect(page.locator(".messages")).to_contain_text("2 papers changed")
    assert said(papers["VAC at diagnosis"]) == {"ivado": "rejected"}
    assert said(papers["T cells"]) == {}


@with_and_without_script
def test_years_narrow_the_library_and_stay_in_the_address(open_page, curator, papers, script):
    page = open_page(curator, java_script_enabled=script)
    page.goto(LIBRARY)

    page.get_by_label("From year").fill("2016")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(f"**{LIBRARY}?year_min=2016")
    shows(page, "T cells", "VAC at diagnosis")
    search(page, "VAC")
    page.wait_for_url(f"**{LIBRARY}?search=VAC&year_min=2016")

    shows(page, "VAC at diagnosis")


def test_a_filter_swaps_the_results_and_back_brings_the_page(open_page, curator, papers):
    page = open_page(curator)
    page.goto(LIBRARY)
    page.evaluate("window.isSamePage = true")

    page.locator("#tag_state-none").check()
    page.wait_for_url(f"**{LIBRARY}?tag_state=none")
    assert page.evaluate("window.isSamePage")
    assert page.evaluate("document.activeElement.id") == "tag_state-none"
    page.get_by_label("Order").select_option("year")
    page.wait_for_url(re.compile("ordering=year"))
    shows(page, "VAC in relapse", "VAC at diagnosis", "T cells")
    page.go_back()
    page.wait_for_url(f"**{LIBRARY}?tag_state=none")

    expect(page.locator("h1")).to_have_text("Library")
    expect(page.locator("#found")).to_have_count(1)


def test_back_brings_the_whole_page_when_the_browser_kept_nothing(open_page, curator, papers):
    page = open_page(curator)
    page.goto(LIBRARY)
    page.get_by_label("Order").select_option("year")
    shows(page, "VAC in relapse", "VAC at diagnosis", "T cells")

    page.evaluate("sessionStorage.removeItem('htmx-history-cache')")
    page.go_back()
    shows(page, "T cells", "VAC at diagnosis", "VAC in relapse")

    expect(page.locator("h1")).to_have_text("Library")
    expect(page.locator(".top")).to_have_count(1)


def test_keys_walk_and_tick_the_rows(open_page: Callable[..., Page], curator, papers):
    page = open_page(curator)
    page.goto(f"{LIBRARY}?ordering=year")

    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)

    expect(page.locator("[data-count]")).to_have_text("2")
    assert page.locator(".pick input:checked").count() == 2


def test_a_key_tags_the_paper(open_page, curator, papers):
    page = open_page(curator)
    page.goto(papers["T cells"].get_absolute_url())

    page.keyboard.press("1")

    expect(page.locator("#tags")).to_contain_text("by ada")
    assert list(said(papers["T cells"]).values()) == ["confirmed"]
