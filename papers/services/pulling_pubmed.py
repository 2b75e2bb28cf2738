"""A pull from PubMed: all numbers first, then the records that are new or revised, in batches."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Sequence

from django.utils import timezone

from papers import formats
from papers.formats import InputFile
from papers.formats.parcels import pack
from papers.models import Pull, SourceRecord
from papers.records import Deleted, Record, Rejected, Source
from papers.services.bulk import in_slices
from papers.services.notebook import Notebook
from papers.services.pull_batches import Batch, conclude, save, store_batch
from papers.sources import pubmed

OVERLAP = dt.timedelta(days=7)
"""PubMed dates a revision by the day of its own clock, and shows it a while after."""

LONGEST_WITHOUT_ALL = dt.timedelta(days=90)
"""After so long every record is fetched again, whatever the dates of revision say."""

TURNS = 3
"""How often a record that did not come, or came damaged, is asked for."""


def pull_records(pull: Pull, notebook: Notebook) -> None:
    """Bring what the query finds into the library. Raises SourceError and TakenAway."""
    if pull.plan is None:
        _make_plan(pull, notebook)
    plan = json.loads(zlib.decompress(bytes(pull.plan or b"")))
    batches = pubmed.fetches(plan["fetch"])
    for number in range(pull.position, len(batches)):
        batch, absent = _fetched(batches[number], notebook)
        if number + 1 < len(batches):
            notebook.expect(pubmed.fetch(batches[number + 1]), pubmed.check_records)
        _note_absent(pull, batch, absent)
        store_batch(pull, batch)
        notebook.on_progress(pull)
    conclude(pull, plan["found"])


def _make_plan(pull: Pull, notebook: Notebook) -> None:
    def progress(windows: int, found: int) -> None:
        pull.windows, pull.found = windows, found
        save(pull, "windows", "found")
        notebook.on_progress(pull)

    collected = pubmed.collect(pull.query, notebook.ask, on_window=progress)
    pull.changed_since = _changed_since(pull)
    fetch = collected.pmids
    if pull.changed_since:
        revised = pubmed.collect(pull.query, notebook.ask, changed_since=pull.changed_since)
        unchanged = _stored(collected.pmids) - set(revised.pmids)
        fetch = [pmid for pmid in collected.pmids if pmid not in unchanged]
    pull.plan = zlib.compress(json.dumps({"found": collected.pmids, "fetch": fetch}).encode())
    pull.found, pull.to_fetch = len(collected.pmids) + collected.missing, len(fetch)
    pull.missing = collected.missing
    pull.translation = collected.translation
    pull.warnings = [_dropped(phrase) for phrase in collected.dropped] + collected.warnings
    save(pull, "changed_since", "plan", "found", "to_fetch", "missing", "translation", "warnings")


def _dropped(phrase: str) -> str:
    return (
        f"PubMed does not know “{phrase}” and searched without it. Check its spelling, or take it "
        "out of the query."
    )


def _changed_since(pull: Pull) -> dt.date | None:
    """The day since when revisions are of interest; None where every record is fetched."""
    if pull.is_full or not pull.search:
        return None
    complete = Pull.objects.filter(
        search=pull.search, query=pull.query, state=Pull.State.DONE, missing=0
    )
    last = complete.order_by("-id").first()
    last_of_all = complete.filter(changed_since=None).order_by("-id").first()
    if not last or not last_of_all or not last.started_at:
        return None
    if timezone.now() - last_of_all.created_at > LONGEST_WITHOUT_ALL:
        return None
    return (last.created_at - OVERLAP).date()


def _stored(pmids: Sequence[str]) -> set[str]:
    """Those of which the library has PubMed's record."""
    stored: set[str] = set()
    for part in in_slices(pmids):
        rows = SourceRecord.objects.filter(source=Source.PUBMED, source_id__in=part)
        stored.update(rows.values_list("source_id", flat=True))
    return stored


def _fetched(pmids: list[str], notebook: Notebook) -> tuple[Batch, list[str]]:
    """The records of a batch, and the PMIDs of which none came."""
    batch = Batch()
    wanted = dict.fromkeys(pmids)
    for turn in range(1, TURNS + 1):
        content = notebook.ask(pubmed.fetch(list(wanted), turn=turn), pubmed.check_records)
        batch.rejected = []  # what came damaged is asked for again
        for entry in formats.read(InputFile.from_bytes(content), "pubmed_xml"):
            if isinstance(entry, Rejected):
                batch.rejected.append(entry)
            elif isinstance(entry, Deleted):
                batch.deleted.append(entry)
            elif isinstance(entry, Record) and entry.pmid in wanted:
                batch.parcels.append(pack(entry))
        # What PubMed withdraws does not come, and is not missing.
        came = {parcel.record.pmid for parcel in batch.parcels}
        came |= {notice.source_id for notice in batch.deleted}
        wanted = {pmid: None for pmid in wanted if pmid not in came}
        if not wanted:
            break
    return batch, list(wanted)


def _note_absent(pull: Pull, batch: Batch, absent: list[str]) -> None:
    """Count what did not come; a piece that is no record stands for one that is absent."""
    lost = len(absent) - len(batch.rejected)
    if lost <= 0:
        return
    shown = ", ".join(absent[:20]) + (" …" if len(absent) > 20 else "")
    pull.missing += lost
    pull.warnings = [
        *pull.warnings,
        f"PubMed names {lost} of its records but sent none, asked {TURNS} times: PMID {shown}. "
        "Look them up in PubMed; they may have been deleted or joined with others.",
    ]
