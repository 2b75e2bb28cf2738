"""Which searches found a paper, and what they find no longer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from papers.models import Finding, Pull, SourceRecord
from papers.services.bulk import in_slices, insert_rows

_COLUMNS = ("search", "search_name", "paper", "source_id", "pull", "found_at")


def note_findings(pull: Pull, source_ids: Collection[str], *, at: dt.datetime) -> None:
    """The pull's search has found these records of its source; new ones and returned ones are noted."""
    if not pull.search:
        return
    for ids in in_slices(source_ids):
        known = Finding.objects.filter(search=pull.search, source_id__in=ids)
        known.exclude(gone_at=None).update(gone_at=None, gone_pull=None)
        new = set(ids) - set(known.values_list("source_id", flat=True))
        papers = SourceRecord.objects.filter(source=pull.source, source_id__in=new)
        by_id = dict(papers.order_by("id").values_list("source_id", "paper"))
        insert_rows(
            Finding,
            _COLUMNS,
            [
                (pull.search_id, pull.search.name, by_id[source_id], source_id, pull.pk, at)
                for source_id in sorted(by_id)
            ],
        )


def note_gone(pull: Pull, source_ids: Collection[str], *, at: dt.datetime) -> int:
    """Mark what the search found before and this complete pull did not; returns how many."""
    if not pull.search:
        return 0
    still = set(source_ids)
    standing = Finding.objects.filter(search=pull.search, gone_at=None)
    gone = [
        pk for pk, source_id in standing.values_list("pk", "source_id") if source_id not in still
    ]
    for part in in_slices(gone):
        Finding.objects.filter(pk__in=part).update(gone_at=at, gone_pull=pull)
    return len(gone)
