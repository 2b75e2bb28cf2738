"""What people have done lately, newest first, each act as one sentence with its who and when."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from django.db.models import CharField, Count, Max, QuerySet, Value

from papers.models import OPEN_STATES, Change, Import, Pull, Tag
from papers.models.tag import called
from papers.records import TARGETS

VERBS = {
    Tag.State.CONFIRMED: "confirmed",
    Tag.State.REJECTED: "rejected",
    Tag.State.WITHDRAWN: "took back",
}


@dataclass(frozen=True, slots=True)
class Act:
    """One act: "ada confirmed Chemotherapy on", the thing (``target``), where it is shown."""

    at: dt.datetime
    who: str
    did: str
    target: str
    url: str
    note: str = ""


def latest_acts(count: int) -> list[Act]:
    """The last acts of tagging, importing, pulling and correcting."""
    acts = [*_taggings(count), *_imports(count), *_pulls(count), *_corrections(count)]
    return sorted(acts, key=lambda act: act.at, reverse=True)[:count]


def _taggings(count: int) -> list[Act]:
    """One act is one batch, however many papers it touched; its last statement stands for it."""
    newest: dict[uuid.UUID, None] = {}
    for batch in Tag.objects.order_by("-pk").values_list("batch", flat=True).iterator(500):
        newest[batch] = None
        if len(newest) == count:
            break
    batches = list(
        Tag.objects.filter(batch__in=newest)
        .order_by()
        .values("batch")
        .annotate(
            last=Max("pk"),
            papers=Count("paper", distinct=True),
            targets=reduce(add, (Count(field, distinct=True) for field in TARGETS)),
        )
        .order_by("-last")
    )
    tags = Tag.objects.select_related("paper", *TARGETS, "by").in_bulk(
        [batch["last"] for batch in batches]
    )
    return [_tagging(tags[batch["last"]], batch["papers"], batch["targets"]) for batch in batches]


def _tagging(tag: Tag, papers: int, targets: int) -> Act:
    more = f" and {targets - 1} more" if targets > 1 else ""
    did = "undid a tagging:" if tag.is_undo else VERBS[Tag.State(tag.state)]
    others = papers - 1
    also = f" (and {others} other paper{'s' if others > 1 else ''})" if others else ""
    return Act(
        at=tag.at,
        who=tag.by.get_username(),
        did=f"{did} {called(tag.target)}{more} on",
        target=f"{tag.paper}{also}",
        url=tag.paper.get_absolute_url(),
        note="" if tag.is_undo else tag.note,
    )


def _imports(count: int) -> list[Act]:
    return [
        Act(
            at=job.created_at,
            who=job.by.get_username() if job.by else "RMS Review",
            did="imported",
            target=job.name,
            url=job.get_absolute_url(),
        )
        for job in Import.objects.select_related("by")[:count]
    ]


def _pulls(count: int) -> list[Act]:
    return [
        Act(
            at=pull.created_at,
            who=pull.by.get_username() if pull.by else "RMS Review",
            did="ran the search" if pull.kind == Pull.Kind.SEARCH else "asked for",
            target=str(pull),
            url=pull.get_absolute_url(),
        )
        for pull in Pull.objects.select_related("by", "search", "seed").defer("plan")[:count]
    ]


class EndedJobs:
    """Jobs of every kind that have ended, the last first, for a paginator."""

    def __init__(self) -> None:
        self._rows = _ended(Import).union(_ended(Pull), all=True).order_by("-finished_at", "-pk")

    def count(self) -> int:
        return self._rows.count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[Import | Pull]:
        rows = list(self._rows[part])
        jobs: dict[tuple[str, int], Import | Pull] = {}
        for job in Import.objects.filter(pk__in=[pk for pk, kind, _ in rows if kind == "import"]):
            jobs["import", job.pk] = job
        pulls = Pull.objects.select_related("search", "seed").defer("plan")
        for pull in pulls.filter(pk__in=[pk for pk, kind, _ in rows if kind == "pull"]):
            jobs["pull", pull.pk] = pull
        return [jobs[kind, pk] for pk, kind, _ in rows if (kind, pk) in jobs]


def _ended(kind: type[Import] | type[Pull]) -> QuerySet[Any, Any]:
    name = Value(kind.__name__.lower(), output_field=CharField())
    ended = kind._default_manager.exclude(state__in=OPEN_STATES).order_by()
    return ended.values_list("pk", name, "finished_at")


def _corrections(count: int) -> list[Act]:
    kinds = {Change.Kind.CORRECTED: "corrected", Change.Kind.RELEASED: "took back a correction of"}
    changes = Change.objects.filter(kind__in=kinds, by__isnull=False).select_related("by", "paper")
    return [
        Act(
            at=change.at,
            who=change.by.get_username() if change.by else "",
            did=kinds[Change.Kind(change.kind)],
            target=str(change.paper),
            url=change.paper.get_absolute_url(),
            note=change.note,
        )
        for change in changes[:count]
    ]
