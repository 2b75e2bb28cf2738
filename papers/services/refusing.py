"""One bad record never stops a good one: what cannot be stored is rejected, alone."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction

from papers import formats
from papers.formats.parcels import Parcel
from papers.models import Import, Pull, RejectedPiece
from papers.records import Rejected
from papers.services.acquire import Acquired, acquire_records
from papers.services.jobs import is_database_gone

logger = logging.getLogger(__name__)


def acquire_or_refuse(
    records: list[Parcel], *, job: Import | Pull, at: dt.datetime
) -> tuple[Acquired, list[Rejected]]:
    """Acquire a batch; where it cannot be stored, its halves, until the culprit is alone.

    That one is rejected, and its neighbours are in the library (design.md invariant 7).
    """
    if not records:
        return Acquired(), []
    try:
        with transaction.atomic():
            return acquire_records(records, job=job, at=at), []
    except Exception as error:
        if is_database_gone(error):
            raise
        if len(records) == 1:
            place = records[0].record.position
            logger.exception("%s %s: piece %s cannot be stored", type(job).__name__, job.pk, place)
            return Acquired(), [_refused(records[0], error)]
    middle = len(records) // 2
    first, first_refused = acquire_or_refuse(records[:middle], job=job, at=at)
    second, second_refused = acquire_or_refuse(records[middle:], job=job, at=at)
    return first + second, first_refused + second_refused


def _refused(parcel: Parcel, error: Exception) -> Rejected:
    return Rejected(
        parcel.record.position,
        parcel.record.line,
        parcel.raw.decode("utf-8", "replace")[: formats.RAW_LIMIT],
        f"The record was read but could not be stored ({type(error).__name__}): a fault of ours. "
        "The server's log has the details.",
    )


def keep_rejected(job: Import | Pull, rejected: list[Rejected]) -> None:
    """Store pieces with the job that met them."""
    owner = {"pull": job} if isinstance(job, Pull) else {"job": job}
    RejectedPiece.objects.bulk_create(
        RejectedPiece(
            **owner,
            position=piece.position,
            line=piece.line,
            raw=piece.raw.replace("\x00", "\N{SYMBOL FOR NULL}"),
            reason=piece.reason,
        )
        for piece in rejected
    )
