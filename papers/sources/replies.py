"""What a reply says beside its content: how it is packed, and how long the source wants to be left alone."""

from __future__ import annotations

import email.utils
import zlib

import httpx

LARGEST_REPLY = 256 << 20
LONGEST_RETRY_AFTER_S = 24 * 3600.0
_GZIP = 16 + zlib.MAX_WBITS


class Unpacker:
    """Unpacks gzip; a reply may be several packed streams, one after the other (RFC 1952)."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP)

    def unpack(self, chunk: bytes) -> bytes:
        pieces = []
        while chunk:
            if self._stream.eof:
                self._stream = zlib.decompressobj(_GZIP)
            pieces.append(self._stream.decompress(chunk, LARGEST_REPLY))
            chunk = self._stream.unused_data
        return b"".join(pieces)

    @property
    def is_whole(self) -> bool:
        return self._stream.eof


def retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait, from a number or a date; the date is taken against the source's own clock."""
    said = response.headers.get("Retry-After", "").strip()
    if not said:
        return None
    try:
        seconds = float(said)
    except ValueError:
        moments = _moment(said), _moment(response.headers.get("Date") or email.utils.formatdate())
        if None in moments:
            return None
        until, now = (moment for moment in moments if moment is not None)
        seconds = until - now
    if not 0 <= seconds < float("inf"):
        return None
    return min(seconds, LONGEST_RETRY_AFTER_S)


def _moment(said: str) -> float | None:
    """The seconds of a date, or None where it is no date of this world."""
    try:
        parts = email.utils.parsedate_tz(said)
        return float(email.utils.mktime_tz(parts)) if parts else None
    except (ValueError, OverflowError, IndexError):
        return None
