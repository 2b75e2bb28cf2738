"""The classifier that learns from the team's tags: one row is one version of it."""

from __future__ import annotations

from django.db import models


class Classifier(models.Model):
    """One training: what it learnt, from how many papers, and how well it did when it was tested.

    The newest row is the one in use. Older ones stay, so that a suggestion's version can always
    be looked up.
    """

    trained_at = models.DateTimeField()
    papers = models.PositiveIntegerField()
    """Papers with a person's word that it was trained on."""

    basis = models.CharField(max_length=64)
    """A mark of the tags that it was trained on: the same tags are not learnt twice."""

    figures = models.JSONField(default=dict)
    """slug of a class -> {"confirmed", "rejected", "proposed", "right", …} from cross-validation."""

    weights = models.BinaryField(blank=True)
    """What it learnt, as arrays: data only, never code."""

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.version

    @property
    def version(self) -> str:
        """What its suggestions call it."""
        return f"classifier-{self.pk}"
