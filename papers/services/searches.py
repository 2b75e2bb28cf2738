"""Saved searches: trying one out, running what is due."""

from __future__ import annotations

import datetime as dt
import re
import time
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from papers.models import Pull, Search, Sources
from papers.models.search import next_run
from papers.services.askers import asker_for
from papers.services.pulls import next_off_peak, queue_pull
from papers.sources import pubmed, semantic_scholar
from papers.sources.http import Patience

_SCHEDULE = ("schedule", "is_off_peak", "is_paused")

A_MOMENT = Patience(connect=5, read=15, reply=20, question=15)
"""As long as a person waits for the test of a query."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a source says to a query before anybody saves it."""

    count: int
    translation: str = ""
    dropped: tuple[str, ...] = ()
    remarks: tuple[str, ...] = field(default=())
    is_estimate: bool = False


def try_query(source: str, query: str) -> Preview:
    """Ask a source what it would find. Raises SourceError."""
    asker = asker_for(source, sleep=time.sleep, on_attempt=lambda attempt: None, patience=A_MOMENT)
    try:
        if source == Sources.PUBMED:
            found = pubmed.read_search(asker.ask(pubmed.count(query), pubmed.read_search))
            return Preview(found.count, found.translation, found.dropped, found.remarks)
        page = semantic_scholar.read_page(
            asker.ask(semantic_scholar.bulk(query), semantic_scholar.read_page)
        )
        return Preview(page.total, is_estimate=True)
    finally:
        asker.close()


def query_fault(query: str) -> str:
    """What is wrong with a query that no source could mean, as a sentence; empty when nothing is.

    Both sources take such a query without a word, and search for something else.
    """
    if not query.strip():
        return "Write what is to be searched for."
    if "\x00" in query:
        return "The query holds a character that no source reads."
    if query.count('"') % 2:
        return "A quotation mark is missing: they come in pairs."
    depth = 0
    for sign in re.sub(r'"[^"]*"', "", query):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            return "A bracket is closed that was never opened. Count the ( and )."
    if depth:
        return f"{depth} bracket{'s are' if depth > 1 else ' is'} opened and never closed."
    return ""


def search_for(source: str, query: str) -> Search:
    """The saved search with this very query, or a new one that runs only when it is asked to."""
    query = query.strip()
    found = Search.objects.filter(source=source, query=query).order_by("id").first()
    return found or Search.objects.create(
        name=" ".join(query.split())[:200], source=source, query=query
    )


def save_search(search: Search, *, by: User | None) -> Search:
    """Store a new or changed search; the first owner stays. When it runs next is set anew only
    where its schedule was changed.
    """
    if search.owner is None and search.pk is None:
        search.owner = by
    before = Search.objects.filter(pk=search.pk).values(*_SCHEDULE).first()
    search.save()
    if before != {name: getattr(search, name) for name in _SCHEDULE}:
        reschedule(search)
    return search


def pause_search(search: Search, *, is_paused: bool, by: User | None) -> Search:
    """Keep a search from running by itself, or let it again."""
    search.is_paused = is_paused
    return save_search(search, by=by)


def reschedule(search: Search, *, after: dt.datetime | None = None) -> None:
    """Set when the search runs next, from its schedule; a paused one does not."""
    after = after or timezone.now()
    due = None if search.is_paused else next_run(search.schedule, after)
    if due and search.is_off_peak:
        due = next_off_peak(due)
    search.next_run_at = due
    Search.objects.filter(pk=search.pk).update(next_run_at=due)


def start_due(at: dt.datetime | None = None) -> list[Pull]:
    """Queue the searches whose time has come, and return their pulls for the workers.

    One that is due while its last pull is still under way is not run twice.
    """
    at = at or timezone.now()
    started = []
    for search in Search.objects.filter(is_paused=False, next_run_at__lte=at):
        with transaction.atomic():
            mine = Search.objects.filter(pk=search.pk, next_run_at=search.next_run_at)
            if not mine.update(next_run_at=None):
                continue
            started.append(queue_pull(search=search, by=search.owner))
            reschedule(search, after=at)
    return started
