"""The pictures of the README, made by the product itself: ``make screenshots``.

A library of its own in a temporary folder, with the starter papers and a few tags for show; the
pages as a curator sees them, into docs/screenshots.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.running import ROOT, House, first_password, wait_until

PICTURES = ROOT / "docs/screenshots"

# (file, page, scheme, width, height)
SHOTS = (
    ("dashboard", "/", "light", 1280, 900),
    ("queue", "/curate/?paper=1", "light", 1280, 900),
    ("map", "/map/?open=targeted", "light", 1280, 900),
    ("library", "/papers/?search=rhabdomyosarcoma", "light", 1280, 860),
    ("library-dark", "/papers/?therapy_class=car_t", "dark", 1280, 860),
    ("library-phone", "/papers/?search=rhabdomyosarcoma", "light", 390, 844),
    ("paper", "/papers/1/", "light", 1280, 860),
    ("imports", "/imports/", "light", 1280, 700),
    ("regimen", "/regimens/mts-2008/", "light", 1280, 900),
)

# What is searched for and what it is tagged with, so that the pages have something to show.
TAG_FOR_SHOW = """
import django
django.setup()
from django.contrib.auth import get_user_model
from papers.models import Paper
from papers.search.engine import find
from papers.services.tagging import Statement, tag_papers
from regimens.models import TherapyClass

admin = get_user_model().objects.get(username="admin")
for search, slug, state in (
    ("title:vincristine OR title:chemotherapy OR title:topotecan OR title:vinorelbine", "chemotherapy", "confirmed"),
    ("title:trametinib OR title:temsirolimus OR title:ganitumab OR title:R1507", "targeted", "confirmed"),
    ('title:"CAR T" OR title:"Chimeric Antigen" -NK', "car_t", "confirmed"),
    ("title:NK OR title:conjugate OR title:antibody", "immunotherapy", "confirmed"),
    ("title:incidence OR title:classification", "chemotherapy", "rejected"),
):
    papers = find(Paper.objects.all(), search).values_list("pk", flat=True)
    statement = Statement(TherapyClass.objects.get(slug=slug), state)
    tag_papers(papers=papers, statements=[statement], by=admin)
tag_papers(
    papers=[1],
    statements=[Statement(TherapyClass.objects.get(slug="chemotherapy"), "confirmed")],
    note="The review's main subject.",
    by=admin,
)
"""


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("Chromium is needed for pictures. Install it and try again.")
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder))
        password = first_password(_said(house.manage("prepare")))
        _said(house.manage("suggest"))
        _said(house.python(TAG_FOR_SHOW))
        command = [sys.executable, "manage.py", "up", "--no-prepare", "--only", "web"]
        with house.started(command), sync_playwright() as playwright:
            wait_until(house.is_ready, "the server answers")
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
            )
            _take(browser, house.address, password)
            browser.close()


def _said(done: object) -> str:
    if done.returncode:  # type: ignore[attr-defined]
        sys.exit(done.stderr)  # type: ignore[attr-defined]
    return done.stdout + done.stderr  # type: ignore[attr-defined]


def _take(browser: Browser, address: str, password: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, path, scheme, width, height in SHOTS:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        page = context.new_page()
        page.goto(f"{address}/account/login/")
        page.fill("[name=login]", "admin")
        page.fill("[name=password]", password)
        page.click("main button")
        page.wait_for_url(f"{address}/")
        page.goto(f"{address}{path}")
        page.screenshot(path=PICTURES / f"{name}.png")
        context.close()
        print(f"docs/screenshots/{name}.png", file=sys.stderr)


if __name__ == "__main__":
    main()
