"""A pull's batches into the library, its progress with them, and its conclusion."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from papers import formats
from papers.formats import InputFile, Unreadable
from papers.formats.ahead import Reader
from papers.formats.parcels import Parcel, pack
from papers.models import Pull
from papers.records import Deleted, Entry, Known, Record, Rejected
from papers.services.acquire import withdraw_records
from papers.services.findings import note_findings, note_gone
from papers.services.jobs import commit_without_waiting, held
from papers.services.notebook import TakenAway
from papers.services.refusing import acquire_or_refuse, keep_rejected

logger = logging.getLogger(__name__)

PROGRESS = (
    "position", "windows", "read", "created", "matched", "updated", "rejected", "missing", "found",
    "to_fetch", "warnings", "heartbeat_at",
)  # fmt: skip


@dataclass(slots=True)
class Batch:
    """What one answer brought."""

    parcels: list[Parcel] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    deleted: list[Deleted] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """The source's ids of the records, or their hashes; a record may come more than once."""
        return {parcel.record.source_id or parcel.sha256.hex() for parcel in self.parcels}

    @property
    def records(self) -> int:
        return len(self.names)


def read_answer(content: bytes, format_name: str) -> list[Entry]:
    """The entries of an answer; one that cannot be read at all is one rejected piece."""
    try:
        return list(formats.read(InputFile.from_bytes(content), format_name))
    except Unreadable as error:
        return [_unreadable(content, error)]


def _unreadable(content: bytes, error: Unreadable) -> Rejected:
    raw = content[: formats.RAW_LIMIT].decode("utf-8", "replace")
    return Rejected(1, None, raw, str(error))


Packed = Parcel | Rejected | Deleted | Known


class AnswerReader:
    """Reads answers of a format one after another: ``begin`` one, do something else, take its
    ``entries``. With ``apart`` a process of its own reads meanwhile; should it die, the answer at
    hand and those that follow are read here.
    """

    def __init__(self, format_name: str, *, apart: bool) -> None:
        self._format = format_name
        self._content = b""
        self._process = Reader(format_name) if apart else None

    def __enter__(self) -> AnswerReader:
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    def begin(self, content: bytes) -> None:
        self._content = content
        if self._process:
            self._process.begin(content)

    def entries(self) -> list[Packed]:
        """What the answer holds; one that cannot be read at all is one rejected piece."""
        if self._process:
            try:
                return self._process.entries()
            except Unreadable as error:
                return [_unreadable(self._content, error)]
            except ChildProcessError:
                logger.exception("the reader of answers died; reading them here")
                self._end()
        return [
            pack(entry) if isinstance(entry, Record) else entry
            for entry in read_answer(self._content, self._format)
        ]

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.__exit__()


def store_batch(pull: Pull, batch: Batch) -> None:
    """Store one batch and the progress with it. Raises TakenAway where the pull is not ours now."""
    at = timezone.now()
    with transaction.atomic():
        commit_without_waiting()
        hold(pull)
        acquired, refused = acquire_or_refuse(batch.parcels, job=pull, at=at)
        withdraw_records(batch.deleted, job=pull, at=at)
        _keep(pull, batch.rejected + refused)
        pull.position += 1
        pull.read += batch.records + len(batch.rejected)
        pull.created += acquired.created
        pull.matched += acquired.matched
        pull.updated += acquired.updated
        pull.heartbeat_at = at
        save(pull, *PROGRESS)


def _keep(pull: Pull, pieces: Sequence[Rejected]) -> None:
    """Pieces are numbered through the whole pull: a reply has no lines that would help anybody."""
    numbered = [
        Rejected(number, None, piece.raw, piece.reason)
        for number, piece in enumerate(pieces, start=pull.rejected + 1)
    ]
    keep_rejected(pull, numbered)
    pull.rejected += len(numbered)


def conclude(pull: Pull, found: Collection[str], *, is_whole: bool) -> None:
    """Note which records the search found, and which no longer. The latter only where the list of
    what it finds ``is_whole``, whether all of it could be fetched or not.
    """
    at = timezone.now()
    with transaction.atomic():
        hold(pull)
        pull.refresh_from_db(fields=["search"])  # somebody may have deleted it meanwhile
        note_findings(pull, found, at=at)
        pull.gone = note_gone(pull, found, at=at) if is_whole else None
        pull.matched = pull.known_in_the_end
        save(pull, "gone", *PROGRESS)


def hold(pull: Pull) -> None:
    """Keep others from the pull until the transaction ends; raises TakenAway where it is not ours."""
    if not held(pull).select_for_update().values_list("pk").first():
        raise TakenAway


def save(pull: Pull, *fields: str) -> None:
    """Write fields of a pull that is ours; raises TakenAway where it is not."""
    if not held(pull).update(**{name: getattr(pull, name) for name in fields}):
        raise TakenAway
