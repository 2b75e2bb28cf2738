"""What curators say that papers are about."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from regimens.models import Regimen, TherapyClass


class Tag(models.Model):
    """A curator's statement that a paper does, or does not, evaluate a class or a regimen.

    Rows are never changed into another statement and never deleted: a later statement on the
    same target supersedes the earlier one, and ``withdrawn`` takes it back. ``is_current``
    marks the one that counts.
    """

    class State(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"

    paper = models.ForeignKey("papers.Paper", models.CASCADE, related_name="tags")
    # No reverse name: regimens knows nothing of papers.
    therapy_class = models.ForeignKey(
        "regimens.TherapyClass", models.PROTECT, null=True, blank=True, related_name="+"
    )
    regimen = models.ForeignKey(
        "regimens.Regimen", models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    batch = models.UUIDField()
    """One act of one person; undone as a whole."""

    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    is_current = models.BooleanField(default=True)
    is_undo = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="tag_has_one_target",
                condition=Q(therapy_class__isnull=False, regimen__isnull=True)
                | Q(therapy_class__isnull=True, regimen__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["paper", "therapy_class"],
                condition=Q(is_current=True, therapy_class__isnull=False),
                name="tag_one_current_class",
            ),
            models.UniqueConstraint(
                fields=["paper", "regimen"],
                condition=Q(is_current=True, regimen__isnull=False),
                name="tag_one_current_regimen",
            ),
        ]
        indexes = [models.Index(fields=["by", "-id"], name="tag_by_person")]

    def __str__(self) -> str:
        return f"{self.target} {self.state}"

    @property
    def target(self) -> TherapyClass | Regimen:
        """The therapy class or the regimen that the statement is about."""
        target = self.therapy_class or self.regimen
        assert target, "the constraint tag_has_one_target"
        return target
