"""A file as readers see it: decompressed, decoded, in pieces, with its problems in words.

An ``InputFile`` may be read any number of times and never holds more than one chunk of it,
so that a baseline file of PubMed costs no more memory than a page of references. What is
wrong with the file as a whole is an ``Unreadable``, whose text is a sentence for the person who
chose the file; what is wrong with its end (a truncated gzip) is left in ``problem``, because
the records before it are good.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from papers.formats.parcels import Digests

CHUNK_BYTES = 1 << 18
MAX_BYTES = 2 << 30
"""Most that a file may hold unpacked. A whole PubMed baseline file is about 250 MB."""

MAX_WHOLE_BYTES = 128 << 20
"""Most that a format is read of which must be in memory as a whole (JSON, EndNote XML)."""

MAX_LINE_CHARS = 32 << 20
"""Longest line; a file without line ends is no list of records and costs time for nothing."""

BOMB_RATIO = 200
"""gzip above this ratio is a bomb: real bibliographies pack 4 to 15 times."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Unreadable(Exception):
    """The file as a whole cannot be read. ``str(error)`` says why and what to do."""


class InputFile:
    """Bytes to read records from; ``name`` is only for messages."""

    def __init__(self, opener: Callable[[], BinaryIO], name: str = "") -> None:
        self._open = opener
        self.name = name
        self.problem: str | None = None
        """What is wrong with its end, found by the latest pass over it."""
        self.bytes_read = 0
        """Bytes of the file, as it lies there, that the latest pass over it has taken in."""
        self.known = Digests()
        """SHA-256 digests of records that need no reading, because the library has their bytes."""
        self._encoding: str | None = None
        self._head: bytes | None = None

    @classmethod
    def from_path(cls, path: Path | str, name: str = "") -> InputFile:
        return cls(lambda: Path(path).open("rb"), name or Path(path).name)

    @classmethod
    def from_bytes(cls, content: bytes, name: str = "") -> InputFile:
        return cls(lambda: io.BytesIO(content), name)

    @property
    def head(self) -> bytes:
        """The first 64 KB, unpacked."""
        if self._head is None:
            head = b""
            for chunk in self.chunks():
                head += chunk
                if len(head) >= 1 << 16:
                    break
            self._head = head[: 1 << 16]
        return self._head

    @property
    def head_text(self) -> str:
        """The first 64 KB as text; undecodable bytes become U+FFFD."""
        return codecs.decode(self.head, self._bom_encoding() or "utf-8", "replace").lstrip("\ufeff")

    def chunks(self) -> Iterator[bytes]:
        """The unpacked bytes. Stops at a truncated end and says so in ``problem``."""
        total, self.problem = 0, None
        packed_bytes: Callable[[], int] | None = None
        with self._open() as raw:
            is_packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream: BinaryIO = gzip.GzipFile(fileobj=raw) if is_packed else raw  # type: ignore[assignment]
            packed_bytes = raw.tell if is_packed else None
            while chunk := self._next_chunk(stream):
                total += len(chunk)
                self.bytes_read = raw.tell()
                self._refuse_bomb(total, packed_bytes)
                yield chunk

    def _next_chunk(self, stream: BinaryIO) -> bytes:
        """A full chunk, or what is left; of a damaged stream all that can be unpacked."""
        parts, wanted = [], CHUNK_BYTES
        # read() would throw away what it has unpacked when it meets the damage; read1() does not.
        while wanted and not self.problem:
            try:
                part = stream.read1(wanted)  # type: ignore[attr-defined]
            except (EOFError, zlib.error, gzip.BadGzipFile, OSError):
                self.problem = (
                    "The compressed file ends too early or is damaged; the records "
                    "before that place were read. Download the file again."
                )
                break
            if not part:
                break
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)

    def _refuse_bomb(self, total: int, packed_bytes: Callable[[], int] | None) -> None:
        if total > MAX_BYTES:
            raise Unreadable(
                f"The file holds more than {MAX_BYTES >> 30} GB. Split it and import the parts."
            )
        if packed_bytes and total > 32 << 20 and total > BOMB_RATIO * max(packed_bytes(), 1):
            raise Unreadable(
                "The compressed file unpacks to over 200 times its size, which no bibliography "
                "does. It was not read."
            )

    def read_whole(self) -> bytes:
        """All the bytes, for formats that need them at once."""
        parts: list[bytes] = []
        total = 0
        for chunk in self.chunks():
            total += len(chunk)
            if total > MAX_WHOLE_BYTES:
                raise Unreadable(
                    f"This format is read up to {MAX_WHOLE_BYTES >> 20} MB a file. "
                    "Split the file and import the parts."
                )
            parts.append(chunk)
        return b"".join(parts)

    def read_text(self) -> str:
        """All of it as text, line ends as they are, the byte order mark taken off."""
        return self.read_whole().decode(self.encoding, "replace").lstrip("\ufeff")

    @property
    def encoding(self) -> str:
        """The byte order mark's, else UTF-8 if every byte fits, else Windows-1252."""
        if self._encoding is None:
            self._encoding = self._bom_encoding() or ("utf-8" if self._is_utf8() else "cp1252")
        return self._encoding

    def _bom_encoding(self) -> str | None:
        return next((name for bom, name in _BOMS if self.head.startswith(bom)), None)

    def _is_utf8(self) -> bool:
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            for chunk in self.chunks():
                decoder.decode(chunk)
            # A file cut inside a character is still UTF-8, so the decoder is not closed.
        except UnicodeDecodeError:
            return False
        return True

    def lines(self) -> Iterator[tuple[int, str]]:
        """(line number from 1, text without its end); LF, CRLF and CR all end a line."""
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        newlines = io.IncrementalNewlineDecoder(None, translate=True)
        number, rest = 1, ""
        for chunk in self.chunks():
            parts = (rest + newlines.decode(decoder.decode(chunk))).split("\n")
            rest = parts.pop()
            for part in parts:
                yield number, part.lstrip("\ufeff") if number == 1 else part
                number += 1
            if len(rest) > MAX_LINE_CHARS:
                raise Unreadable(
                    f"Line {number} is longer than any record can be. Export the file again."
                )
        rest += newlines.decode(decoder.decode(b"", final=True), final=True)
        # Where the file was cut the line is too: half a PMID is another paper's.
        if rest and not self.problem:
            yield number, rest.lstrip("\ufeff") if number == 1 else rest
