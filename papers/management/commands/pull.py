"""``manage.py pull``: what a query finds in a source, into the library, in the foreground."""

from __future__ import annotations

from typing import Any

from django.core.management import CommandError, CommandParser

from papers.management.pulling import PullCommand
from papers.models import Sources
from papers.services.searches import query_fault, search_for


class Command(PullCommand):
    help = (
        "Bring everything that a query finds in PubMed or Semantic Scholar into the library. The "
        "same command again goes on with a pull that was interrupted or waits for its source."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--source", required=True, choices=Sources.values)
        parser.add_argument("--query", required=True, help="in the source's own query language")

    def handle(self, *, source: str, query: str, full: bool, json: bool, **options: Any) -> None:
        if not query.strip():
            raise CommandError("The query is empty. Say what to look for, for example "
                               "--query rhabdomyosarcoma")  # fmt: skip
        if fault := query_fault(query):
            raise CommandError(f"The query cannot be meant so. {fault}")
        self.run(search_for(source, query), full=full, json=json)
