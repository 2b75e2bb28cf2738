"""A file read ahead of whoever stores it, a batch at a time.

A large file is read in a process of its own: reading and storing then take the time of the longer
of the two, and a file on which a parser of C code crashes ends that process, not the worker.
"""

from __future__ import annotations

import contextlib
import gc
import pickle
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from papers.formats import InputFile, Unreadable, read
from papers.formats.parcels import Digests, Parcel, pack
from papers.records import Deleted, Known, Record, Rejected

OWN_PROCESS_BYTES = 4 << 20
"""Smaller files are read sooner than a process starts."""

_PROGRAM = "import sys; from papers.formats import ahead; ahead.send(sys.argv[1:])"
_ANSWERER = "import sys; from papers.formats import ahead; ahead.answer(sys.argv[1])"
_ROOT = Path(__file__).resolve().parents[2]


class Batch(NamedTuple):
    """Entries in the order of the file, and how many of its bytes have been taken in."""

    entries: list[Parcel | Rejected | Deleted | Known]
    bytes_read: int


def batches(
    path: Path,
    format_name: str,
    *,
    skip: int,
    size: int,
    known: Callable[[], Digests] = Digests,
) -> Generator[Batch]:
    """The entries of a file after the first ``skip``, in batches of ``size``.

    ``known`` gives the digests of the records that the library has. It is called for a large file
    only: finding out that a record is known takes a fifth of the time of reading it.

    Raises Unreadable as the reader does, and ChildProcessError where its process crashes.
    """
    if path.stat().st_size < OWN_PROCESS_BYTES:
        return _batches(path, format_name, skip, size, Digests())
    return _from_process(path, format_name, skip, size, known())


def _batches(
    path: Path, format_name: str, skip: int, size: int, known: Digests
) -> Generator[Batch]:
    file = InputFile.from_path(path)
    file.known = known
    entries = islice(read(file, format_name), skip, None)
    while batch := [
        pack(entry) if isinstance(entry, Record) else entry for entry in islice(entries, size)
    ]:
        yield Batch(batch, file.bytes_read)


def _from_process(
    path: Path, format_name: str, skip: int, size: int, known: Digests
) -> Generator[Batch]:
    command = [sys.executable, "-c", _PROGRAM, str(path), format_name, str(skip), str(size)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=_ROOT, stdin=pipe, stdout=pipe) as process:
        assert process.stdin
        assert process.stdout
        try:
            # A process that has ended says why below, at the end of what it wrote.
            with contextlib.suppress(BrokenPipeError), process.stdin as stdin:
                stdin.write(known.packed)
            yield from _received(process.stdout)
        finally:
            process.kill()
    # Killed above after its last word; whoever ended otherwise ended before it.
    if process.returncode not in (0, -9):
        raise ChildProcessError(f"the reader of {path.name} ended with {process.returncode}")


# A reader that is killed while it speaks leaves half a word.
_CUT_OFF = (EOFError, pickle.UnpicklingError)


def _received(stream: IO[bytes]) -> Generator[Batch]:
    """What the process says up to its last word, None."""
    while True:
        try:
            said = pickle.load(stream)
        except _CUT_OFF:
            raise ChildProcessError("the reader ended in the middle of the file") from None
        if isinstance(said, Unreadable):
            raise said
        if said is None:
            return
        yield said


def send(arguments: list[str]) -> None:
    """What the process does: batches, pickled, to standard output; then None or the Unreadable.

    Standard input has the digests of the records that are known.
    """
    path, format_name, skip, size = arguments
    known = Digests(sys.stdin.buffer.read())
    # Records hold no cycles, and looking for some among 100,000 names takes a tenth of the time.
    gc.disable()
    # Whoever asked may be gone before the end.
    with contextlib.suppress(BrokenPipeError), sys.stdout.buffer as stream:
        for said in _told(_batches(Path(path), format_name, int(skip), int(size), known)):
            pickle.dump(said, stream, protocol=5)
            stream.flush()


class Reader:
    """Reads pieces of input one after another in a process of its own.

    ``begin`` hands a piece over and returns at once; ``entries`` waits for what it holds. What is
    being read meanwhile costs the caller nothing: storing one piece and reading the next take the
    time of the longer of the two.
    """

    def __init__(self, format_name: str) -> None:
        command = [sys.executable, "-c", _ANSWERER, format_name]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=_ROOT, stdin=pipe, stdout=pipe)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.communicate()

    def begin(self, content: bytes) -> None:
        """Hand over a piece. The one before must have been taken by ``entries``."""
        assert self._process.stdin
        # A process that has ended is noticed where its answer is missing.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(len(content).to_bytes(_LENGTH, "big") + content)
            self._process.stdin.flush()

    def entries(self) -> list[Parcel | Rejected | Deleted | Known]:
        """What the piece holds. Raises Unreadable as the reader does, and ChildProcessError where
        its process crashed.
        """
        assert self._process.stdout
        try:
            said = pickle.load(self._process.stdout)
        except _CUT_OFF:
            raise ChildProcessError("the reader ended in the middle of an answer") from None
        if isinstance(said, Unreadable):
            raise said
        entries: list[Parcel | Rejected | Deleted | Known] = said
        return entries


_LENGTH = 8
"""Bytes that tell how long a piece is."""


def answer(format_name: str) -> None:
    """What a ``Reader``'s process does: read a piece from standard input, pickle what it holds."""
    gc.disable()  # as in ``send``
    with contextlib.suppress(BrokenPipeError), sys.stdout.buffer as stream:
        while length := int.from_bytes(sys.stdin.buffer.read(_LENGTH), "big"):
            said: object
            try:
                said = packed(InputFile.from_bytes(sys.stdin.buffer.read(length)), format_name)
            except Unreadable as error:
                said = error
            else:
                _strip(said)
            pickle.dump(said, stream, protocol=5)
            stream.flush()


def packed(file: InputFile, format_name: str) -> list[Parcel | Rejected | Deleted | Known]:
    """All entries of a file, its Records ready to be stored."""
    return [
        pack(entry) if isinstance(entry, Record) else entry for entry in read(file, format_name)
    ]


def _strip(entries: Iterable[object]) -> None:
    """The payload has a record's raw bytes; they need not travel twice."""
    for entry in entries:
        if isinstance(entry, Parcel):
            object.__setattr__(entry.record, "raw", b"")


def _told(batches: Iterator[Batch]) -> Iterator[Batch | Unreadable | None]:
    try:
        for batch in batches:
            _strip(batch.entries)
            yield batch
        yield None
    except Unreadable as error:
        yield error
