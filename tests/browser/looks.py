"""What every page must be, in light and dark, on a desk and on a phone: free of the faults that axe
finds, and no wider than its window.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

DESK, PHONE = 1280, 320
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
"""The rules that darkness can break. What the others say of a page, they say in any light."""


def faults(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe finds in the page as it is shown, each as "rule: element"."""
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def faults_in_every_look(page: Page) -> list[str]:
    """What is wrong with the page that is open, each as "dark, 320 wide: rule: element"."""
    return [
        f"{scheme}, {width} wide: {fault}"
        for width in (DESK, PHONE)
        for scheme in ("light", "dark")
        for fault in _faults_in(page, scheme, width)
    ]


def _faults_in(page: Page, scheme: Any, width: int) -> Iterator[str]:
    page.set_viewport_size({"width": width, "height": 800})
    # Without motion colours do not pass through others on their way.
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    taken = page.evaluate("document.documentElement.scrollWidth")
    if taken > width:
        yield f"takes {taken} px"
    yield from faults(page, RULES if scheme == "light" else COLOURS)
