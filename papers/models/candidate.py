"""Papers that others lead to, and that nobody has let into the library yet."""

from __future__ import annotations

import zlib

from django.conf import settings
from django.db import models


class Candidate(models.Model):
    """A publication that cites a paper of the library or is cited by it.

    It is in the library only when a person takes it in; then it leads to its paper.
    """

    class Direction(models.TextChoices):
        CITATIONS = "citations", "Cites it"
        REFERENCES = "references", "Cited by it"

    class State(models.TextChoices):
        WAITING = "waiting", "Not decided yet"
        ACCEPTED = "accepted", "Taken in"
        DISMISSED = "dismissed", "Dismissed"

    seed = models.ForeignKey("papers.Paper", models.CASCADE, related_name="candidates")
    direction = models.CharField(max_length=10, choices=Direction.choices)
    source_id = models.CharField("Semantic Scholar id", max_length=40)
    title = models.TextField(blank=True)
    byline = models.TextField(blank=True)
    journal = models.TextField(blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    doi = models.CharField("DOI", max_length=500, blank=True)
    pmid = models.CharField("PMID", max_length=9, blank=True)
    citation_count = models.PositiveIntegerField(null=True, blank=True)
    payload = models.BinaryField()
    pull = models.ForeignKey(
        "papers.Pull", models.SET_NULL, null=True, blank=True, related_name="candidates"
    )
    found_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(null=True, blank=True)
    paper = models.ForeignKey(
        "papers.Paper", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """What it became."""

    class Meta:
        ordering = ["direction", "-citation_count", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["seed", "direction", "source_id"], name="candidate_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.source_id

    @property
    def raw(self) -> bytes:
        """The bytes as the source sent them."""
        return zlib.decompress(bytes(self.payload))
