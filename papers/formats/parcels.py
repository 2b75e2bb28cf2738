"""Records packed as they are stored: the bytes compressed, with their hash.

Packing belongs to reading, because it is the same work whoever stores the record, and can be done
in another process than the storing.
"""

from __future__ import annotations

import hashlib
import zlib
from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

from papers.records import Record

COMPRESSION = 1
"""zlib's fastest: a record packs 3 to 1 either way, and level 6 costs four times the time."""

_SHA256_BYTES = 32


class Parcel(NamedTuple):
    """A Record with its stored form; ``sha256`` is that of the uncompressed bytes."""

    record: Record
    sha256: bytes
    payload: bytes

    @property
    def raw(self) -> bytes:
        return zlib.decompress(self.payload)


class Digests:
    """A set of SHA-256 digests in 32 bytes each; a set of Python's takes four times as much."""

    def __init__(self, packed: bytes = b"") -> None:
        """``packed``: the digests one after another, in ascending order."""
        self.packed = packed
        self._count = len(packed) // _SHA256_BYTES

    @classmethod
    def of(cls, digests: Iterable[bytes]) -> Digests:
        return cls(b"".join(sorted(digests)))

    def __len__(self) -> int:
        return self._count

    def __contains__(self, digest: bytes) -> bool:
        place = bisect_left(range(self._count), digest, key=self._at)
        return place < self._count and self._at(place) == digest

    def _at(self, place: int) -> bytes:
        return self.packed[place * _SHA256_BYTES : (place + 1) * _SHA256_BYTES]


def pack(record: Record) -> Parcel:
    return Parcel(
        record, hashlib.sha256(record.raw).digest(), zlib.compress(record.raw, COMPRESSION)
    )
