"""A pull in the foreground: for ``manage.py pull`` and ``manage.py run_search``."""

from __future__ import annotations

import sys
import time
from typing import Any

from django.core.management import CommandError, CommandParser
from django.utils import timezone

from papers.management.console import HouseCommand
from papers.models import OPEN_STATES, Pull, Search
from papers.services.jobs import resume
from papers.services.pulls import queue_pull, run_pull

KEYS = ("found", "created", "matched", "updated", "rejected", "missing", "warnings")


class PullCommand(HouseCommand):
    """Runs a search to its end in this terminal."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--full", action="store_true", help="fetch every record again, not only revised ones"
        )

    def run(self, search: Search, *, full: bool, json: bool) -> None:
        """Pull, or go on with the pull that is under way. Ends with exit code 1 if it did not finish."""
        pull = queue_pull(search=search, by=None, is_full=full)
        if pull.state == Pull.State.WAITING:
            resume(pull)
        pull = self._follow(pull)
        if sys.stderr.isatty():
            self.stderr.write("")
        if json:
            self.print_json(_summary(pull))
        else:
            self._tell(pull)
        if pull.state != Pull.State.DONE:
            raise CommandError(
                f"The pull did not finish: {pull.get_state_display().lower()}. {pull.error}",
                returncode=1,
            )

    def _follow(self, pull: Pull) -> Pull:
        """Work on the pull, or wait for the worker that has it."""
        while True:
            try:
                done = run_pull(pull.pk, on_progress=self._show)
            except KeyboardInterrupt:
                # Nobody works on it now: whoever comes next need not wait for the lease to end.
                Pull.objects.filter(pk=pull.pk, state=Pull.State.RUNNING).update(
                    state=Pull.State.QUEUED, heartbeat_at=timezone.now()
                )
                raise CommandError(
                    "Interrupted. What came is stored; the same command again, or a worker, goes on.",
                    returncode=130,
                ) from None
            if done and done.state != Pull.State.RUNNING:
                return done
            pull.refresh_from_db()
            if pull.state not in OPEN_STATES or pull.state == Pull.State.WAITING:
                return pull
            self._show(pull)
            time.sleep(1)

    def _show(self, pull: Pull) -> None:
        if not sys.stderr.isatty():
            return
        if pull.to_fetch:
            share = min(1.0, pull.read / pull.to_fetch)
            bar = "█" * int(share * 30)
            line = f"[{bar:<30}] {pull.read:,} of {pull.to_fetch:,} records, {pull.created:,} new"
        else:
            line = f"asking: {pull.windows:,} answers, {pull.found:,} found so far"
        self.stderr.write(f"\r\x1b[K{line}", ending="")
        self.stderr.flush()

    def _tell(self, pull: Pull) -> None:
        self.stdout.write(
            f"{pull}: {pull.found:,} found, {pull.read:,} fetched: {pull.created:,} new, "
            f"{pull.matched:,} known, {pull.updated:,} changed, {pull.rejected:,} rejected, "
            f"{pull.missing:,} missing, "
            + (
                "not compared with earlier runs"
                if pull.gone is None
                else f"{pull.gone:,} no longer found"
            )
        )
        for warning in pull.warnings:
            self.say(f"  {warning}")


def _summary(pull: Pull) -> dict[str, Any]:
    said = {name: getattr(pull, name) for name in KEYS}
    return {
        "pull": pull.pk,
        "state": pull.state,
        "found": said.pop("found"),
        "fetched": pull.read,
        **said,
        "error": pull.error or None,
        "next_try": pull.waiting_until.isoformat()
        if pull.waiting_until and pull.state == Pull.State.WAITING
        else None,
    }
