"""``manage.py reindex``: the full-text index of every paper anew."""

from __future__ import annotations

from typing import Any

from papers.management.console import HouseCommand
from papers.services.rebuild import reindex_library


class Command(HouseCommand):
    help = "Write the full-text index of every paper anew."

    def handle(self, *, json: bool, **options: Any) -> None:
        papers = reindex_library()
        if json:
            self.print_json({"papers": papers})
        else:
            self.stdout.write(f"{papers} papers indexed.")
