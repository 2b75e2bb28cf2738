"""Drugs and the names under which the literature mentions them."""

from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from simple_history.models import HistoricalRecords

from regimens.querysets import DrugQuerySet


class Drug(models.Model):
    """An agent, named by its INN.

    ``unverified`` names the fields whose content nobody has checked against a source; pages and
    API show the mark.
    """

    slug = models.SlugField(max_length=80, unique=True)
    inn = models.CharField("INN", max_length=150, unique=True)
    # Empty for a supportive drug that is no treatment of the tumour.
    therapy_class = models.ForeignKey(
        "regimens.TherapyClass", models.PROTECT, null=True, blank=True, related_name="drugs"
    )
    kind = models.CharField(
        "kind of agent",
        max_length=80,
        blank=True,
        help_text='As the source says: "vinca alkaloid".',
    )
    mechanism = models.TextField("mechanism or target", blank=True)
    use = models.TextField("use in rhabdomyosarcoma", blank=True)
    atc = models.CharField("ATC", max_length=10, blank=True)
    ncit = models.CharField("NCI Thesaurus", max_length=12, blank=True)
    rxnorm = models.CharField("RxNorm", max_length=12, blank=True)
    unverified = models.JSONField(default=list, blank=True)
    provenance = models.TextField(blank=True, help_text="Where these facts come from.")
    history = HistoricalRecords()

    objects = DrugQuerySet.as_manager()

    class Meta:
        ordering = [Lower("inn")]

    def __str__(self) -> str:
        return self.inn

    def get_absolute_url(self) -> str:
        return reverse("regimens:drug", args=[self.slug])


class DrugSynonym(models.Model):
    """Another name of a drug: trade name, code, abbreviation."""

    drug = models.ForeignKey(Drug, models.CASCADE, related_name="synonyms")
    name = models.CharField(max_length=150)
    note = models.CharField(
        max_length=150, blank=True, help_text='What it holds for: "liposomal", "in TC and VTC".'
    )

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["drug", "name"], name="drug_synonym_once")]

    def __str__(self) -> str:
        return self.name
