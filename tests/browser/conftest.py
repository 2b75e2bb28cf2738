"""A real browser on a live server, for the tests marked ``browser``.

Chromium is the one that CHROMIUM names, or the first on the PATH. Where there is none these tests
are skipped; with RMSREVIEW_REQUIRE_ALL=1 they fail instead, so that a build cannot pass unlooked.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this folder."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, and Django takes that for async code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(
            executable_path=_executable(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def _executable() -> str:
    named = os.environ.get("CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    if os.environ.get("RMSREVIEW_REQUIRE_ALL") == "1":
        pytest.fail("Chromium is missing. Install it, or set CHROMIUM to where it is.")
    pytest.skip("needs Chromium: set CHROMIUM, or put it on the PATH")


@pytest.fixture(scope="session")
def answering() -> Iterator[set[threading.Thread]]:
    """The threads of the live server that have a connection to serve."""
    threads: set[threading.Thread] = set()
    serve = ThreadedWSGIServer.process_request_thread

    def serve_seen(server: ThreadedWSGIServer, *connection: object) -> None:
        threads.add(threading.current_thread())
        try:
            serve(server, *connection)
        finally:
            threads.discard(threading.current_thread())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ThreadedWSGIServer, "process_request_thread", serve_seen)
        yield threads


@pytest.fixture
def open_page(chromium, answering, live_server) -> Iterator[Callable[..., Page]]:
    """``open_page(user, scheme="dark", width=320)`` gives a page signed in as ``user``.

    Addresses are relative to the live server. The test fails when a page throws an error or breaks
    the content security policy.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    def open_(user: AbstractUser | None = None, *, width: int = 1280, **options: object) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 800},
            color_scheme=options.pop("scheme", "light"),
            **options,
        )
        contexts.append(context)
        if user:
            context.add_cookies([_session(user, live_server.url)])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", hear)
        return page

    yield open_
    for context in contexts:
        context.close()
    for thread in list(answering):
        # What a page had asked for last may still write, and the tables are emptied next.
        thread.join(timeout=20)
    assert complaints == []


def _session(user: AbstractUser, url: str) -> dict[str, str]:
    """The cookie of a person who has signed in."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}
