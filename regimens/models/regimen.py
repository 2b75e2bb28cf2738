"""Regimens: ordered phases of drugs, and the trials that gave them."""

from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from simple_history.models import HistoricalRecords

from regimens.components import Classes, Composition, Part, class_rollup
from regimens.components import Phase as PurePhase
from regimens.models.drug import Drug
from regimens.querysets import RegimenQuerySet


class Trial(models.Model):
    """A clinical trial as the vocabulary knows it."""

    slug = models.SlugField(max_length=80, unique=True)
    acronym = models.CharField(max_length=150)
    group = models.CharField("study group", max_length=150, blank=True)
    phase = models.CharField(max_length=60, blank=True)
    population = models.TextField(blank=True)
    registrations = models.JSONField(default=list, blank=True)
    """Registry numbers: NCT, EudraCT."""

    therapy_classes = models.ManyToManyField(
        "regimens.TherapyClass", blank=True, related_name="trials"
    )
    arms = models.JSONField("regimens as the source names them", default=list, blank=True)
    participants = models.PositiveIntegerField(null=True, blank=True)
    outcome = models.TextField("headline outcome", blank=True)
    publication = models.CharField(
        max_length=300, blank=True, help_text="PMID, PMCID or DOI of the main report."
    )
    unverified = models.JSONField(default=list, blank=True)
    provenance = models.TextField(blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = [Lower("acronym")]

    def __str__(self) -> str:
        return self.acronym


class Regimen(models.Model):
    """A combination of drugs under one name. Its classes are computed from its components."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=150)
    settings = models.JSONField(default=list, blank=True)
    """Where it is given: "first line metastatic", "maintenance" … (handbook.md section 4)."""

    schedule = models.TextField("dose and schedule as seen", blank=True)
    trials = models.ManyToManyField(Trial, blank=True, related_name="regimens")
    trial_names = models.JSONField(default=list, blank=True)
    """Trials as the source names them, also those that the vocabulary does not hold."""

    unverified = models.JSONField(default=list, blank=True)
    provenance = models.TextField(blank=True)
    history = HistoricalRecords()

    objects = RegimenQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("regimens:regimen", args=[self.slug])

    @property
    def composition(self) -> Composition:
        """What it is made of; needs no query after ``Regimen.objects.for_reading()``."""
        return tuple(phase.as_pure() for phase in self.phases.all())

    @property
    def drugs(self) -> dict[str, Drug]:
        """Every drug in it by slug, in the order in which they first come."""
        parts = (part for phase in self.phases.all() for part in phase.components.all())
        return {part.drug.slug: part.drug for part in parts}

    @property
    def classes(self) -> Classes:
        """Its therapy classes, and which drug gave which."""
        return class_rollup(self.composition)


class RegimenAlias(models.Model):
    """Another name of a regimen. Several regimens may share one: TC, MMT."""

    regimen = models.ForeignKey(Regimen, models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=200)
    note = models.CharField(
        max_length=150, blank=True, help_text='What it holds for: "as CWS writes it".'
    )

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "regimen aliases"
        constraints = [
            models.UniqueConstraint(fields=["regimen", "name"], name="regimen_alias_once")
        ]

    def __str__(self) -> str:
        return self.name


class Phase(models.Model):
    """A stretch of a regimen with the same drugs: "induction, 4 cycles", "48 weeks"."""

    class Kind(models.TextChoices):
        INDUCTION = "induction", "Induction"
        CONSOLIDATION = "consolidation", "Consolidation"
        MAINTENANCE = "maintenance", "Maintenance"
        CONDITIONING = "conditioning", "Conditioning"
        LYMPHODEPLETION = "lymphodepletion", "Lymphodepletion"
        CELL_THERAPY = "cell_therapy", "Cell therapy"
        TREATMENT = "treatment", "Treatment"

    regimen = models.ForeignKey(Regimen, models.CASCADE, related_name="phases")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.TREATMENT)
    name = models.CharField(max_length=150, blank=True, help_text="What the protocol calls it.")
    cycles = models.PositiveSmallIntegerField(null=True, blank=True)
    weeks = models.PositiveSmallIntegerField("duration in weeks", null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["regimen", "position"], name="phase_position")
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()

    @property
    def aim(self) -> str:
        """What it is for, where its name does not say so: "Induction"."""
        label: str = self.get_kind_display()
        return "" if self.kind == self.Kind.TREATMENT or label == str(self) else label

    @property
    def extent(self) -> str:
        """How long it lasts: "4 cycles, 12 weeks"; empty when no source says."""
        lengths = ((self.cycles, "cycle"), (self.weeks, "week"))
        return ", ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in lengths if n)

    def as_pure(self) -> PurePhase:
        return PurePhase(
            kind=self.kind, parts=tuple(part.as_pure() for part in self.components.all())
        )


class Component(models.Model):
    """One drug of a phase with the part it plays."""

    class Role(models.TextChoices):
        BACKBONE = "backbone", "Backbone"
        INVESTIGATIONAL = "investigational", "Investigational"
        MAINTENANCE = "maintenance", "Maintenance"
        CONDITIONING = "conditioning", "Conditioning"
        LYMPHODEPLETION = "lymphodepletion", "Lymphodepletion"
        SUPPORTIVE = "supportive", "Supportive care"
        GVHD_PROPHYLAXIS = "gvhd_prophylaxis", "GvHD prophylaxis"
        STEM_CELL_RESCUE = "stem_cell_rescue", "Stem cell rescue"

    phase = models.ForeignKey(Phase, models.CASCADE, related_name="components")
    drug = models.ForeignKey("regimens.Drug", models.PROTECT, related_name="components")
    position = models.PositiveSmallIntegerField(default=1)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.BACKBONE)
    dose = models.CharField("dose as written", max_length=300, blank=True)
    route = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=150, blank=True)
    """What the source says of its part in its own words: "Study 213 only"."""

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["phase", "position"], name="component_position")
        ]

    def __str__(self) -> str:
        return str(self.drug)

    @property
    def counts(self) -> bool:
        """Whether it gives its regimen a therapy class."""
        return self.as_pure().counts

    def as_pure(self) -> Part:
        given = self.drug.therapy_class
        return Part(
            drug=self.drug.slug,
            main_class=given.main.slug if given else "",
            sub_class=given.slug if given and given.parent_id else "",
            role=self.role,
        )
