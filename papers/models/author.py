"""People and groups, and the names under which they stand on papers."""

from django.db import models
from django.urls import reverse
from simple_history.models import HistoricalRecords

from papers.models.constraints import only_one_with


class Author(models.Model):
    """One person or group.

    Two names are one author only where an ORCID or a source's author id says so; equal names
    alone never merge two people.
    """

    name = models.CharField(max_length=500)
    family = models.CharField(max_length=500, blank=True)
    given = models.CharField(max_length=500, blank=True)
    is_collective = models.BooleanField("group", default=False)
    orcid = models.CharField("ORCID", max_length=19, null=True, blank=True)  # noqa: DJ001
    semantic_scholar_id = models.CharField(  # noqa: DJ001
        "Semantic Scholar id", max_length=20, null=True, blank=True
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            only_one_with("orcid", "author"),
            only_one_with("semantic_scholar_id", "author"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("papers:author", args=[self.pk])


class Authorship(models.Model):
    """One author's place on one paper, under the name that the paper prints."""

    # The constraint below is the index for papers.
    paper = models.ForeignKey(
        "papers.Paper", models.CASCADE, related_name="authorships", db_index=False
    )
    author = models.ForeignKey(Author, models.PROTECT, related_name="authorships")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=500)
    family = models.CharField(max_length=500, blank=True)
    given = models.CharField(max_length=500, blank=True)
    initials = models.CharField(max_length=50, blank=True)
    suffix = models.CharField(max_length=50, blank=True)
    is_collective = models.BooleanField(default=False)
    affiliations = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "position"], name="authorship_position")
        ]

    def __str__(self) -> str:
        return self.name
