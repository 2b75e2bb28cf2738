"""Importing in a real browser: drop files, watch them come in, take back what was rejected."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from papers.models import Import
from papers.services.imports import run_import, store_upload
from papers.services.roles import give_role

pytestmark = pytest.mark.browser

CSV = "Title,PMID,Year\nVincristine,7,2020\n,,2001\n"
OTHER_CSV = "Title,PMID,Year\nIfosfamide,8,2020\n"

DROP = """([name, text, other_name, other_text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name));
  files.items.add(new File([other_text], other_name));
  const zone = document.querySelector("[data-drop]");
  for (const kind of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, {dataTransfer: files, bubbles: true, cancelable: true}));
  }
}"""


@pytest.fixture
def curator(transactional_db):
    person = get_user_model().objects.create_user("curator", password="not used")
    give_role(user=person, role="curator")
    return person


def queued(name: str, content: str) -> Import:
    return store_upload(name=name, chunks=[content.encode()], by=None)


def test_dropped_files_are_imported_and_the_list_follows(open_page, curator):
    page = open_page(curator)
    page.goto(reverse("papers:import_list"))

    page.evaluate(DROP, ["one.csv", CSV, "two.csv", OTHER_CSV])
    expect(page.locator("[data-files]")).to_have_text("one.csv, two.csv")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("2 files are on their way into the library.")).to_be_visible()
    expect(page.get_by_role("cell", name="Waiting for a worker")).to_have_count(2)
    for job in Import.objects.all():
        run_import(job.pk)

    expect(page.get_by_role("cell", name="Done", exact=True)).to_have_count(1)
    expect(page.get_by_role("cell", name="Done, 1 not read")).to_have_count(1)
    expect(page.locator("[hx-trigger]")).to_have_count(0)


def test_progress_survives_a_reload_and_ends_by_itself(open_page, curator):
    job = queued("one.csv", CSV)
    Import.objects.update(
        state="running", read=1, bytes_read=len(CSV) // 2, heartbeat_at=timezone.now()
    )
    page = open_page(curator)
    page.goto(job.get_absolute_url())
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "50")
    page.reload()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("button", name="Stop after this batch")).to_be_visible()

    Import.objects.update(state="queued", read=0)
    run_import(job.pk)

    expect(page.get_by_text("2 records read: 1 new paper").last).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Done")
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.get_by_role("button", name="Stop after this batch")).to_have_count(0)
    assert asked_within(page, 2500) == []


def test_rejected_pieces_are_shown_and_taken_away_as_a_file(open_page, curator):
    job = run_import(queued("one.csv", CSV).pk)
    page = open_page(curator)
    page.goto(job.get_absolute_url())

    page.get_by_text("Show no. 2").click()
    expect(page.locator("pre.raw")).to_contain_text("2001")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download them to mend and import again").click()

    assert download.value.suggested_filename == "one-rejected.csv"
    assert download.value.path().read_text() == "Title,PMID,Year\n,,2001\n"


def test_an_opened_piece_stays_open_while_the_import_goes_on(open_page, curator):
    job = run_import(queued("one.csv", CSV).pk)
    Import.objects.update(state="running", heartbeat_at=timezone.now())
    page = open_page(curator)
    page.goto(job.get_absolute_url())

    page.get_by_text("Show no. 2").click()
    with page.expect_response(lambda answer: answer.url.endswith(job.get_absolute_url())):
        pass
    page.wait_for_timeout(300)

    expect(page.locator("pre.raw")).to_be_visible()


def test_an_import_that_was_stopped_can_go_on(open_page, curator):
    job = queued("one.csv", CSV)
    page = open_page(curator)
    page.goto(job.get_absolute_url())

    page.get_by_role("button", name="Stop after this batch").click()
    expect(page.get_by_text("Cancelled").first).to_be_visible()
    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_text("It begins as soon as a worker is free.")).to_be_visible()


def test_importing_works_without_script(open_page, curator):
    page = open_page(curator, java_script_enabled=False)
    page.goto(reverse("papers:import_list"))

    page.set_input_files(
        'input[type="file"]', [{"name": "one.csv", "mimeType": "text/csv", "buffer": CSV.encode()}]
    )
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("one.csv")
    run_import(Import.objects.get().pk)
    page.get_by_role("link", name="See how far it is now").click()

    expect(page.get_by_text("2 records read: 1 new paper")).to_be_visible()


def asked_within(page: Page, milliseconds: int) -> list[str]:
    """The addresses that the page asks for by itself."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(milliseconds)
    return asked
