"""One run of a search, from the first question to the last record, through every interruption.

What a pull was answered is stored before it is read; each batch of records is one transaction
that also moves ``position`` on. So whoever continues a pull reads the stored answers again,
skips that many batches, asks only for the rest, and nothing is lost or done twice.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from papers.models import OPEN_STATES, Pull, Search, Sources
from papers.services import (
    enriching,
    pulling_pubmed,
    pulling_semantic_scholar,
    snowballing,
)
from papers.services.acquire import lock_library
from papers.services.jobs import cancel, claim, few_collections, finish, held, is_database_gone
from papers.services.notebook import Notebook, TakenAway
from papers.sources.http import Patience
from papers.sources.questions import SourceRejected, SourceUnavailable

logger = logging.getLogger(__name__)

WAITS_MIN = (0.5, 2, 5, 10, 30, 60)
"""Minutes until the next try of a source that did not answer, the last one again and again."""

_WORK: dict[tuple[str, str], Callable[[Pull, Notebook], None]] = {
    (Pull.Kind.SEARCH, Sources.PUBMED): pulling_pubmed.pull_records,
    (Pull.Kind.SEARCH, Sources.SEMANTIC_SCHOLAR): pulling_semantic_scholar.pull_records,
    (Pull.Kind.ENRICHMENT, Sources.SEMANTIC_SCHOLAR): enriching.enrich_papers,
    (Pull.Kind.SNOWBALL, Sources.SEMANTIC_SCHOLAR): snowballing.find_candidates,
}


def queue_pull(*, search: Search, by: User | None, is_full: bool = False) -> Pull:
    """Queue a run of a search, or return the one that is under way. One that asks what the search
    said before it was changed is stopped.
    """
    with transaction.atomic():
        Search.objects.select_for_update().get(pk=search.pk)
        for open_pull in search.pulls.filter(state__in=OPEN_STATES):
            if (open_pull.source, open_pull.query) == (search.source, search.query):
                return open_pull
            cancel(open_pull, by=by, why="The search was changed; a new run asks what it says now.")
        return Pull.objects.create(
            search=search, source=search.source, query=search.query, by=by, is_full=is_full
        )


def queue_enrichment(*, by: User | None) -> Pull:
    """Queue asking Semantic Scholar of every paper, or return the pull that does it already."""
    kind, source = Pull.Kind.ENRICHMENT, Sources.SEMANTIC_SCHOLAR
    with transaction.atomic():
        lock_library()  # two people may press the button at once
        under_way = Pull.objects.filter(kind=kind, state__in=OPEN_STATES).first()
        return under_way or Pull.objects.create(
            kind=kind, source=source, query="every paper with a PMID or a DOI", by=by
        )


def run_pull(
    pull_id: int,
    *,
    on_progress: Callable[[Pull], None] = lambda pull: None,
    patience: Patience | None = None,
) -> Pull | None:
    """Work on a pull until it is done, failed, cancelled or has to wait for its source.

    ``on_progress`` hears of each step. Returns the pull, or None where there is nothing to do: it has ended, or another worker has
    it. Errors end on its row; none is raised. A database that went away is none of the source's
    faults: the pull stays as it is, and the sweeper has it continued.
    """
    if not claim(Pull, pull_id):
        return None
    pull = Pull.objects.select_related("by", "search", "seed").get(pk=pull_id)
    try:
        with (
            Notebook(pull, on_progress=on_progress, patience=patience) as notebook,
            few_collections(),
        ):
            _WORK[pull.kind, pull.source](pull, notebook)
    except TakenAway:
        pull.refresh_from_db()
    except SourceUnavailable as error:
        _put_off(pull, error)
    except SourceRejected as error:
        finish(pull, Pull.State.FAILED, str(error))
    except Exception as error:
        if is_database_gone(error):
            logger.exception("pull %s lost the database after batch %s", pull.pk, pull.position)
        else:
            logger.exception("pull %s stopped after batch %s", pull.pk, pull.position)
            finish(
                pull,
                Pull.State.FAILED,
                f"The pull stopped after batch {pull.position} by a fault of ours; what came before is "
                "stored. The server's log has the details.",
            )
    else:
        finish(pull, Pull.State.DONE)
    return pull


def _put_off(pull: Pull, error: SourceUnavailable) -> None:
    """Leave the pull waiting: since when, why, until when."""
    now = timezone.now()
    since = pull.silent_since or error.since or now
    wait = dt.timedelta(minutes=WAITS_MIN[min(pull.tries, len(WAITS_MIN) - 1)])
    if error.retry_after:
        wait = max(wait, dt.timedelta(seconds=error.retry_after))
    held(pull).update(
        state=Pull.State.WAITING,
        error=(
            f"{error} {pull.get_source_display()} has not answered since "
            f"{_moment(since)}. Nothing is lost and nothing is to do: the pull goes on by itself "
            f"at {_moment(now + wait)}. If it lasts, see whether {pull.get_source_display()} "
            "reports an outage, and whether this server reaches the internet."
        ),
        silent_since=since,
        tries=pull.tries + 1,
        waiting_until=now + wait,
    )
    pull.refresh_from_db()


def _moment(at: dt.datetime) -> str:
    return f"{timezone.localtime(at):%-d %B %Y, %H:%M %Z}"


def wake_waiting(at: dt.datetime | None = None) -> list[Pull]:
    """Queue the pulls whose time to try again has come, and return them for the workers."""
    at = at or timezone.now()
    due = Pull.objects.filter(state=Pull.State.WAITING, waiting_until__lte=at)
    return [
        pull
        for pull in due
        if due.filter(pk=pull.pk).update(state=Pull.State.QUEUED, heartbeat_at=at)
    ]


NEW_YORK = ZoneInfo("America/New_York")


def next_off_peak(at: dt.datetime) -> dt.datetime:
    """``at`` itself if it is off-peak for NCBI, else the next moment that is.

    Off-peak are weekends, and 21:00 to 5:00 on weekdays, in New York (NBK25497).
    """
    there = at.astimezone(NEW_YORK)
    is_weekend = there.weekday() >= 5
    if is_weekend or there.hour >= 21 or there.hour < 5:
        return at
    return there.replace(hour=21, minute=0, second=0, microsecond=0).astimezone(dt.UTC)
