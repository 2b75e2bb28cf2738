"""How the house's commands speak: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def _is_behind() -> bool:
    """Whether the database lacks a migration."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


class HouseCommand(BaseCommand):
    """A command with ``--json``, which needs a migrated database.

    On the embedded database it migrates an empty or older library itself, so that the first
    command of a newcomer just works; a team's is migrated by ``manage.py prepare`` only.
    """

    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object per line on standard output"
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        if _is_behind():
            if not settings.IS_EMBEDDED:
                raise CommandError(
                    "The database is empty or of an older version. Run: python manage.py prepare"
                )
            self.stderr.write("Preparing the library …")
            call_command("migrate", verbosity=0)
            call_command("load_vocabulary", verbosity=0)
        return super().execute(*args, **options)

    def say(self, words: str) -> None:
        """A line for the person at the terminal."""
        self.stderr.write(words)

    def print_json(self, value: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False))
