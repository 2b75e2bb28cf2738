"""A curator's afternoon with the machine's proposals, in a real browser."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from papers.formats import InputFile, read
from papers.models import Paper
from papers.services.acquire import acquire_records
from papers.services.roles import give_role
from papers.services.suggesting import read_awaiting
from tests.browser.looks import faults_in_every_look

pytestmark = pytest.mark.browser

DESK = reverse("papers:bulk_desk")
ITEMS = {
    "Temsirolimus in relapsed rhabdomyosarcoma": "We know little. All were given temsirolimus and "
    "bevacizumab. They did well.",
    "GD2 CAR T cells for metastatic rhabdomyosarcoma": "",
    "Everolimus for refractory rhabdomyosarcoma: a phase 2 trial": "",
}
with_and_without_script = pytest.mark.parametrize(
    "script", [True, False], ids=["script", "no script"]
)


@pytest.fixture
def curator(transactional_db, vocabulary):
    person = get_user_model().objects.create_user("ada", "ada@example.org", "correct horse battery")
    give_role(user=person, role="curator")
    return person


@pytest.fixture
def papers(curator) -> dict[str, Paper]:
    """Three papers that the rules have read, by the first word of their titles."""
    items = [
        {"type": "article-journal", "title": title, "PMID": str(100 + n), "abstract": abstract,
         "issued": {"date-parts": [[2015 + n]]}, "keyword": "temsirolimus"}
        for n, (title, abstract) in enumerate(ITEMS.items())
    ]  # fmt: skip
    raw = InputFile.from_bytes(json.dumps(items).encode())
    with transaction.atomic():
        acquire_records(list(read(raw, "csl_json")), at=timezone.now())
    list(read_awaiting())
    return {paper.title.split()[0]: paper for paper in Paper.objects.all()}


def said(paper: Paper) -> dict[str, str]:
    tags = paper.tags.filter(is_current=True).exclude(state="withdrawn")
    return {tag.target.slug: tag.state for tag in tags}


@with_and_without_script
def test_two_proposals_are_confirmed_and_undone(open_page, curator, papers, script):
    page = open_page(curator, java_script_enabled=script)
    page.goto(DESK)

    page.get_by_label("Proposed").select_option("class:targeted")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**proposed=class%3Atargeted**")
    page.get_by_role("checkbox", name="for Temsirolimus").check()
    page.get_by_role("checkbox", name="for Everolimus").check()
    page.get_by_role("button", name="Confirm these …").click()
    expect(page.locator("h1")).to_have_text("Confirm 2 proposals")
    assert said(papers["Everolimus"]) == {}
    page.get_by_role("button", name="Confirm 2 on 2 papers").click()

    expect(page.locator(".messages")).to_contain_text("2 proposals confirmed on 2 papers.")
    expect(page.locator(".empty")).to_contain_text("No proposal waits here.")
    assert said(papers["Everolimus"]) == said(papers["Temsirolimus"]) == {"targeted": "confirmed"}
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".messages")).to_contain_text("Undone on 2 papers.")
    expect(page.locator(".proposed > li")).to_have_count(2)
    assert said(papers["Everolimus"]) == said(papers["Temsirolimus"]) == {}


@with_and_without_script
def test_all_that_is_found_is_rejected_across_pages(
    open_page, curator, papers, script, monkeypatch
):
    monkeypatch.setattr("papers.views.bulk_desk.PAGE_SIZE", 1)
    page = open_page(curator, java_script_enabled=script)
    page.goto(f"{DESK}?proposed=class:targeted&search=year:2015-2017")

    page.get_by_label("All 2 found").check()
    page.get_by_role("button", name="Reject these …").click()
    page.get_by_role("button", name="Reject 2 on 2 papers").click()

    expect(page.locator(".messages")).to_contain_text("2 proposals rejected on 2 papers.")
    assert said(papers["Everolimus"]) == said(papers["Temsirolimus"]) == {"targeted": "rejected"}
    assert said(papers["GD2"]) == {}


def test_ticks_are_counted(open_page, curator, papers):
    page = open_page(curator)
    page.goto(f"{DESK}?proposed=class")
    count = page.locator("[data-count]")
    boxes = page.locator(".proposed .pick input")

    boxes.first.check()
    expect(count).to_have_text("1")
    page.get_by_label("All on this page").check()
    expect(count).to_have_text(str(boxes.count()))
    page.get_by_label("All on this page").uncheck()
    expect(count).to_have_text("0")
    page.locator("[data-every]").check()

    expect(count).to_have_text(page.locator("[data-every]").get_attribute("data-every"))


def test_keys_walk_the_papers_and_tick_all_that_is_proposed_of_one(open_page, curator, papers):
    page = open_page(curator)
    page.goto(f"{DESK}?search=title:temsirolimus&order=newest&min_score=0.5")
    boxes = page.locator(".rows > li").first.locator(".pick input")
    assert boxes.count() > 1

    page.keyboard.press("j")
    page.keyboard.press("x")

    expect(page.locator("[data-count]")).to_have_text(str(boxes.count()))
    page.keyboard.press("x")
    expect(page.locator("[data-count]")).to_have_text("0")


@pytest.mark.once
def test_the_desk_is_free_of_faults_and_no_wider_than_its_window(open_page, curator, papers):
    page = open_page(curator)
    found = {}
    page.goto(f"{DESK}?min_score=0.15")
    found["desk"] = faults_in_every_look(page)
    page.locator("[data-every]").check()
    page.get_by_role("button", name="Confirm these …").click()
    expect(page.locator("h1")).to_contain_text("Confirm")
    found["preview"] = faults_in_every_look(page)
    page.goto(papers["Temsirolimus"].get_absolute_url())
    found["paper"] = faults_in_every_look(page)
    page.goto("/")
    found["dashboard"] = faults_in_every_look(page)

    assert {name: faults for name, faults in found.items() if faults} == {}


def test_a_quote_shows_its_words_in_their_place(open_page, curator, papers):
    page = open_page(curator)
    page.goto(papers["Temsirolimus"].get_absolute_url())
    link = page.get_by_role("link", name="“Temsirolimus”").first
    mark = page.locator("h1 mark")
    expect(mark).to_have_text(["Temsirolimus", "relapsed rhabdomyosarcoma"])

    link.hover()
    expect(mark.first).to_have_class("mention m-t is-shown")
    page.mouse.move(0, 0)
    expect(mark.first).to_have_class("mention m-t")
    link.focus()
    expect(mark.first).to_have_class("mention m-t is-shown")


def test_a_quote_leads_to_its_words_without_script(open_page, curator, papers):
    page = open_page(curator, java_script_enabled=False)
    page.goto(papers["Temsirolimus"].get_absolute_url())

    page.get_by_role("link", name="“bevacizumab”").first.click()

    expect(page.locator("mark:target")).to_have_text("bevacizumab")


@with_and_without_script
def test_proposals_of_a_paper_are_decided_on_its_page(open_page, curator, papers, script):
    page = open_page(curator, java_script_enabled=script)
    page.goto(papers["Everolimus"].get_absolute_url())

    page.get_by_role("button", name="Confirm Targeted therapy").click()
    expect(page.locator("#tags")).to_contain_text("by ada")
    page.get_by_role("button", name="Reject mTOR inhibitors").click()
    expect(page.locator("#tags .settled summary")).to_contain_text("(2)")
    page.get_by_role("button", name="Confirm Relapsed or refractory").click()
    expect(page.locator("#tags .settled summary")).to_contain_text("(3)")

    assert said(papers["Everolimus"]) == {
        "targeted": "confirmed",
        "targeted-mtor": "rejected",
        "relapsed_refractory": "confirmed",
    }
