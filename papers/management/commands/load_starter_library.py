"""``manage.py load_starter_library``: some papers, so that the first page is not empty."""

from __future__ import annotations

from typing import Any

from papers.management.console import HouseCommand
from papers.services.starter import load_starter_library, load_starter_searches


class Command(HouseCommand):
    help = (
        "Load the starter library: the example review, papers with checked identifiers, and search "
        "strategies, paused."
    )

    def handle(self, *, json: bool, **options: Any) -> None:
        result = load_starter_library()
        searches = load_starter_searches()
        if json:
            self.print_json(
                {"created": result.created, "matched": result.matched, "searches": searches}
            )
        elif result.created:
            self.say(f"Starter library: {result.created} papers added.")
