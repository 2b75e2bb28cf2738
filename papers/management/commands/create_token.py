"""``manage.py create_token``: an API token for a person, printed once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import CommandError, CommandParser

from papers.management.console import HouseCommand
from papers.services.tokens import create_token


class Command(HouseCommand):
    help = "Make an API token for a person. It is printed now and never again."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("username")
        parser.add_argument("--days", type=int, metavar="N", help="it expires after N days")

    def handle(self, *, username: str, days: int | None, json: bool, **options: Any) -> None:
        person = get_user_model().objects.filter(username=username, is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active person “{username}”.")
        if days is not None and not 1 <= days <= 3650:
            raise CommandError("Give --days as a number from 1 to 3650.")
        token = create_token(days=days, by=person)
        if json:
            self.print_json({"username": username, "token": token})
        else:
            self.stdout.write(token)
            self.say("Keep it safe: it is not shown again.")
