"""What a pull asks and what it is answered, written down before anybody reads it."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from threading import Event
from types import TracebackType

from django.db.models import F, QuerySet
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

    A thread of its own talks to the source, so that this one can keep the pull's heart beating
    while it waits, store one answer while the next is on its way, and raise TakenAway where it may
    not go on. That thread never touches the database.
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
        self._attempts: SimpleQueue[Attempt] = SimpleQueue()
        self._is_over = Event()
        self._asker = asker_for(
            pull.source, sleep=self._nap, on_attempt=self._attempts.put, patience=patience
        )
        self._messenger = ThreadPoolExecutor(1, thread_name_prefix="source")
        self._expected: dict[str, Future[bytes]] = {}
        self._answered: dict[str, Attempt] = {}

    def __enter__(self) -> Notebook:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        # What is on its way when a pull is stopped is not waited for.
        self._messenger.shutdown(wait=error is None, cancel_futures=True)
        self._asker.close()

    def ask(self, question: Question, check: Check) -> bytes:
        """The answer, stored; from the store where it is there. Raises as ``Asker.ask`` does."""
        key = question.key
        stored = self._stored(key).first()
        if stored:
            return stored.content
        future = self._expected.pop(key, None) or self._send(question, check)
        content = self._wait(future)
        answer = Exchange(
            pull=self.pull,
            **_told(self._answered.pop(key)),
            payload=zlib.compress(content, COMPRESSION),
        )
        # A worker that was overtaken may have stored the same answer a moment ago.
        Exchange.objects.bulk_create([answer], ignore_conflicts=True)
        self._end_silence()
        return content

    def expect(self, question: Question, check: Check) -> None:
        """Ask already for what will be asked next."""
        if question.key not in self._expected and not self._stored(question.key).exists():
            self._expected[question.key] = self._send(question, check)

    def _end_silence(self) -> None:
        """The source answers again: the next outage is another one."""
        if self.pull.silent_since:
            self.pull.silent_since, self.pull.tries = None, 0
            held(self.pull).update(silent_since=None, tries=0)

    def _stored(self, key: str) -> QuerySet[Exchange]:
        return Exchange.objects.filter(pull=self.pull, key=key, payload__isnull=False)

    def _send(self, question: Question, check: Check) -> Future[bytes]:
        return self._messenger.submit(self._asker.ask, question, check)

    def _wait(self, future: Future[bytes]) -> bytes:
        while True:
            done, _ = wait([future], timeout=1)
            self._write_attempts()
            if done:
                return future.result()

    def _write_attempts(self) -> None:
        """Count the requests; keep those that failed. An answer is kept with its content."""
        requests = 0
        while not self._attempts.empty():
            attempt = self._attempts.get()
            requests += 1
            if attempt.problem:
                Exchange.objects.create(pull=self.pull, **_told(attempt))
            else:
                self._answered[attempt.question.key] = attempt
        if requests or time.monotonic() - self._beaten_at >= BEAT_S:
            self._beat(requests)

    def _beat(self, requests: int) -> None:
        self._beaten_at = time.monotonic()
        alive = held(self.pull).update(
            heartbeat_at=timezone.now(), requests=F("requests") + requests
        )
        if not alive:
            raise TakenAway

    def _nap(self, seconds: float) -> None:
        if self._is_over.wait(seconds):
            raise TakenAway


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
