"""Questions to a source and what can go wrong with them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass


class SourceError(Exception):
    """A source gave no usable answer. Its text is a sentence for the curator."""


class SourceUnavailable(SourceError):
    """It may answer later: no connection, too many requests, a fault of its own, half a reply.

    ``retry_after``: seconds that the source asked to wait, or None. ``since``: when it was asked
    first.
    """

    def __init__(
        self,
        sentence: str,
        retry_after: float | None = None,
        since: dt.datetime | None = None,
    ) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        self.since = since


class SourceRejected(SourceError):
    """It will never answer this question: a wrong key, a query it cannot read."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request to a source: relative path, parameters, optional JSON body.

    ``purpose`` says for a person what is asked. ``turn`` tells repeated equal questions apart:
    whoever wants a fresh answer to the same question asks it with a higher one.
    """

    path: str
    params: tuple[tuple[str, str], ...] = ()
    purpose: str = ""
    body: str | None = None
    is_form: bool = False
    """Send the parameters in the body: they are too long for an address."""

    turn: int = 1

    @property
    def key(self) -> str:
        """The same for equal questions, in every process: SHA-256 in hexadecimal."""
        said = json.dumps([self.path, self.params, self.body, self.turn])
        return hashlib.sha256(said.encode()).hexdigest()


Check = Callable[[bytes], object]
"""Looks at an answer and raises SourceError where it is none."""

Ask = Callable[[Question, Check], bytes]
"""Gives the bytes of the answer to a question, from wherever."""
