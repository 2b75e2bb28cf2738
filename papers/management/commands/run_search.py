"""``manage.py run_search``: one saved search, in the foreground."""

from __future__ import annotations

from typing import Any

from django.core.management import CommandError, CommandParser

from papers.management.pulling import PullCommand
from papers.models import Search


class Command(PullCommand):
    help = "Run a saved search in the foreground; its number stands in its address."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("id", type=int, metavar="ID")

    def handle(self, *, id: int, full: bool, json: bool, **options: Any) -> None:
        search = Search.objects.filter(pk=id).first()
        if search is None:
            raise CommandError(
                f"There is no search {id}. The searches: "
                + (
                    ", ".join(f"{row.pk} ({row})" for row in Search.objects.all()[:20])
                    or "none yet"
                )
            )
        self.run(search, full=full, json=json)
