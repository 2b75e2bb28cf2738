"""What curators say that papers are about."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from papers.records import TARGETS
from regimens.models import Regimen, Setting, StudyDesign, TherapyClass

Target = TherapyClass | Regimen | Setting | StudyDesign
"""What a statement can be about."""

MODELS: dict[str, type[Any]] = {
    "therapy_class": TherapyClass,
    "regimen": Regimen,
    "setting": Setting,
    "study_design": StudyDesign,
}
"""The kinds of target, by their fields in ``Tag``."""

DECIDING = ("therapy_class", "regimen")
"""Kinds that say what a paper evaluates. Without a word on one of them it is not tagged yet."""


def field_of(target: Target) -> str:
    """The field in which a tag, the API and the filters hold such a target."""
    return next(field for field, model in MODELS.items() if isinstance(target, model))


def slugs_of(target: Target) -> dict[str, str | None]:
    """The target under its field, the other fields None: how JSON shows a statement's target."""
    its_field = field_of(target)
    return {field: target.slug if field == its_field else None for field in TARGETS}


def called(target: Target) -> str:
    """The target in a sentence. What is called "Mixed" or "Other" needs its kind before it."""
    field = field_of(target)
    return str(target) if field in DECIDING else f"{TARGETS[field]} {target}"


def _only(field: str) -> Q:
    return Q(**{f"{other}__isnull": other != field for other in TARGETS})


def one_target(name: str) -> models.CheckConstraint:
    """A row of that table has exactly one kind of target."""
    condition = Q()
    for field in TARGETS:
        condition |= _only(field)
    return models.CheckConstraint(name=name, condition=condition)


def _one_current(field: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["paper", field],
        condition=Q(**{"is_current": True, f"{field}__isnull": False}),
        name=f"tag_one_current_{TARGETS[field]}",
    )


class AboutTarget:
    """A row that is about one of ``TARGETS``: one of its four fields of these names is filled."""

    @property
    def target_field(self) -> str:
        """Which of ``TARGETS`` the row is about; asks no query."""
        return next(field for field in TARGETS if getattr(self, f"{field}_id") is not None)

    @property
    def kind(self) -> str:
        """The word for what it is about: "class", "regimen", "setting", "design"."""
        return TARGETS[self.target_field]

    @property
    def target(self) -> Target:
        """The row that it is about."""
        target: Target = getattr(self, self.target_field)
        return target


class Tag(AboutTarget, models.Model):
    """A curator's statement that a paper does, or does not, evaluate a class or a regimen, or that
    it is, or is not, of a setting or a study design.

    Rows are never changed into another statement and never deleted: a later statement on the
    same target supersedes the earlier one, and ``withdrawn`` takes it back. ``is_current``
    marks the one that counts.
    """

    class State(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"

    paper = models.ForeignKey("papers.Paper", models.CASCADE, related_name="tags")
    # One of these four (``TARGETS``). No reverse names: regimens knows nothing of papers.
    therapy_class = models.ForeignKey(
        "regimens.TherapyClass", models.PROTECT, null=True, blank=True, related_name="+"
    )
    regimen = models.ForeignKey(
        "regimens.Regimen", models.PROTECT, null=True, blank=True, related_name="+"
    )
    setting = models.ForeignKey(
        "regimens.Setting", models.PROTECT, null=True, blank=True, related_name="+"
    )
    study_design = models.ForeignKey(
        "regimens.StudyDesign", models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    batch = models.UUIDField(db_index=True)
    """One act of one person; undone as a whole."""

    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    is_current = models.BooleanField(default=True)
    is_undo = models.BooleanField(default=False)
    # What the machine proposed for the target when this was said; empty where it was silent. The
    # track record is counted from these, for a rule that is run again knows the answer.
    rule = models.CharField(max_length=80, blank=True)
    rule_version = models.CharField(max_length=40, blank=True)
    score = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [one_target("tag_has_one_target"), *map(_one_current, TARGETS)]
        indexes = [models.Index(fields=["by", "-id"], name="tag_by_person")]

    def __str__(self) -> str:
        return f"{self.target} {self.state}"

    @property
    def decides(self) -> bool:
        """Whether it says what the paper evaluates."""
        return self.target_field in DECIDING
