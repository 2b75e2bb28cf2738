"""``manage.py rebuild_library``: every paper again from its source records, offline."""

from __future__ import annotations

from typing import Any

from papers.management.console import HouseCommand
from papers.services.rebuild import rebuild_library


class Command(HouseCommand):
    help = "Compute every paper again from its stored source records and the curators' corrections."

    def handle(self, *, json: bool, **options: Any) -> None:
        result = rebuild_library()
        if json:
            self.print_json({"papers": result.papers, "changed": result.changed})
        else:
            self.stdout.write(f"{result.papers} papers rebuilt, {result.changed} differed.")
