"""``manage.py load_vocabulary``: the vocabulary's tables from their files."""

from __future__ import annotations

import json
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from regimens.services.vocabulary import VocabularyError, load_vocabulary


class Command(BaseCommand):
    help = (
        "Load therapy classes, drugs, trials, regimens, settings and study designs from "
        "regimens/data. Rows that a person has edited are kept. Run again, it changes nothing."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object on standard output"
        )

    def handle(self, **options: Any) -> None:
        try:
            loaded = load_vocabulary()
        except VocabularyError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(loaded.as_dict()))
        elif options["verbosity"]:
            self.stderr.write(
                f"Vocabulary: {loaded.created} rows new, {loaded.updated} changed, "
                f"{loaded.unchanged} unchanged, {loaded.kept} kept as people edited them."
            )
