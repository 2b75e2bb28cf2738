"""Who changed what, when and why; and the corrections that hold against the sources."""

from django.conf import settings
from django.db import models


class Change(models.Model):
    """One entry of a paper's history. Written in the same transaction as the change."""

    class Kind(models.TextChoices):
        CREATED = "created", "Added to the library"
        UPDATED = "updated", "Changed by a source"
        WITHDRAWN = "withdrawn", "Withdrawn by its source"
        RETURNED = "returned", "Given again by its source"
        CORRECTED = "corrected", "Corrected"
        RELEASED = "released", "Correction taken back"
        KEPT = "kept", "Correction kept against a source"
        TAGGED = "tagged", "Tagged"
        REBUILT = "rebuilt", "Rebuilt from its source records"

    paper = models.ForeignKey("papers.Paper", models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_index=True)
    job = models.ForeignKey(
        "papers.Import", models.SET_NULL, null=True, blank=True, related_name="changes"
    )
    pull = models.ForeignKey(
        "papers.Pull", models.SET_NULL, null=True, blank=True, related_name="changes"
    )
    note = models.TextField(blank=True)
    detail = models.JSONField(default=dict, blank=True)
    """What changed: ``{"fields": {name: [old, new]}}`` or ``{"tag": id, …}``."""

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"


class Correction(models.Model):
    """A curator's value for one field. It locks the field against the sources.

    A later source value that differs waits in ``proposed`` until a person decides.
    """

    paper = models.ForeignKey("papers.Paper", models.CASCADE, related_name="corrections")
    field = models.CharField(max_length=40)
    value = models.JSONField(null=True)
    replaced = models.JSONField(null=True)
    """What the sources said when the correction was made."""

    proposed = models.JSONField(null=True, blank=True)
    proposed_from = models.ForeignKey(
        "papers.SourceRecord", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["field"]
        constraints = [models.UniqueConstraint(fields=["paper", "field"], name="correction_once")]

    def __str__(self) -> str:
        return f"{self.field} of paper {self.paper_id}"
