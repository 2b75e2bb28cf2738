"""Saved searches, their pulls, and what each pull asked and got."""

from __future__ import annotations

import datetime as dt
import zlib
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from papers.models.job import Job


class Sources(models.TextChoices):
    """The sources that can be searched."""

    PUBMED = "pubmed", "PubMed"
    SEMANTIC_SCHOLAR = "semantic_scholar", "Semantic Scholar"


class Search(models.Model):
    """A saved strategy for one source. With a schedule it is a living search."""

    class Schedule(models.TextChoices):
        NEVER = "", "Only when I run it"
        DAILY = "daily", "Every day"
        WEEKLY = "weekly", "Every week"
        MONTHLY = "monthly", "Every month"

    name = models.CharField(max_length=200)
    source = models.CharField(max_length=20, choices=Sources.choices)
    query = models.TextField()
    note = models.TextField(blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    schedule = models.CharField(
        max_length=10, choices=Schedule.choices, default=Schedule.NEVER, blank=True
    )
    is_off_peak = models.BooleanField(
        "only at night",
        default=False,
        help_text="Runs between 21:00 and 5:00 in New York and at weekends, as NCBI asks for large "
        "searches.",
    )
    is_paused = models.BooleanField("paused", default=False)
    created_at = models.DateTimeField(default=timezone.now)
    next_run_at = models.DateTimeField(null=True, blank=True, db_index=True)
    history = HistoricalRecords(excluded_fields=["next_run_at"])

    class Meta:
        db_table = "papers_savedsearch"  # "papers_search" is SQLite's index of words
        ordering = ["name", "id"]
        verbose_name_plural = "searches"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("papers:search", args=[self.pk])


class Pull(Job):
    """One run of a search, or what a source says of the papers that the library has.

    ``position`` counts the batches whose records are in the library.
    """

    class Kind(models.TextChoices):
        SEARCH = "search", "Search"
        ENRICHMENT = "enrichment", "What Semantic Scholar knows of the library"
        SNOWBALL = "snowball", "Citing and cited papers"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SEARCH)
    search = models.ForeignKey(Search, models.SET_NULL, null=True, blank=True, related_name="pulls")
    source = models.CharField(max_length=20, choices=Sources.choices)
    query = models.TextField()
    seed = models.ForeignKey(
        "papers.Paper", models.SET_NULL, null=True, blank=True, related_name="snowballs"
    )
    """The paper whose citing and cited papers are looked for."""

    is_full = models.BooleanField(default=False)
    """Fetch every record again, not only new and revised ones."""

    changed_since = models.DateField(null=True, blank=True)
    """The day since when revised records are fetched again; None: all are."""

    turn = models.PositiveSmallIntegerField(default=1)
    """Counts the times that the chain of pages was begun."""

    plan = models.BinaryField(null=True, blank=True)
    waiting_until = models.DateTimeField(null=True, blank=True, db_index=True)
    silent_since = models.DateTimeField(null=True, blank=True)
    """When the source stopped answering; None while it answers."""

    tries = models.PositiveIntegerField(default=0)
    """Runs in a row that the source did not let come further."""

    translation = models.TextField(blank=True)
    """The query as the source understood it: with the date, the reproducible search."""

    warnings = models.JSONField(default=list, blank=True)
    found = models.PositiveIntegerField(default=0)
    to_fetch = models.PositiveIntegerField(default=0)
    windows = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(null=True, default=0)
    """Papers that the search found before and this run did not; None where the run could not tell,
    because its list of what there is was short."""

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        if self.kind == self.Kind.ENRICHMENT:
            return self.get_kind_display()
        if self.kind == self.Kind.SNOWBALL:
            return f"{self.get_kind_display()} of {self.seed or self.query}"
        return (
            self.search.name if self.search else f"{self.get_source_display()}: {self.query[:80]}"
        )

    def get_absolute_url(self) -> str:
        return reverse("papers:pull", args=[self.pk])

    @property
    def label(self) -> str:
        """What it is called among jobs of other kinds."""
        return f"Run of {self}"

    @property
    def format(self) -> str:
        """The format of its rejected pieces."""
        return "pubmed_xml" if self.source == Sources.PUBMED else "semantic_scholar"

    @property
    def percent(self) -> int | None:
        """How much of what is to be fetched is here, 0 to 100; None while that is not known."""
        if self.state == self.State.DONE:
            return 100
        return min(99, self.read * 100 // self.to_fetch) if self.to_fetch else None

    @property
    def known(self) -> int:
        """Records of papers that the library had, fetched again or not, as far as that is known."""
        if self.state == self.State.DONE:
            return self.matched
        left_alone = self.found - self.missing - self.to_fetch if self.to_fetch else 0
        return max(0, left_alone) + self.matched

    @property
    def known_in_the_end(self) -> int:
        """The same when all that was found is accounted for."""
        return max(0, self.found - self.created - self.rejected - self.missing)


class Exchange(models.Model):
    """One request of a pull: what was asked, what came. An answer is kept as it came.

    A pull that goes on after an interruption reads its answers here instead of asking again.
    """

    pull = models.ForeignKey(Pull, models.CASCADE, related_name="exchanges")
    key = models.CharField(max_length=64)
    purpose = models.CharField(max_length=200)
    at = models.DateTimeField()
    seconds = models.FloatField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    size = models.PositiveBigIntegerField("size in bytes", default=0)
    problem = models.TextField(blank=True)
    payload = models.BinaryField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pull", "key"],
                condition=models.Q(payload__isnull=False),
                name="exchange_one_answer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.problem or self.status}"

    @property
    def content(self) -> bytes:
        """The answer as the source sent it, without keys."""
        return zlib.decompress(bytes(self.payload)) if self.payload else b""


class Finding(models.Model):
    """A search has found a paper. It outlives the search, as the paper does."""

    search = models.ForeignKey(
        Search, models.SET_NULL, null=True, blank=True, related_name="findings"
    )
    search_name = models.CharField(max_length=200)
    paper = models.ForeignKey("papers.Paper", models.CASCADE, related_name="findings")
    source_id = models.CharField(max_length=500)
    pull = models.ForeignKey(
        Pull, models.SET_NULL, null=True, blank=True, related_name="first_findings"
    )
    """The pull that found it first."""

    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)
    """Since when the search finds it no longer; the paper stays."""

    gone_pull = models.ForeignKey(
        Pull, models.SET_NULL, null=True, blank=True, related_name="lost_findings"
    )

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["search", "source_id"], name="finding_once")]

    def __str__(self) -> str:
        return f"{self.search_name}: paper {self.paper_id}"


DAYS: dict[Any, int] = {
    Search.Schedule.DAILY: 1,
    Search.Schedule.WEEKLY: 7,
    Search.Schedule.MONTHLY: 30,
}


def next_run(schedule: str, after: dt.datetime) -> dt.datetime | None:
    """When a search with this schedule runs after it has run; None: not by itself."""
    return after + dt.timedelta(days=DAYS[schedule]) if schedule in DAYS else None
