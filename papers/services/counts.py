"""The library in figures. Each function asks a number of queries that does not grow with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce, TruncWeek
from django.utils import timezone

from papers.models import (
    OPEN_STATES,
    Change,
    Correction,
    Decision,
    Import,
    Paper,
    Pull,
    RejectedPiece,
    Tag,
)
from papers.querysets import PaperQuerySet
from papers.search.engine import WAITING, has_tag_state, has_target
from regimens.models import TherapyClass


@dataclass(frozen=True, slots=True)
class LibraryCounts:
    """How many papers there are, and what of them waits for a person."""

    papers: int
    untagged: int
    proposals: int
    rejected_pieces: int
    retracted_but_tagged: int
    open_jobs: int

    @property
    def decided(self) -> int:
        return self.papers - self.untagged


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """Papers of one main class, its sub-classes included, each paper once a class."""

    therapy_class: TherapyClass
    by_year: Mapping[int | None, int]

    @property
    def total(self) -> int:
        return sum(self.by_year.values())


@dataclass(frozen=True, slots=True)
class ClassesByYear:
    """Papers with a current confirmed tag, by main class; and those that nobody has tagged."""

    classes: tuple[ClassCounts, ...]
    untagged: Mapping[int | None, int]

    @property
    def years(self) -> set[int | None]:
        return self.tagged_years | set(self.untagged)

    @property
    def tagged_years(self) -> set[int | None]:
        return {year for counts in self.classes for year in counts.by_year}


def library_counts() -> LibraryCounts:
    return LibraryCounts(
        papers=Paper.objects.count(),
        untagged=untagged_papers().count(),
        proposals=open_proposals().count(),
        rejected_pieces=RejectedPiece.objects.count(),
        retracted_but_tagged=retracted_but_tagged().count(),
        open_jobs=open_imports().count() + open_pulls().count(),
    )


def classes_by_year() -> ClassesByYear:
    """A sub-class counts for its main class; a paper of two classes counts in both."""
    confirmed = Tag.objects.filter(
        is_current=True, state=Tag.State.CONFIRMED, therapy_class__isnull=False
    )
    rows = (
        confirmed.order_by()
        .values_list(Coalesce("therapy_class__parent", "therapy_class"), F("paper__year"))
        .annotate(papers=Count("paper", distinct=True))
    )
    found: dict[int, dict[int | None, int]] = {}
    for main, year, papers in rows:
        found.setdefault(main, {})[year] = papers
    mains = TherapyClass.objects.filter(parent=None)
    untagged = untagged_papers().order_by().values_list("year").annotate(papers=Count("pk"))
    return ClassesByYear(
        tuple(ClassCounts(main, found.get(main.pk, {})) for main in mains), dict(untagged)
    )


def added_per_week(*, weeks: int, at: dt.datetime | None = None) -> list[tuple[dt.date, int]]:
    """(Monday, papers added in its week) of the last ``weeks`` weeks, the present one last."""
    today = timezone.localdate(at)
    this_monday = today - dt.timedelta(days=today.weekday())
    mondays = [this_monday - dt.timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]
    since = timezone.make_aware(dt.datetime.combine(mondays[0], dt.time.min))
    rows = (
        Paper.objects.filter(created_at__gte=since)
        .order_by()
        .values_list(TruncWeek("created_at"))
        .annotate(papers=Count("pk"))
    )
    found = {timezone.localdate(week): papers for week, papers in rows}
    return [(monday, found.get(monday, 0)) for monday in mondays]


def untagged_papers() -> PaperQuerySet[Paper]:
    """Papers on which nobody has said anything that still holds."""
    return Paper.objects.filter(has_tag_state("none"))


def retracted_but_tagged() -> PaperQuerySet[Paper]:
    """Retracted papers that the review still counts as evidence for a class or regimen."""
    return Paper.objects.filter(has_tag_state(Tag.State.CONFIRMED), status=Paper.Status.RETRACTED)


def open_proposals() -> QuerySet[Correction]:
    """Corrections that a source has since contradicted."""
    return Correction.objects.filter(proposed_from__isnull=False).order_by("-at")


def open_imports() -> QuerySet[Import]:
    return Import.objects.filter(state__in=OPEN_STATES)


def open_pulls() -> QuerySet[Pull]:
    return Pull.objects.filter(state__in=OPEN_STATES).select_related("search", "seed").defer("plan")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Papers for which the machine proposes what nobody has decided, each once, and by class."""

    papers: int
    by_class: tuple[tuple[TherapyClass, int], ...]
    """As many as the library finds for the class among what waits."""


def waiting_papers() -> Waiting:
    mains = TherapyClass.objects.filter(parent=None)
    return Waiting(
        Paper.objects.filter(has_tag_state(WAITING)).count(),
        tuple((main, Paper.objects.filter(has_target(main, WAITING)).count()) for main in mains),
    )


def last_word_at(user: User) -> dt.datetime | None:
    """When this person last said something of a paper; None before the first time."""
    said = (Tag.objects.filter(by=user).order_by("-id"), Decision.objects.filter(by=user))
    times = [row.at for row in (rows.only("at").first() for rows in said) if row]
    return max(times, default=None)


def waiting_since(moment: dt.datetime) -> int:
    """How many of the papers that wait came into the library after that."""
    return Paper.objects.filter(has_tag_state(WAITING), created_at__gt=moment).count()


def changed_since_tagged(user: User) -> PaperQuerySet[Paper]:
    """Papers whose status (retracted, corrected …) changed after this person tagged them."""
    after = Change.objects.filter(
        paper=OuterRef("paper"), at__gt=OuterRef("at"), detail__fields__has_key="status"
    )
    tags = Tag.objects.filter(by=user, is_current=True).exclude(state=Tag.State.WITHDRAWN)
    return Paper.objects.filter(pk__in=tags.filter(Exists(after)).values("paper"))
