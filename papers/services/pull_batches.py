"""A pull's batches into the library, its progress with them, and its conclusion."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from papers.formats.parcels import Parcel
from papers.models import Pull
from papers.records import Deleted, Rejected
from papers.services.acquire import withdraw_records
from papers.services.findings import note_findings, note_gone
from papers.services.jobs import commit_without_waiting, held
from papers.services.notebook import TakenAway
from papers.services.refusing import acquire_or_refuse, keep_rejected

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
        pull.read += len(batch.parcels) + len(batch.rejected)
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


def conclude(pull: Pull, found: Collection[str]) -> None:
    """Note which records the search found, and which no longer; the latter of a complete pull only."""
    at = timezone.now()
    with transaction.atomic():
        hold(pull)
        note_findings(pull, found, at=at)
        if not pull.missing:
            pull.gone = note_gone(pull, found, at=at)
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
