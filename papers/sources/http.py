"""Asks a source over HTTP until it has answered whole, or patience ends.

Errors, in the order in which they are found out::

    SourceError
    ├── SourceUnavailable   no connection, hang, slow drip, 429, 5xx, redirect, cut or damaged reply,
    │                       a web page instead of data; asked again, then handed on
    └── SourceRejected      400, 401, 403, 404, 414 …: asking again would not help

Retry-After is obeyed, by everybody who shares the pace. The waits between other tries double and
are spread by chance, which Semantic Scholar's terms ask for.
"""

from __future__ import annotations

import datetime as dt
import logging
import math
import random
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Timer
from typing import Any

import httpx

from papers.sources.pace import HeldOff, NoTurn, Pace, PaceUnreachable, Sleep, Turn
from papers.sources.questions import Check, Question, SourceError, SourceRejected, SourceUnavailable
from papers.sources.replies import LARGEST_REPLY, Unpacker, retry_after
from papers.sources.secrets import shapes_of

# They log whole addresses, and PubMed's key stands in the address.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
_SENT = "http11.send_request_body.complete"
_CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")
_PASSING = (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_EARLY)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request that was made: what came of it, for the record of the pull."""

    question: Question
    seconds: float
    status: int | None = None
    size: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a source is waited for, in seconds.

    ``connect`` and ``read`` are for a silent server, ``reply`` for a whole reply however it
    drips, ``question`` for all tries of one question together.
    """

    connect: float = 10
    read: float = 30
    reply: float = 60
    question: float = 90


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks: the source's name and address, what goes with every request, what is secret."""

    source: str
    base_url: str
    params: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()


@dataclass
class Asker:
    """Asks the questions of one source. ``close`` it in the end."""

    account: Account
    pace: Pace
    patience: Patience = field(default_factory=Patience)
    sleep: Sleep = time.sleep
    on_attempt: Callable[[Attempt], None] = lambda attempt: None
    transport: httpx.BaseTransport | None = None

    def __post_init__(self) -> None:
        self._secrets = shapes_of(self.account.secrets)
        self._stream: Any = None
        self._http = httpx.Client(
            base_url=self.account.base_url.rstrip("/") + "/",
            headers={"Accept-Encoding": "gzip", **dict(self.account.headers)},
            timeout=httpx.Timeout(self.patience.read, connect=self.patience.connect),
            follow_redirects=False,
            transport=self.transport,
        )

    def close(self) -> None:
        self._http.close()

    def ask(self, question: Question, check: Check) -> bytes:
        """The bytes of an answer that ``check`` accepts, secrets blotted out.

        Raises SourceRejected at once, and SourceUnavailable when patience has ended.
        """
        since = dt.datetime.now(dt.UTC)
        ends = time.monotonic() + self.patience.question
        tries = 0
        failed: SourceUnavailable | None = None
        while True:
            try:
                turn = self.pace.take(self.sleep, ends - time.monotonic())
            except NoTurn as error:
                # What the source has said itself tells more than that there was no turn to ask again.
                if failed is not None and not isinstance(error, HeldOff):
                    raise _given_up(failed, tries, since) from error
                raise self._not_asked(error) from error
            tries += 1
            try:
                return self._try(question, check, turn)
            except SourceUnavailable as error:
                failed = error
                wait_s = max(error.retry_after or 0.0, _backoff(tries))
                if error.retry_after:
                    self.pace.hold_off(wait_s)
                if time.monotonic() + wait_s > ends:
                    raise _given_up(error, tries, since) from error
                self._wait(wait_s)

    def _not_asked(self, error: NoTurn) -> SourceUnavailable:
        if isinstance(error, HeldOff):
            minutes = _times(math.ceil(error.wait_s / 60), "minute")
            return SourceUnavailable(
                f"{self._name} asked to be left alone for another {minutes}.", error.wait_s
            )
        if isinstance(error, PaceUnreachable):
            return SourceUnavailable(
                f"{self._name} was not asked: Redis, which keeps the pace of all requests, does not "
                "answer."
            )
        return SourceUnavailable(
            f"{self._name} was not asked: no turn came in time. Other runs ask it too."
        )

    def _wait(self, seconds: float) -> None:
        while seconds > 0:
            self.sleep(min(seconds, 1.0))
            seconds -= 1.0

    def _try(self, question: Question, check: Check, turn: Turn) -> bytes:
        begun = time.monotonic()
        status: int | None = None
        content = b""
        problem = ""
        try:
            status, content = self._send(question, turn)
            check(content)
        except SourceError as error:
            problem = self.scrubbed(str(error))
            raise _like(error, problem) from None
        finally:
            seconds = time.monotonic() - begun
            self.on_attempt(Attempt(question, seconds, status, len(content), problem))
        return content

    def _send(self, question: Question, turn: Turn) -> tuple[int, bytes]:
        ends = time.monotonic() + self.patience.reply
        try:
            with self._cut_off_in(self.patience.reply):
                response = self._http.send(self._request(question, turn), stream=True)
                try:
                    turn.sent()
                    content = b"".join(self._body(response, ends))
                finally:
                    response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if time.monotonic() > ends:
                raise self._too_slow() from error
            raise SourceUnavailable(self._in_words(error)) from error
        finally:
            turn.sent()
        self._refuse(response, content)
        return response.status_code, self._blotted(content)

    @contextmanager
    def _cut_off_in(self, seconds: float) -> Iterator[None]:
        """End the connection after so long: httpx bounds each silence, not headers that drip."""
        alarm = Timer(seconds, self._cut_off)
        alarm.daemon = True
        alarm.start()
        try:
            yield
        finally:
            alarm.cancel()

    def _cut_off(self) -> None:
        connected = self._stream and self._stream.get_extra_info("socket")
        if connected:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)

    def _request(self, question: Question, turn: Turn) -> httpx.Request:
        params = httpx.QueryParams((*question.params, *self.account.params))
        headers = {}
        content = None
        if question.is_form:
            content = str(params).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif question.body is not None:
            content = question.body.encode()
            headers["Content-Type"] = "application/json"

        def trace(event: str, details: dict[str, Any]) -> None:
            if event == _SENT:
                turn.sent()
            elif event in _CONNECTED:
                self._stream = details["return_value"]

        return self._http.build_request(
            "GET" if content is None else "POST",
            question.path,
            params=None if question.is_form else params,
            content=content,
            headers=headers,
            extensions={"trace": trace},
        )

    def _body(self, response: httpx.Response, ends: float) -> Iterator[bytes]:
        """The reply's bytes, unpacked. httpx takes a gzip stream without its end for whole."""
        encoding = response.headers.get("Content-Encoding", "identity").lower()
        if encoding not in ("identity", "", "gzip", "x-gzip"):
            raise SourceUnavailable(f"{self._name} sent its reply packed as “{encoding[:20]}”.")
        unpacker = Unpacker() if "gzip" in encoding else None
        size = 0
        for chunk in response.iter_raw():
            piece = self._unpacked(unpacker, chunk) if unpacker else chunk
            size += len(piece)
            if size > LARGEST_REPLY:
                raise SourceUnavailable(
                    f"{self._name} sent more than {LARGEST_REPLY >> 20} MB in one reply."
                )
            if time.monotonic() > ends:
                raise self._too_slow()
            yield piece
        if unpacker and not unpacker.is_whole and response.status_code == httpx.codes.OK:
            raise SourceUnavailable(f"{self._name} sent a reply that was cut off.")

    def _too_slow(self) -> SourceUnavailable:
        return SourceUnavailable(
            f"{self._name} sent its reply too slowly: not whole after {self.patience.reply:.0f} s."
        )

    def _unpacked(self, unpacker: Unpacker, chunk: bytes) -> bytes:
        try:
            return unpacker.unpack(chunk)
        except zlib.error as error:
            raise SourceUnavailable(f"{self._name} sent a reply that was damaged.") from error

    def _refuse(self, response: httpx.Response, content: bytes) -> None:
        """Raise what the status says, unless it says that all is well."""
        status = response.status_code
        if status == httpx.codes.OK:
            return
        said = self.scrubbed(_excerpt(content))
        quoted = f" It said: “{said}”." if said else ""
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise SourceUnavailable(
                f"{self._name} had too many requests (HTTP 429).", retry_after(response)
            )
        if response.is_redirect:
            place = httpx.URL(response.headers.get("Location", "")).host or "another address"
            raise SourceUnavailable(
                f"{self._name} was redirected to {place}, which is not followed (HTTP {status}). "
                "A proxy or a sign-in page may stand between."
            )
        if status >= 500 or status in _PASSING:
            raise SourceUnavailable(
                f"{self._name} had a fault of its own (HTTP {status}).", retry_after(response)
            )
        if status < 400:
            raise SourceUnavailable(f"{self._name} answered without an answer (HTTP {status}).")
        if status in (401, 403):
            raise SourceRejected(
                f"{self._name} refused access (HTTP {status}): the key is wrong or blocked. Ask "
                f"your administrator.{quoted}"
            )
        raise SourceRejected(f"{self._name} refused the question (HTTP {status}).{quoted}")

    @property
    def _name(self) -> str:
        return self.account.source

    def _in_words(self, error: Exception) -> str:
        if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError | httpx.UnsupportedProtocol):
            return f"{self._name} cannot be reached at {self._http.base_url.host}."
        if isinstance(error, httpx.TimeoutException):
            return f"{self._name} was silent for {self.patience.read:.0f} s."
        return f"The connection to {self._name} broke off."

    def scrubbed(self, text: str) -> str:
        """The text without the account's secrets, in whatever spelling."""
        for secret in self._secrets:
            text = text.replace(secret, "[key]")
        return text

    def _blotted(self, content: bytes) -> bytes:
        for secret in self._secrets:
            content = content.replace(secret.encode(), b"[key]")
        return content


def _like(error: SourceError, sentence: str) -> SourceError:
    if isinstance(error, SourceUnavailable):
        return SourceUnavailable(sentence, error.retry_after)
    return type(error)(sentence)


def _given_up(last: SourceUnavailable, tries: int, since: dt.datetime) -> SourceUnavailable:
    """What the source said last, how often it was asked, and since when."""
    return SourceUnavailable(
        f"{last} Asked {_times(tries, 'time')} since {since:%H:%M:%S} UTC.", last.retry_after, since
    )


def _times(count: int, one: str) -> str:
    return f"{count} {one}{'' if count == 1 else 's'}"


def _backoff(tries: int) -> float:
    longest = min(FIRST_WAIT_S * 2 ** (tries - 1), LONGEST_WAIT_S)
    return random.uniform(longest / 2, longest)


def _excerpt(content: bytes) -> str:
    return " ".join(content[:2000].decode("utf-8", "replace").split())[:200]
