"""The curators' desk: which paper lies before whom, and what each said of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Lease(models.Model):
    """A paper lies on somebody's desk until then; the queue gives it to nobody else.

    A lease that has ended counts for nothing, whether its row is still there or not.
    """

    paper = models.OneToOneField("papers.Paper", models.CASCADE, related_name="lease")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    until = models.DateTimeField(db_index=True)
    page = models.UUIDField(null=True)
    """The loaded page that took it: one that closes gives back nothing of another."""

    def __str__(self) -> str:
        return f"paper {self.paper_id} until {self.until:%H:%M}"


class Decision(models.Model):
    """What one curator said of one paper in the queue, as a whole.

    The tags say what holds of a paper; a decision also says who agreed with what held already,
    and who put a paper off. Agreement between curators is counted from both.
    """

    class Kind(models.TextChoices):
        DECIDED = "decided", "Decided"
        IRRELEVANT = "irrelevant", "Not relevant to any class"
        LATER = "later", "Later"

    key = models.UUIDField(unique=True)
    """Made where the decision was made, so that one which is sent twice counts once."""

    paper = models.ForeignKey("papers.Paper", models.CASCADE, related_name="decisions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    said = models.JSONField(default=list)
    """[{"kind": "class", "slug": "car_t", "state": "confirmed"}]: every word of it, also those
    that changed nothing. ``kind`` as in ``Tag.kind``."""

    batch = models.UUIDField(null=True, blank=True, db_index=True)
    """The tags that it made; None where all that it said held already."""

    note = models.TextField(blank=True)
    queue = models.TextField(blank=True)
    """What defined the queue in which it was made, as a query string; empty for all that waits."""

    is_undone = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["by", "-id"], name="decision_by_person")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: paper {self.paper_id}"
