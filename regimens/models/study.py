"""What a study is like apart from its treatment: whom it treats when, and how it is made."""

from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from regimens.querysets import TermQuerySet, TreeQuerySet


class Term(models.Model):
    """An entry of a controlled list. The slug is its name in files, URLs and the API."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    order = models.PositiveSmallIntegerField(default=0)
    definition = models.TextField(blank=True)
    provenance = models.TextField(blank=True)

    class Meta:
        abstract = True
        ordering = ["order", "slug"]

    def __str__(self) -> str:
        return self.name


class Setting(Term):
    """Where in the disease's course treatment stands: a line of it, or one narrowed down
    (domain/handbook.md section 4).
    """

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    history = HistoricalRecords()

    objects = TreeQuerySet.as_manager()

    def clean(self) -> None:
        if self.parent and self.parent.parent_id:
            raise ValidationError({"parent": "Settings have two levels, not three."})
        if self.parent_id and self.pk and (self.pk == self.parent_id or self.children.exists()):
            raise ValidationError({"parent": "A setting with others below cannot stand below one."})


class StudyDesign(Term):
    """How a study is made: randomised, a cohort, a review (domain/handbook.md section 1)."""

    history = HistoricalRecords()

    objects = TermQuerySet.as_manager()
