"""Work that runs outside a request. The row is the truth; a queue message carries its id."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone


class Job(models.Model):
    """A piece of work with a state that a person can read.

    ``position`` counts the pieces that are safely stored; a job that died goes on after it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting for a worker"
        RUNNING = "running", "Running"
        WAITING = "waiting", "Waiting for its source"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    state = models.CharField(
        max_length=10, choices=State.choices, default=State.QUEUED, db_index=True
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """Who cancelled it, as long as nobody has let it go on."""

    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    """Why it failed, as a sentence for the person who started it."""

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def can_resume(self) -> bool:
        return self.state in (self.State.FAILED, self.State.CANCELLED, self.State.WAITING)

    @property
    def last_sign(self) -> dt.datetime:
        """When somebody last worked on it, or sent it to the workers."""
        return self.heartbeat_at or self.created_at

    def is_abandoned(self, at: dt.datetime | None = None) -> bool:
        """True when it should be running but nobody has worked on it for JOB_LEASE_S seconds."""
        at = at or timezone.now()
        is_due = self.state in (self.State.QUEUED, self.State.RUNNING)
        return is_due and at - self.last_sign > dt.timedelta(seconds=settings.JOB_LEASE_S)


OPEN_STATES = (Job.State.QUEUED, Job.State.RUNNING, Job.State.WAITING)
"""A job in one of these goes on by itself."""


class Import(Job):
    """One uploaded file on its way into the library."""

    name = models.CharField("file name", max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField("size in bytes")
    format = models.CharField(max_length=30, blank=True)
    forced_format = models.CharField(max_length=30, blank=True)
    bytes_read = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("papers:import", args=[self.pk])

    @property
    def label(self) -> str:
        """What it is called among jobs of other kinds."""
        return f"Import of {self.name}"

    @property
    def path(self) -> Path:
        """Where the uploaded bytes lie; equal files share one."""
        return Path(settings.MEDIA_ROOT) / self.sha256[:2] / self.sha256

    @property
    def percent(self) -> int | None:
        """How far the file is read, 0 to 100; None before the first batch."""
        if self.state == self.State.DONE:
            return 100
        return min(99, self.bytes_read * 100 // self.size) if self.size and self.read else None


class RejectedPiece(models.Model):
    """A piece of a file or of a source's reply that is no valid record; kept to be mended."""

    job = models.ForeignKey(
        Import, models.CASCADE, null=True, blank=True, related_name="rejected_pieces"
    )
    pull = models.ForeignKey(
        "papers.Pull", models.CASCADE, null=True, blank=True, related_name="rejected_pieces"
    )
    position = models.PositiveIntegerField()
    line = models.PositiveIntegerField(null=True, blank=True)
    raw = models.TextField(blank=True)
    reason = models.TextField()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="rejected_piece_once"),
            models.UniqueConstraint(fields=["pull", "position"], name="rejected_of_pull_once"),
            models.CheckConstraint(
                condition=models.Q(job__isnull=False) ^ models.Q(pull__isnull=False),
                name="rejected_by_one_job",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job or self.pull} no. {self.position}: {self.reason}"
