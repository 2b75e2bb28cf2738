"""The library from its source records, without the network; and whether it holds together."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from papers.models import Author, Change, Paper, SourceRecord, Tag
from papers.records import TARGETS
from papers.search.index import count_documents, index_papers
from papers.services.acquire import lock_library
from papers.services.authors import edited_authors
from papers.services.composing import Occasion, recompose

BATCH = 200


@dataclass(frozen=True, slots=True)
class Rebuilt:
    papers: int
    changed: int


def rebuild_library() -> Rebuilt:
    """Compute every paper again from what is stored raw; write what differs, with history.

    On a library that nothing has damaged this changes nothing; it also writes the search index
    anew. Ids, tags, corrections and history stay.
    """
    papers = changed = 0
    for ids in _batches():
        with transaction.atomic():
            lock_library()
            changed += len(recompose(ids, Occasion(timezone.now(), Change.Kind.REBUILT)))
            index_papers(ids)
        papers += len(ids)
    return Rebuilt(papers, changed)


def reindex_library() -> int:
    """Write every paper's search document anew; returns how many."""
    papers = 0
    for ids in _batches():
        with transaction.atomic():
            lock_library()
            papers += index_papers(ids)
    return papers


def _batches() -> Iterator[list[int]]:
    last = 0
    while True:
        ids = list(
            Paper.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
        )
        if not ids:
            return
        yield ids
        last = ids[-1]


def find_faults() -> Iterator[str]:
    """What of design.md section 4 does not hold, one sentence each; nothing when all is well."""
    for paper in Paper.objects.filter(source_records=None):
        yield f"Paper {paper.pk} has no source record: nothing says where it came from."
    for record in SourceRecord.objects.order_by("id").iterator(BATCH):
        if not _is_intact(record):
            yield f"Source record {record.pk} is damaged: its bytes do not match its hash."
    yield from _baseless_values()
    doubled = (
        Tag.objects.filter(is_current=True)
        .values("paper", *TARGETS)
        .annotate(rows=Count("id"))
        .filter(rows__gt=1)
    )
    for row in doubled:
        yield f"Paper {row['paper']} has {row['rows']} current tags on one target."
    for paper in Paper.objects.filter(Q(title="") & Q(authorships=None) & Q(doi=None, pmid=None)):
        if not paper.identifier and not paper.abstract:
            yield f"Paper {paper.pk} has neither title, authors nor identifier."
    nobody = Author.objects.filter(authorships=None, orcid=None, semantic_scholar_id=None)
    # A person's work on an author stays.
    edited = edited_authors(nobody.values_list("pk", flat=True))
    for author in nobody.exclude(pk__in=edited):
        yield f"Author {author.pk} ({author}) is on no paper."
    indexed, papers = count_documents(), Paper.objects.count()
    if indexed != papers:
        yield f"The search index holds {indexed} of {papers} papers. Run: manage.py reindex"


def _baseless_values() -> Iterator[str]:
    """Values whose source record is not the paper's, and corrections that do not hold."""
    records = Prefetch("source_records", SourceRecord.objects.only("pk", "paper"))
    papers = Paper.objects.order_by("pk").only("pk", "provenance")
    for paper in papers.prefetch_related(records, "corrections").iterator(BATCH):
        own = {record.pk for record in paper.source_records.all()}
        corrected = {correction.field for correction in paper.corrections.all()}
        for field, by in paper.provenance.items():
            if isinstance(by, int) and by not in own:
                yield f"Paper {paper.pk} has its {field} from source record {by}, which is not its own."
        for field in sorted(corrected):
            if not isinstance(paper.provenance.get(field), dict):
                yield f"Paper {paper.pk} has a correction of its {field} that does not hold."


def _is_intact(record: SourceRecord) -> bool:
    try:
        return hashlib.sha256(record.raw).digest() == bytes(record.sha256)
    except zlib.error:
        return False
