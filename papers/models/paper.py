"""Papers: one row is one publication."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse

from papers.merge import IDENTIFIERS
from papers.models.constraints import only_one_with
from papers.querysets import PaperQuerySet


class PublicationType(models.Model):
    name = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Paper(models.Model):
    """One publication, built from its source records and the curators' corrections.

    Nobody writes these fields but ``papers.services``: each holds what the strongest source
    says, or a curator's correction, and ``provenance`` says which. Lists that come and go as a
    whole with their source (MeSH, keywords, …) are JSON in the shape the API shows.
    """

    class Status(models.TextChoices):
        PUBLISHED = "published", "Published"
        RETRACTED = "retracted", "Retracted"
        CORRECTED = "corrected", "Corrected"
        EXPRESSION_OF_CONCERN = "expression_of_concern", "Expression of concern"

    # An empty string would be a second paper's identifier too, so "none" is NULL here.
    doi = models.CharField("DOI", max_length=500, null=True, blank=True)  # noqa: DJ001
    pmid = models.CharField("PMID", max_length=9, null=True, blank=True)  # noqa: DJ001
    pmcid = models.CharField("PMCID", max_length=12, null=True, blank=True)  # noqa: DJ001
    semantic_scholar_id = models.CharField(  # noqa: DJ001
        "Semantic Scholar id", max_length=40, null=True, blank=True
    )
    pmid_version = models.PositiveSmallIntegerField(null=True, blank=True)
    other_ids = models.JSONField(default=dict, blank=True)

    title = models.TextField(blank=True)
    title_html = models.TextField(blank=True)
    original_title = models.TextField(blank=True)
    abstract = models.TextField(blank=True)
    abstract_sections = models.JSONField(default=list, blank=True)
    abstract_copyright = models.TextField(blank=True)
    journal = models.ForeignKey(
        "papers.Journal", models.PROTECT, null=True, blank=True, related_name="papers"
    )
    book = models.JSONField(null=True, blank=True)
    volume = models.CharField(max_length=100, blank=True)
    issue = models.CharField(max_length=100, blank=True)
    pages = models.CharField(max_length=200, blank=True)

    year = models.PositiveSmallIntegerField(null=True, blank=True)
    publication_date = models.CharField(max_length=10, blank=True)
    publication_date_text = models.CharField(max_length=200, blank=True)
    electronic_date = models.CharField(max_length=10, blank=True)

    languages = models.JSONField(default=list, blank=True)
    publication_types = models.ManyToManyField(PublicationType, blank=True, related_name="papers")
    mesh_headings = models.JSONField("MeSH headings", default=list, blank=True)
    supplementary_concepts = models.JSONField(default=list, blank=True)
    keywords = models.JSONField(default=list, blank=True)
    substances = models.JSONField(default=list, blank=True)
    trial_registrations = models.JSONField(default=list, blank=True)
    grants = models.JSONField(default=list, blank=True)

    open_access = models.JSONField(null=True, blank=True)
    citation_count = models.PositiveIntegerField(null=True, blank=True)
    reference_count = models.PositiveIntegerField(null=True, blank=True)
    medline_status = models.CharField("MEDLINE status", max_length=40, blank=True)
    publication_status = models.CharField(max_length=40, blank=True)
    url = models.TextField("URL", blank=True)
    note = models.TextField(blank=True)
    tldr = models.TextField(blank=True)

    status = models.CharField(max_length=25, choices=Status.choices, default=Status.PUBLISHED)
    provenance = models.JSONField(default=dict, blank=True)
    """field -> id of the source record that gave it, or {"by": username, "at": time}."""

    remarks = models.JSONField(default=list, blank=True)
    """What a reader or the matching left out, in words: a shared DOI, a year that is none."""

    created_at = models.DateTimeField(db_index=True)
    updated_at = models.DateTimeField(db_index=True)

    objects = PaperQuerySet.as_manager()

    # What the querysets ``for_list`` and ``for_reading`` bring along.
    current_tags: list[Any]
    waiting_classes: list[Any]
    first_authors: list[Any]
    author_count: int
    last_author: str | None

    class Meta:
        ordering = ["-id"]
        constraints = [only_one_with(name, "paper") for name in IDENTIFIERS]
        indexes = [models.Index(fields=["-year", "-id"], name="paper_newest")]

    def __str__(self) -> str:
        return self.title or f"Untitled ({self.identifier or f'paper {self.pk}'})"

    def get_absolute_url(self) -> str:
        return reverse("papers:paper", args=[self.pk])

    @property
    def identifier(self) -> str | None:
        """The identifier to show where there is no title."""
        if self.pmid:
            return f"PMID {self.pmid}"
        if self.semantic_scholar_id and not (self.doi or self.pmcid):
            return f"Semantic Scholar {self.semantic_scholar_id[:8]}…"
        return self.doi or self.pmcid

    @property
    def is_retracted(self) -> bool:
        return self.status == self.Status.RETRACTED


class Relation(models.Model):
    """A paper's link to another publication, which need not be in the library."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="relations")
    type = models.CharField(max_length=40)
    pmid = models.CharField("PMID", max_length=9, blank=True, db_index=True)
    doi = models.CharField("DOI", max_length=500, blank=True)
    citation = models.TextField(blank=True)

    related_paper_id: int | None
    """The paper of this library that it leads to; from ``for_reading``."""

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.type} {self.pmid or self.doi or self.citation}"
