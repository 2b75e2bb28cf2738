"""Every page, in a real browser: clean of accessibility faults and no wider than a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from papers.models import (
    Author,
    Candidate,
    Exchange,
    Import,
    Journal,
    JournalMetric,
    Paper,
    Pull,
    RejectedPiece,
    Search,
)
from papers.services.starter import load_starter_library, load_starter_searches
from papers.services.tagging import Statement, tag_papers
from regimens.models import Drug, Regimen, Setting, StudyDesign, TherapyClass
from tests.browser.looks import faults_in_every_look

pytestmark = [pytest.mark.long, pytest.mark.browser]


PAGES_FOR_STRANGERS = ("account_login", "account_reset_password", "account_signup")

NO_PAGES = {
    # Files, or answers to POST alone, whose address names a thing; a part of other pages.
    "papers:chart", "papers:map_file", "papers:import_cancel", "papers:import_resume", "papers:import_rejected",
    "papers:search_run", "papers:search_pause", "papers:search_delete", "papers:search_try",
    "papers:enrich", "papers:snowball", "papers:candidate_decide", "papers:pull_cancel", "papers:pull_resume", "papers:pull_rejected",
    "papers:export", "papers:paper_tag", "papers:release", "papers:dismiss", "papers:source", "papers:panel",
    "papers:track_record_table",
    # allauth's, behind a link from a mail or for those who have set up a second factor.
    "account_confirm_email", "account_reset_password_from_key", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_download_recovery_codes",
}  # fmt: skip


@pytest.fixture
def person(transactional_db):
    return get_user_model().objects.create_superuser("ada", "ada@example.org", "correct horse")


@pytest.fixture
def library(person, vocabulary) -> dict[str, dict[str, object]]:
    """A library with something of everything; what each page's address needs."""
    load_starter_library()
    load_starter_searches()
    papers = list(Paper.objects.order_by("pk")[:4])
    for paper, slug, state in zip(
        papers, ("chemotherapy", "targeted", "immunotherapy", "car_t"), STATES, strict=True
    ):
        statement = Statement(TherapyClass.objects.get(slug=slug), state)
        tag_papers(papers=[paper.pk], statements=[statement], note="Seen", by=person)
    described = [
        Statement(Setting.objects.get(slug="first_relapse"), "confirmed"),
        Statement(StudyDesign.objects.get(slug="rct"), "rejected"),
    ]
    tag_papers(papers=[papers[0].pk], statements=described, note="Methods", by=person)
    Paper.objects.filter(pk=papers[0].pk).update(status=Paper.Status.RETRACTED)
    journal = Journal.objects.filter(papers__isnull=False).first()
    JournalMetric.objects.get_or_create(journal=journal, year=2024, impact_factor=2.5)
    job = Import.objects.create(
        name="refs.ris", sha256="0" * 64, size=100, state="running", read=4, bytes_read=50,
        rejected=1, by=person, heartbeat_at=timezone.now(),
    )  # fmt: skip
    RejectedPiece.objects.create(job=job, position=2, line=31, raw="TY  - ", reason="No title.")
    search = Search.objects.first()
    pull = Pull.objects.create(
        search=search, source="pubmed", query=search.query, state="waiting", found=300, to_fetch=300,
        read=200, created=180, rejected=1, missing=2, requests=9, by=person, position=1,
        error="PubMed had a fault of its own (HTTP 503).", warnings=["PubMed does not know “x”."],
        waiting_until=timezone.now(), heartbeat_at=timezone.now(), translation="a[All Fields]",
    )  # fmt: skip
    RejectedPiece.objects.create(pull=pull, position=1, raw="<PubmedArticle>", reason="No end.")
    Exchange.objects.create(
        pull=pull, key="0", purpose="PMIDs of all dates", at=timezone.now(), seconds=0.5, size=10
    )
    Candidate.objects.create(
        seed=papers[0], direction="citations", source_id="a" * 40, title="A citing paper",
        byline="G Bisogno", year=2024, payload=b"", pull=pull, found_at=timezone.now(),
    )  # fmt: skip
    return {
        "papers:candidate_list": {"pk": papers[0].pk},
        "papers:search": {"pk": search.pk},
        "papers:search_edit": {"pk": search.pk},
        "papers:pull": {"pk": pull.pk},
        "papers:paper": {"pk": papers[0].pk},
        "papers:correct": {"pk": papers[0].pk, "field": "title"},
        "papers:import": {"pk": job.pk},
        "papers:author": {"author_id": Author.objects.filter(authorships__gt=0).first().pk},
        "papers:journal": {"journal_id": journal.pk},
        "regimens:regimen": {"slug": Regimen.objects.first().slug},
        "regimens:drug": {"slug": Drug.objects.first().slug},
        "regimens:therapy_class": {"slug": "car_t"},
    }


METHOD_NOT_ALLOWED = 405
MANY_PAGES = 30
STATES = ("confirmed", "confirmed", "rejected", "confirmed")


@pytest.mark.once
def test_every_page_is_free_of_faults_in_every_look(open_page, person, library):
    page = open_page(person)

    found = {name: faults_in_every_look(page) for name in _shown_pages(page, library)}

    assert {name: faults for name, faults in found.items() if faults} == {}
    assert len(found) > MANY_PAGES


@pytest.mark.once
def test_every_page_for_strangers_is_free_of_faults_in_every_look(open_page, transactional_db):
    page = open_page()
    found = {}
    for address in (*map(reverse, PAGES_FOR_STRANGERS), "/nowhere/"):
        page.goto(address)
        found[address] = faults_in_every_look(page)

    assert {name: faults for name, faults in found.items() if faults} == {}


def test_pages_are_read_and_used_by_keyboard(open_page, person, library):
    page = open_page(person)
    page.goto(reverse("papers:author_list"))

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


def test_api_docs_open_without_a_complaint(open_page):
    page = open_page()
    page.goto(reverse("api-docs"))

    expect(page.locator(".opblock-summary-path").first).to_be_visible()


def test_menus_work_without_script(open_page, person):
    page = open_page(person, width=320, java_script_enabled=False)
    page.goto(reverse("papers:about"))

    page.get_by_role("button", name="Menu").click()
    assert page.get_by_role("link", name="Library", exact=True).is_visible()
    page.get_by_text("More", exact=True).click()
    assert page.get_by_role("link", name="Authors").is_visible()
    page.keyboard.press("Escape")
    page.locator("details.menu.push > summary").click()
    page.get_by_role("button", name="Dark").click()

    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.url.endswith(reverse("papers:about"))


def _shown_pages(page: Page, library: dict[str, dict[str, object]]) -> Iterator[str]:
    """Go to each page of ours in turn. A new page is looked at without being listed here; one
    whose address names a thing needs that thing in ``library``.
    """
    for name in _names(get_resolver()):
        if name in NO_PAGES or name.startswith("api-"):
            continue
        address = reverse(name, kwargs=library.get(name))
        answer = page.request.get(address)
        assert answer.status in (200, METHOD_NOT_ALLOWED), f"{name}: {answer.status}"
        is_page = answer.headers["content-type"].startswith("text/html")
        if answer.status == 200 and is_page and answer.url.endswith(address):
            page.goto(address)
            yield name


def _names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            if entry.name:
                yield prefix + entry.name
        elif entry.namespace not in ("admin", "api"):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from _names(entry, inner)
