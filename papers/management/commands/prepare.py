"""``manage.py prepare``: a library that is ready to be served."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, call_command

from papers.roles import ADMINISTRATOR
from papers.services.roles import give_role


class Command(BaseCommand):
    help = (
        "Migrate the database, load the vocabulary and the starter library, and make the first "
        "administrator. Run again, it changes nothing."
    )
    requires_migrations_checks = False

    def handle(self, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_vocabulary", stdout=self.stderr, stderr=self.stderr)
        call_command("load_starter_library", stdout=self.stderr, stderr=self.stderr)
        self._make_first_administrator()

    def _make_first_administrator(self) -> None:
        people = get_user_model()
        if people.objects.exists():
            return
        password = secrets.token_urlsafe(12)
        admin = people.objects.create_superuser("admin", password=password)
        give_role(user=admin, role=ADMINISTRATOR)
        self.stdout.write(
            "\n  The first administrator is\n\n"
            f"      user name  admin\n      password   {password}\n\n"
            "  This is shown once. Change it under Account.\n"
        )
