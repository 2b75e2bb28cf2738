"""``manage.py check_scheduler``: whether the scheduler lives. For health checks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db.models import Max
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

LONGEST_SILENCE = dt.timedelta(minutes=2)


class Command(BaseCommand):
    help = "End with exit code 1 where the scheduler has started nothing for two minutes."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        last = PeriodicTask.objects.aggregate(last=Max("last_run_at"))["last"]
        if last is None or timezone.now() - last > LONGEST_SILENCE:
            raise CommandError(
                f"The scheduler has started nothing since {last or 'ever'}. Start it again: "
                "python manage.py up --only scheduler",
                returncode=1,
            )
