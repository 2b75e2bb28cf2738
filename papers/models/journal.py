"""Journals, the keys that recognise them, and what rankings say of them."""

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from simple_history.models import HistoricalRecords


class Journal(models.Model):
    """A journal, series or proceedings that papers appeared in."""

    title = models.CharField(max_length=500)
    iso_abbreviation = models.CharField("ISO abbreviation", max_length=250, blank=True)
    issn_linking = models.CharField("ISSN-L", max_length=9, blank=True)
    issn_print = models.CharField("ISSN (print)", max_length=9, blank=True)
    issn_electronic = models.CharField("ISSN (electronic)", max_length=9, blank=True)
    nlm_id = models.CharField("NLM id", max_length=20, blank=True)
    publisher = models.CharField(max_length=250, blank=True)
    country = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("papers:journal", args=[self.pk])

    @property
    def issn(self) -> str | None:
        """The ISSN to show: the electronic edition's, else the print's, else the linking one."""
        return self.issn_electronic or self.issn_print or self.issn_linking or None


class JournalKey(models.Model):
    """One thing that a journal is recognised by: ``issn:1879-355X``, ``nlm:7603616``,
    ``title:cancer research``. A key belongs to one journal.
    """

    key = models.CharField(max_length=520, unique=True)
    journal = models.ForeignKey(Journal, models.CASCADE, related_name="keys")

    def __str__(self) -> str:
        return self.key


class JournalMetric(models.Model):
    """What a ranking said of a journal in one year; ``year`` is empty where none was given."""

    journal = models.ForeignKey(Journal, models.CASCADE, related_name="metrics")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    impact_factor = models.FloatField(null=True, blank=True)
    jcr_quartile = models.CharField("JCR quartile", max_length=2, blank=True)
    jcr_category = models.CharField("JCR category", max_length=200, blank=True)
    cas_zone = models.PositiveSmallIntegerField("CAS zone", null=True, blank=True)
    cas_category = models.CharField("CAS category", max_length=200, blank=True)

    class Meta:
        ordering = [models.F("year").desc(nulls_last=True)]
        constraints = [
            models.UniqueConstraint(
                "journal",
                Coalesce("year", 0),
                "jcr_category",
                "cas_category",
                name="journal_metric_once_a_year",
            )
        ]

    def __str__(self) -> str:
        return f"{self.journal} {self.year or 'year not given'}"
