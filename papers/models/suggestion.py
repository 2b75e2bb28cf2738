"""What the rules propose for papers, and which version of them has read which paper."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from papers.models.tag import AboutTarget, one_target
from papers.querysets import SuggestionQuerySet
from papers.records import TARGETS


class Suggestion(AboutTarget, models.Model):
    """A machine's proposal of a tag. Never becomes one without a person; never changes one.

    There is one row a paper and target, so its id stays while the rules are run again.
    """

    paper = models.ForeignKey("papers.Paper", models.CASCADE, related_name="suggestions")
    # No reverse names: regimens knows nothing of papers.
    therapy_class = models.ForeignKey(
        "regimens.TherapyClass", models.CASCADE, null=True, blank=True, related_name="+"
    )
    regimen = models.ForeignKey(
        "regimens.Regimen", models.CASCADE, null=True, blank=True, related_name="+"
    )
    setting = models.ForeignKey(
        "regimens.Setting", models.CASCADE, null=True, blank=True, related_name="+"
    )
    study_design = models.ForeignKey(
        "regimens.StudyDesign", models.CASCADE, null=True, blank=True, related_name="+"
    )
    score = models.FloatField(db_index=True)
    rule = models.CharField(max_length=80)
    rule_version = models.CharField(max_length=40)
    quotes = models.JSONField(default=list)
    """[{"field", "item", "start", "end", "text"}], offsets into the paper's words as read."""

    made_at = models.DateTimeField()

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["paper", "-score", "id"]
        constraints = [
            one_target("suggestion_has_one_target"),
            *(
                models.UniqueConstraint(
                    fields=["paper", field],
                    condition=Q(**{f"{field}__isnull": False}),
                    name=f"suggestion_one_{field}",
                )
                for field in TARGETS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.score:.2f}"


class Reading(models.Model):
    """That the rules have read a paper: in which version, and the paper as of when.

    A paper without one, or whose reading is of other rules or of an older state of the paper,
    awaits to be read.
    """

    paper = models.OneToOneField(
        "papers.Paper", models.CASCADE, primary_key=True, related_name="reading"
    )
    version = models.CharField(max_length=40, db_index=True)
    paper_updated_at = models.DateTimeField()
    first_read_at = models.DateTimeField(default=timezone.now)
    """In whatever version. A word of a person after that was said beside the machine's word, or
    beside its silence; ``read_at`` moves on with every reading and cannot tell."""

    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"paper {self.paper_id} read with {self.version}"
