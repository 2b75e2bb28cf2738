"""``manage.py load_starter_library``: some papers, so that the first page is not empty."""

from __future__ import annotations

from typing import Any

from papers.management.console import HouseCommand
from papers.services.starter import load_starter_library


class Command(HouseCommand):
    help = "Load the starter library: the example review and papers with checked identifiers."

    def handle(self, *, json: bool, **options: Any) -> None:
        result = load_starter_library()
        if json:
            self.print_json({"created": result.created, "matched": result.matched})
        elif result.created:
            self.say(f"Starter library: {result.created} papers added.")
