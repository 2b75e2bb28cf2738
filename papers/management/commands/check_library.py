"""``manage.py check_library``: does what must always hold hold?"""

from __future__ import annotations

from typing import Any

from django.core.management import CommandError

from papers.management.console import HouseCommand
from papers.services.rebuild import find_faults


class Command(HouseCommand):
    help = (
        "Verify the library: raw payloads are intact, every value has a source that is there, one "
        "current tag a target, corrections hold, the index is complete."
    )

    def handle(self, *, json: bool, **options: Any) -> None:
        count = 0
        for fault in find_faults():
            count += 1
            if json:
                self.print_json({"fault": fault})
            else:
                self.stdout.write(fault)
        if count:
            raise CommandError(f"{count} faults found.", returncode=1)
        self.say("The library holds together.")
