"""A pull from PubMed: all numbers first, then the records that are new or revised, in batches."""

from __future__ import annotations

import datetime as dt
import json
import re
import zlib
from collections.abc import Sequence

from django.utils import timezone

from papers.formats.parcels import Parcel
from papers.models import Pull, SourceRecord
from papers.records import Deleted, Rejected, Source
from papers.services.bulk import in_slices
from papers.services.notebook import Notebook
from papers.services.pull_batches import AnswerReader, Batch, conclude, save, store_batch
from papers.sources import pubmed
from papers.sources.questions import SourceError

OVERLAP = dt.timedelta(days=7)
"""PubMed dates a revision by the day of its own clock, and shows it a while after."""

LONGEST_WITHOUT_ALL = dt.timedelta(days=90)
"""After so long every record is fetched again, whatever the dates of revision say."""

TURNS = 3
"""How often a record that did not come, or came damaged, is asked for."""


OWN_PROCESS_RECORDS = 1_000
"""Fewer are read sooner than a process starts."""


def pull_records(pull: Pull, notebook: Notebook) -> None:
    """Bring what the query finds into the library. Raises SourceError and TakenAway.

    Three things go on at once: one batch is stored, the next is read, the one after it is asked
    for. Each answer is stored raw before it is read.
    """
    if pull.plan is None:
        _make_plan(pull, notebook)
    plan = json.loads(zlib.decompress(bytes(pull.plan or b"")))
    batches = pubmed.fetches(plan["fetch"])[pull.position :]
    apart = len(plan["fetch"]) >= OWN_PROCESS_RECORDS
    with AnswerReader("pubmed_xml", apart=apart) as reader:
        read: tuple[Batch, list[str]] | None = None
        for number, pmids in enumerate(batches):
            try:
                answer = notebook.ask(pubmed.fetch(pmids), pubmed.check_records)
            except SourceError:
                if read:
                    _store(pull, *read, notebook)
                raise
            reader.begin(answer)
            if number + 1 < len(batches):
                notebook.expect(pubmed.fetch(batches[number + 1]), pubmed.check_records)
            if read:
                _store(pull, *read, notebook)
            read = _fetched(pmids, reader, notebook)
        if read:
            _store(pull, *read, notebook)
    conclude(pull, plan["found"], is_whole=len(plan["found"]) == pull.found)


def _store(pull: Pull, batch: Batch, absent: list[str], notebook: Notebook) -> None:
    _note_absent(pull, batch, absent)
    store_batch(pull, batch)
    notebook.on_progress(pull)


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
        if revised.missing:
            pull.changed_since = None
            collected.warnings.append(_short_of_revisions(revised.missing))
        else:
            unchanged = _stored(collected.pmids) - set(revised.pmids)
            fetch = [pmid for pmid in collected.pmids if pmid not in unchanged]
    pull.plan = zlib.compress(json.dumps({"found": collected.pmids, "fetch": fetch}).encode())
    pull.found, pull.to_fetch = len(collected.pmids) + collected.missing, len(fetch)
    pull.missing = collected.missing
    pull.translation = collected.translation
    pull.warnings = [_dropped(phrase) for phrase in collected.dropped] + collected.warnings
    save(pull, "changed_since", "plan", "found", "to_fetch", "missing", "translation", "warnings")


def _short_of_revisions(count: int) -> str:
    return (
        f"PubMed's list of what was revised since the last run is short of {count:,} records, so "
        "every record was fetched again."
    )


def _dropped(phrase: str) -> str:
    return (
        f"PubMed does not know “{phrase}” and searched without it. Check its spelling, or take it "
        "out of the query."
    )


def _changed_since(pull: Pull) -> dt.date | None:
    """The day since when revisions are of interest; None where every record is fetched."""
    if pull.is_full or not pull.search:
        return None
    # A record that was listed and did not come is asked for in every run, until it is stored.
    complete = Pull.objects.filter(
        search=pull.search, source=pull.source, query=pull.query, state=Pull.State.DONE
    ).exclude(gone=None)
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


def _fetched(pmids: list[str], reader: AnswerReader, notebook: Notebook) -> tuple[Batch, list[str]]:
    """The records of a batch whose first answer is being read, and the PMIDs of which none came."""
    batch = Batch()
    wanted = dict.fromkeys(pmids)
    for turn in range(1, TURNS + 1):
        if turn > 1:
            reader.begin(notebook.ask(pubmed.fetch(list(wanted), turn=turn), pubmed.check_records))
        batch.rejected = []  # what came damaged is asked for again
        for entry in reader.entries():
            if isinstance(entry, Rejected):
                batch.rejected.append(entry)
            elif isinstance(entry, Deleted):
                batch.deleted.append(entry)
            elif isinstance(entry, Parcel) and entry.record.pmid in wanted:
                batch.parcels.append(entry)
        # What PubMed withdraws does not come, and is not missing.
        came = {parcel.record.pmid for parcel in batch.parcels}
        came |= {notice.source_id for notice in batch.deleted}
        wanted = {pmid: None for pmid in wanted if pmid not in came}
        if not wanted:
            break
    return batch, list(wanted)


def _raw(piece: Rejected) -> str:
    return piece.raw


_NUMBER = re.compile(r"<PMID[^>]*>\s*([0-9]+)")


def _note_absent(pull: Pull, batch: Batch, absent: list[str]) -> None:
    """Count what did not come. A damaged record stands for the one whose number it bears."""
    damaged = [found and found.group(1) for found in map(_NUMBER.search, map(_raw, batch.rejected))]
    nameless = damaged.count(None)
    absent = [pmid for pmid in absent if pmid not in damaged]
    lost = len(absent) - nameless
    if lost <= 0:
        return
    shown = ", ".join(absent[:20]) + (" …" if len(absent) > 20 else "")
    pull.missing += lost
    pull.warnings = [
        *pull.warnings,
        f"PubMed names {lost} of its records but sent none, asked {TURNS} times: PMID {shown}. "
        "Look them up in PubMed; they may have been deleted or joined with others.",
    ]
