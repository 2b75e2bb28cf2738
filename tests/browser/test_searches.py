"""Searching in a real browser: try a query out, save it, run it, watch it, decide on candidates."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from playwright.sync_api import expect

from papers.models import Paper, Pull, Search
from papers.services.pulls import queue_pull, run_pull
from papers.services.roles import give_role
from papers.services.searches import search_for

pytestmark = pytest.mark.browser


@pytest.fixture
def curator(transactional_db):
    person = get_user_model().objects.create_user("curator", password="not used")
    give_role(user=person, role="curator")
    return person


def test_a_search_is_tried_saved_run_and_watched(open_page, curator, fake_sources):
    page = open_page(curator)
    page.goto(reverse("papers:search_new"))
    page.get_by_label("Name").fill("Metastatic")
    page.get_by_label("Source").select_option("pubmed")
    page.get_by_label("Query").fill("rhabdomyosarcoma qqzumab")
    page.get_by_role("button", name="Try it out").click()
    expect(page.locator("#preview")).to_contain_text("30 records")
    expect(page.locator("#preview")).to_contain_text("does not know “qqzumab”")
    assert not Search.objects.exists()

    page.get_by_label("Query").fill("rhabdomyosarcoma")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_text("It begins as soon as a worker is free.")).to_be_visible()
    page.reload()
    run_pull(Pull.objects.get().pk)

    expect(page.get_by_text("30 papers that this search had not found before")).to_be_visible()
    expect(page.get_by_role("button", name="Run again")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(page.locator("[hx-trigger]")).to_have_count(0)


def test_an_outage_is_shown_and_tried_again(open_page, curator, fake_sources):
    fake_sources.is_down = True
    pull = queue_pull(search=search_for("pubmed", "rhabdomyosarcoma"), by=curator)
    run_pull(pull.pk)
    page = open_page(curator)
    page.goto(pull.get_absolute_url())
    expect(page.get_by_role("alert")).to_contain_text("PubMed has not answered since")

    fake_sources.is_down = False
    page.get_by_role("button", name="Try now").click()
    expect(page.get_by_text("It begins as soon as a worker is free.")).to_be_visible()
    run_pull(pull.pk)

    expect(page.get_by_text("30 papers that this search had not found before")).to_be_visible()


def test_candidates_are_taken_in(open_page, curator, fake_sources):
    kept = fake_sources.holdings
    fake_sources.holdings = kept[10:11]
    run_pull(queue_pull(search=search_for("pubmed", "rhabdomyosarcoma"), by=None).pk)
    fake_sources.holdings = kept
    page = open_page(curator)
    page.goto(Paper.objects.get().get_absolute_url())

    page.get_by_role("link", name="Look around this paper").click()
    page.get_by_role("button", name="Look for them").click()
    run_pull(Pull.objects.get(kind="snowball").pk)
    page.get_by_role("link", name="Decide on the candidates").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Take into the library").click()

    expect(page.get_by_text("1 is taken into the library.")).to_be_visible()
    assert Paper.objects.count() == 2
