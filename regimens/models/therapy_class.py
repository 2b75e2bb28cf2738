"""Therapy classes: what a paper can be tagged with, as a tree of two levels."""

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from simple_history.models import HistoricalRecords

from regimens.querysets import TherapyClassQuerySet


class TherapyClass(models.Model):
    """One of the four classes, or a sub-class of one (domain/handbook.md section 5).

    The slug is the class's name in files, URLs and the API: ``car_t``, ``car_t-gd2``.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    letter = models.CharField(
        max_length=1, blank=True, help_text="The letter of its mark; main classes only."
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    order = models.PositiveSmallIntegerField(default=0)
    definition = models.TextField(blank=True)
    exclusions = models.TextField("what does not count", blank=True)
    rulings = models.JSONField(default=list, blank=True)
    """Sentences that settle edge cases, each with its number in the handbook."""

    provenance = models.TextField(blank=True)
    history = HistoricalRecords()

    objects = TherapyClassQuerySet.as_manager()

    class Meta:
        ordering = ["order", "slug"]
        verbose_name_plural = "therapy classes"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("regimens:therapy_class", args=[self.slug])

    def clean(self) -> None:
        if self.parent and self.parent.parent_id:
            raise ValidationError({"parent": "A sub-class cannot have sub-classes of its own."})
        if self.parent_id and self.pk and (self.pk == self.parent_id or self.children.exists()):
            raise ValidationError({"parent": "A class with sub-classes cannot be one itself."})

    @property
    def main(self) -> "TherapyClass":
        """The main class: itself, or its parent."""
        return self.parent or self
