"""What a pull asks and what it is answered, written down before anybody reads it."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from types import TracebackType

from django.db.models import F
from django.utils import timezone

from papers.formats.parcels import COMPRESSION
from papers.models import Exchange, Pull
from papers.services.askers import asker_for
from papers.services.jobs import held
from papers.sources.http import Attempt, Patience
from papers.sources.questions import Check, Question

BEAT_S = 5.0


class TakenAway(Exception):
    """The pull was cancelled, or another worker has it."""


class Notebook:
    """Asks the questions of one pull, each once: an answer that is stored is not asked for again.

    While it waits it keeps the pull's heart beating, and raises TakenAway where it may not go on.
    """

    def __init__(
        self,
        pull: Pull,
        *,
        on_progress: Callable[[Pull], None] = lambda pull: None,
        patience: Patience | None = None,
    ) -> None:
        self.pull = pull
        self.on_progress = on_progress
        self._beaten_at = time.monotonic()
        self._asker = asker_for(
            pull.source, sleep=self._sleep, on_attempt=self._note, patience=patience
        )
        self._last: Attempt | None = None

    def __enter__(self) -> Notebook:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._asker.close()

    def ask(self, question: Question, check: Check) -> bytes:
        """The answer, stored; from the store where it is there. Raises as ``Asker.ask`` does."""
        key = question.key
        stored = Exchange.objects.filter(
            pull=self.pull, key=key, payload__isnull=False
        ).first()  # fmt: skip
        if stored:
            return stored.content
        content = self._asker.ask(question, check)
        assert self._last is not None
        answer = Exchange(
            pull=self.pull, **_told(self._last), payload=zlib.compress(content, COMPRESSION)
        )
        # A worker that was overtaken may have stored the same answer a moment ago.
        Exchange.objects.bulk_create([answer], ignore_conflicts=True)
        return content

    def _note(self, attempt: Attempt) -> None:
        """Count the request; keep one that failed. An answer is kept with its content."""
        self._last = attempt
        if attempt.problem:
            Exchange.objects.create(pull=self.pull, **_told(attempt))
        self.beat(requests=1)

    def beat(self, requests: int = 0) -> None:
        """A sign of life."""
        self._beaten_at = time.monotonic()
        alive = held(self.pull).update(
            heartbeat_at=timezone.now(), requests=F("requests") + requests
        )
        if not alive:
            raise TakenAway

    def _sleep(self, seconds: float) -> None:
        time.sleep(seconds)
        if time.monotonic() - self._beaten_at >= BEAT_S:
            self.beat()


def _told(attempt: Attempt) -> dict[str, object]:
    return {
        "key": attempt.question.key,
        "purpose": attempt.question.purpose[:200],
        "at": timezone.now(),
        "seconds": round(attempt.seconds, 3),
        "status": attempt.status,
        "size": attempt.size,
        "problem": attempt.problem,
    }
