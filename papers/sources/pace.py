"""One rate for a source, kept by all threads, processes and hosts together.

Requests are spaced, never sent in bursts: whoever wants to send takes a *turn*, which nobody else
gets until the request is on the wire and the interval after it has passed. A burst that is within
the limit where it is sent may be above it where it arrives; spaced requests stay apart.

The marks are of a clock that cannot be set: the machine's uptime for a file, the server's own
expiry for Redis. Someone who dies in his turn holds up the others for a moment only.
"""

from __future__ import annotations

import fcntl
import math
import os
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

import redis

MARGIN = 0.85
"""The share of the allowed rate that is used; the way to the source is not of even length."""

LONGEST_HOLD_S = 3600.0
_NAP_S = 1.0
_HELD_BY_THE_DEAD_MS = 15_000

Sleep = Callable[[float], None]


class NoTurn(Exception):
    """There was no turn within somebody's patience."""


class HeldOff(NoTurn):
    """The source has asked to be left alone for longer than that: ``wait_s`` seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"not before {wait_s:.0f} s have passed")
        self.wait_s = wait_s


class Crowded(NoTurn):
    """Others took every turn."""


class PaceUnreachable(NoTurn):
    """Where the turns are kept nobody answers, and without a turn nobody may send."""


class Turn(ABC):
    """The right to send one request. ``sent`` passes it on; calling it twice does nothing."""

    @abstractmethod
    def sent(self) -> None: ...


class Pace(ABC):
    """Gives turns, ``requests_per_second`` times ``MARGIN`` of them a second at most."""

    def __init__(self, requests_per_second: float) -> None:
        self.interval_s = 1 / (requests_per_second * MARGIN)

    def take(self, sleep: Sleep = time.sleep, patience_s: float = math.inf) -> Turn:
        """Wait for a turn. ``sleep`` is called with a second at most, and may raise to give up.

        Raises NoTurn, of the kind that says why, as soon as it is clear that ``patience_s`` will
        not do.
        """
        ends = time.monotonic() + patience_s
        while True:
            turn, wait_s = self._try()
            if turn:
                return turn
            if time.monotonic() + wait_s > ends:
                raise self._why_not(wait_s)
            sleep(min(wait_s, _NAP_S))

    def _why_not(self, wait_s: float) -> NoTurn:
        # Between requests nobody waits longer than for somebody who has died in his turn.
        is_asked = wait_s > self.interval_s + _HELD_BY_THE_DEAD_MS / 1000
        return HeldOff(wait_s) if is_asked else Crowded()

    @abstractmethod
    def _try(self) -> tuple[Turn | None, float]:
        """A turn, or None and the seconds after which to try again."""

    @abstractmethod
    def hold_off(self, seconds: float) -> None:
        """Nobody sends for so long: the source has asked for it."""


class FilePace(Pace):
    """The pace of one machine: a file with the uptime at which the next request may go."""

    def __init__(self, path: Path, requests_per_second: float) -> None:
        super().__init__(requests_per_second)
        self.path = path

    def _try(self) -> tuple[Turn | None, float]:
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o640)
        fcntl.flock(file, fcntl.LOCK_EX)
        wait_s = _read_mark(file) - time.monotonic()
        if 0 < wait_s <= LONGEST_HOLD_S:  # a later mark is from before the machine was restarted
            os.close(file)
            return None, wait_s
        _write_mark(file, time.monotonic() + self.interval_s)
        return _FileTurn(file, self.interval_s), 0

    def hold_off(self, seconds: float) -> None:
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o640)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            until = time.monotonic() + min(seconds, LONGEST_HOLD_S)
            if _read_mark(file) < until:
                _write_mark(file, until)
        finally:
            os.close(file)


class _FileTurn(Turn):
    """Holds the lock of the file; closing it, by whatever end, lets the next one in."""

    def __init__(self, file: int, interval_s: float) -> None:
        self._file: int | None = file
        self._interval_s = interval_s

    def sent(self) -> None:
        if self._file is None:
            return
        _write_mark(self._file, time.monotonic() + self._interval_s)
        os.close(self._file)
        self._file = None


def _read_mark(file: int) -> float:
    try:
        return float(os.pread(file, 32, 0))
    except ValueError:
        return 0.0


def _write_mark(file: int, mark: float) -> None:
    os.pwrite(file, f"{mark:<32.6f}".encode(), 0)


_PASS_ON = """
if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('pexpire', KEYS[1], ARGV[2]) end
"""
_HOLD_OFF = """
if redis.call('pttl', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('set', KEYS[1], 'hold', 'px', ARGV[1])
end
"""


class RedisPace(Pace):
    """The pace of many hosts: while the key is there, nobody sends."""

    def __init__(self, url: str, name: str, requests_per_second: float) -> None:
        super().__init__(requests_per_second)
        self._redis = redis.Redis.from_url(url, socket_timeout=5)
        self._key = f"rmsreview:pace:{name}"
        self._is_lost = False

    def _why_not(self, wait_s: float) -> NoTurn:
        return PaceUnreachable() if self._is_lost else super()._why_not(wait_s)

    def _try(self) -> tuple[Turn | None, float]:
        token = uuid.uuid4().hex
        try:
            if self._redis.set(self._key, token, nx=True, px=_HELD_BY_THE_DEAD_MS):
                self._is_lost = False
                return _RedisTurn(self, token), 0
            left_ms = self._redis.pttl(self._key)
        except redis.RedisError:
            self._is_lost = True
            return None, _NAP_S  # it restarts
        self._is_lost = False
        return None, max(float(left_ms), 1.0) / 1000

    def hold_off(self, seconds: float) -> None:
        milliseconds = int(min(seconds, LONGEST_HOLD_S) * 1000)
        if milliseconds > 0:
            self._run(_HOLD_OFF, milliseconds)

    def _run(self, script: str, *arguments: str | int) -> None:
        try:
            self._redis.eval(script, 1, self._key, *arguments)
        except redis.RedisError:
            # The key keeps the time it had, which is longer.
            return


class _RedisTurn(Turn):
    def __init__(self, pace: RedisPace, token: str) -> None:
        self._pace, self._token, self._is_mine = pace, token, True

    def sent(self) -> None:
        if self._is_mine:
            self._is_mine = False
            self._pace._run(_PASS_ON, self._token, int(self._pace.interval_s * 1000) + 1)
