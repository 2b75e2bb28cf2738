"""Papers that cite a paper or are cited by it: looked for on request, kept as candidates.

None comes into the library by itself. A person takes it in or dismisses it; taken in, it is acquired
like any other record of Semantic Scholar.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Iterator, Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from papers import formats
from papers.formats.parcels import COMPRESSION
from papers.models import OPEN_STATES, Candidate, Paper, Pull, SourceRecord, Sources
from papers.records import Record, Source
from papers.services.acquire import acquire_records, lock_library
from papers.services.columns import small_number
from papers.services.notebook import Notebook
from papers.services.pull_batches import PROGRESS, hold, read_answer, save
from papers.sources import semantic_scholar
from papers.sources.questions import SourceRejected

NAMES_SHOWN = 6


class NoIdentifier(Exception):
    """The paper has nothing by which Semantic Scholar could know it. Its text says so."""


def queue_snowball(*, paper: Paper, by: User | None) -> Pull:
    """Queue looking for the papers around ``paper``, or return the pull that does it already."""
    kind = Pull.Kind.SNOWBALL
    name = _name_there(paper)
    with transaction.atomic():
        lock_library()
        under_way = Pull.objects.filter(kind=kind, seed=paper, state__in=OPEN_STATES).first()
        return under_way or Pull.objects.create(
            kind=kind, source=Sources.SEMANTIC_SCHOLAR, query=name, seed=paper, by=by
        )


def _name_there(paper: Paper) -> str:
    if paper.semantic_scholar_id:
        return paper.semantic_scholar_id
    if paper.pmid:
        return f"PMID:{paper.pmid}"
    if paper.doi:
        return f"DOI:{paper.doi}"
    raise NoIdentifier(
        "Semantic Scholar knows papers by its own id, a PMID or a DOI, and this one has none."
    )


def find_candidates(pull: Pull, notebook: Notebook) -> None:
    """Both directions, page by page. Raises SourceError and TakenAway."""
    number = 0
    warnings = []
    for direction in Candidate.Direction.values:
        pages = _pages(pull, notebook, direction)
        try:
            for content, links in pages:
                number += 1
                if number > pull.position:
                    _store(pull, direction, content, links)
                    notebook.on_progress(pull)
        except _NoMore as error:
            warnings.append(str(error))
    if pull.missing:
        warnings.append(
            f"{pull.missing:,} of these links lead to publications of which Semantic Scholar has no "
            "record; look at the paper's own list of references."
        )
    pull.warnings = warnings
    save(pull, "warnings")


class _NoMore(Exception):
    """There are more links than Semantic Scholar shows. Its text says so."""


def _pages(pull: Pull, notebook: Notebook, direction: str) -> Iterator[tuple[bytes, int]]:
    """The answers that hold a paper's links in one direction, and how many links each has."""
    offset: int | None = 0
    seen: set[bytes] = set()
    while offset is not None:
        question = semantic_scholar.links(pull.query, direction, offset)
        try:
            content = notebook.ask(question, semantic_scholar.read_links)
        except SourceRejected as error:
            if not offset:
                raise
            raise _NoMore(
                f"Semantic Scholar shows no more than the first {offset:,} {direction}."
            ) from error
        # Pages that go on for ever repeat themselves.
        digest = hashlib.sha256(b"".join(_records(content))).digest()
        items, following = semantic_scholar.read_links(content)
        yield content, len(items)
        is_last = following is None or following <= offset or digest in seen
        seen.add(digest)
        offset = None if is_last else following


def _records(content: bytes) -> list[bytes]:
    entries = read_answer(content, "semantic_scholar")
    return [entry.raw for entry in entries if isinstance(entry, Record)]


def _store(pull: Pull, direction: str, content: bytes, links: int) -> None:
    if pull.seed is None:
        raise SourceRejected("The paper is not in the library any more.")
    at = timezone.now()
    entries = read_answer(content, "semantic_scholar")
    records = {
        entry.source_id: entry for entry in entries if isinstance(entry, Record) and entry.source_id
    }
    with transaction.atomic():
        hold(pull)
        before = pull.candidates.count()
        Candidate.objects.bulk_create(
            (
                Candidate(
                    seed=pull.seed, direction=direction, pull=pull, found_at=at, **_told(record)
                )
                for record in records.values()
            ),
            ignore_conflicts=True,
        )  # fmt: skip
        pull.position += 1
        pull.windows += 1
        pull.found += links
        pull.read += len(records)
        pull.missing += links - len(records)
        pull.created += pull.candidates.count() - before
        pull.heartbeat_at = at
        save(pull, *PROGRESS)


def _told(record: Record) -> dict[str, object]:
    names = [author.name for author in record.authors]
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return {
        "source_id": record.source_id,
        "title": record.title or "",
        "byline": ", ".join(names[:NAMES_SHOWN]) + more,
        "journal": (record.journal and record.journal.title) or "",
        "year": record.published.year if record.published else None,
        "doi": record.doi or "",
        "pmid": record.pmid or "",
        "citation_count": small_number(record.citation_count),
        "payload": zlib.compress(record.raw, COMPRESSION),
    }


def candidates_of(paper: Paper | None = None) -> QuerySet[Candidate]:
    """Candidates with ``in_library``: the paper that each is, if the library has it."""
    papers = Paper.objects.order_by()

    def same(field: str, column: str) -> Subquery:
        # An empty identifier is nobody's.
        value = NullIf(OuterRef(column), Value(""))
        return Subquery(papers.filter(**{field: value}).values("pk")[:1])

    found = Candidate.objects.defer("payload").annotate(
        in_library=Coalesce(
            same("semantic_scholar_id", "source_id"), same("pmid", "pmid"), same("doi", "doi")
        )
    )
    return found.filter(seed=paper) if paper else found


def accept_candidates(candidates: Sequence[Candidate], *, by: User | None) -> list[Paper]:
    """Take candidates into the library; returns their papers, new or known, in order.

    Who took one in before stays who did.
    """
    at = timezone.now()
    papers = []
    with transaction.atomic():
        lock_library()
        taken_in = Candidate.objects.filter(
            state=Candidate.State.ACCEPTED, pk__in=[each.pk for each in candidates]
        )
        known = {each.pk: each.paper for each in taken_in.select_related("paper")}
        for candidate in candidates:
            if paper := known.get(candidate.pk):
                papers.append(paper)
                continue
            record = formats.read_one(candidate.raw, "semantic_scholar")
            acquire_records([record], job=candidate.pull, by=by, at=at)
            source = SourceRecord.objects.filter(
                source=Source.SEMANTIC_SCHOLAR, source_id=candidate.source_id
            )
            paper = source.order_by("-id")[:1].get().paper
            Candidate.objects.filter(pk=candidate.pk).update(
                state=Candidate.State.ACCEPTED, paper=paper, by=by, at=at
            )
            papers.append(paper)
    return papers


def dismiss_candidates(candidates: Collection[Candidate], *, by: User | None) -> int:
    """Say of candidates that they do not belong here; those that are taken in stay so."""
    rows = Candidate.objects.filter(pk__in=[candidate.pk for candidate in candidates])
    return rows.exclude(state=Candidate.State.ACCEPTED).update(
        state=Candidate.State.DISMISSED, by=by, at=timezone.now()
    )


def reopen_candidates(candidates: Collection[Candidate], *, by: User | None) -> int:
    """Take a dismissal back; ``by`` is who did so."""
    rows = Candidate.objects.filter(pk__in=[candidate.pk for candidate in candidates])
    return rows.filter(state=Candidate.State.DISMISSED).update(
        state=Candidate.State.WAITING, by=by, at=timezone.now()
    )
