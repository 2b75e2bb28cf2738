"""Questions that are asked of the library, and what a page needs to answer without more of them."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from papers.records import TARGETS
from regimens.proposals import WORTH_A_PRESS

FIRST_AUTHORS = 3
"""Names that a list shows of a byline."""

IN_TREES = ("therapy_class", "setting")
"""Kinds of target that can be part of another."""

_HEAVY = (
    "abstract", "abstract_sections", "mesh_headings", "supplementary_concepts", "substances",
    "grants", "other_ids", "provenance", "book", "tldr", "note",
)  # fmt: skip
_QUOTED = ("abstract", "mesh_headings", "substances")
"""Those of them whose words are quoted."""


class PaperQuerySet(models.QuerySet[Any]):
    """Papers with what belongs to them, in a number of queries that does not grow with them."""

    def for_list(self) -> PaperQuerySet:
        """What a row of a list shows: ``first_authors``, ``last_author`` (a name), ``author_count``,
        ``current_tags``, ``waiting_classes``, journal.
        """
        authorships = self._related("authorships")
        byline = authorships.filter(paper=OuterRef("pk"))
        counted = byline.order_by().values("paper")
        shown_name = Coalesce(NullIf("family", Value("")), "name")
        return (
            self.defer(*_HEAVY)
            .select_related("journal")
            .annotate(
                author_count=Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0),
                last_author=Subquery(byline.order_by("-position").values(shown=shown_name)[:1]),
            )
            .prefetch_related(
                Prefetch(
                    "authorships",
                    authorships.filter(position__lte=FIRST_AUTHORS),
                    to_attr="first_authors",
                ),
                self._current_tags(),
                self._waiting_classes(),
            )
        )

    def for_quoting(self) -> PaperQuerySet:
        """The same with the words that proposals quote, for a list that shows them."""
        return self.for_list().defer(None).defer(*set(_HEAVY).difference(_QUOTED))

    def for_reading(self) -> PaperQuerySet:
        """All that the paper's page, the API and an export show of it."""
        records = self._related("source_records")
        return self.select_related("journal").prefetch_related(
            Prefetch("authorships", self._related("authorships").select_related("author")),
            Prefetch("source_records", records.defer("payload")),
            "publication_types",
            Prefetch("relations", self._resolved_relations()),
            "journal__metrics",
            self._current_tags(),
            Prefetch("suggestions", self._related("suggestions").with_targets()),
        )

    def with_current_tags(self) -> PaperQuerySet:
        """``current_tags``, and nothing else beside their own fields."""
        return self.prefetch_related(self._current_tags())

    def _current_tags(self) -> Prefetch:
        """``current_tags``: what people's word is now, confirmed or rejected. Classes come first,
        then regimens, settings and designs.
        """
        tags = self._related("tags")
        current = tags.filter(is_current=True).exclude(state="withdrawn")
        return Prefetch(
            "tags",
            current.select_related(
                "therapy_class__parent", "regimen", "setting__parent", "study_design", "by"
            ).order_by(
                F("therapy_class__order").asc(nulls_last=True),
                F("study_design__order").asc(nulls_first=True),
                F("setting__order").asc(nulls_first=True),
                "id",
            ),
            to_attr="current_tags",
        )

    def _waiting_classes(self) -> Prefetch:
        """``waiting_classes``: the proposals of main classes that wait for a person."""
        proposals = (
            self._related("suggestions")
            .filter(therapy_class__isnull=False, therapy_class__parent=None)
            .waiting()
        )
        return Prefetch(
            "suggestions",
            proposals.select_related("therapy_class__parent")
            .defer("quotes")
            .order_by("therapy_class__order"),
            to_attr="waiting_classes",
        )

    def _resolved_relations(self) -> models.QuerySet[Any]:
        """``related_paper_id``: the paper of this library that a relation leads to, if any."""
        others = self.model._default_manager.order_by()
        return self._related("relations").annotate(
            related_paper_id=Coalesce(
                Subquery(others.filter(pmid=OuterRef("pmid")).values("pk")[:1]),
                Subquery(others.filter(doi=OuterRef("doi")).values("pk")[:1]),
            )
        )

    def _related(self, name: str) -> Any:
        # The models import this module, so it finds them through their relations.
        related: Any = self.model._meta.get_field(name).related_model
        return related._default_manager.all()


class SuggestionQuerySet(models.QuerySet[Any]):
    def with_targets(self) -> SuggestionQuerySet:
        """With what they propose, and what that is a part of."""
        return self.select_related(*TARGETS, *(f"{field}__parent" for field in IN_TREES))

    def undecided(self) -> SuggestionQuerySet:
        """Those on whose target, for their paper, no person's word stands."""
        return self.filter(~self._decisions())

    def decided(self) -> SuggestionQuerySet:
        return self.filter(self._decisions())

    def waiting(self) -> SuggestionQuerySet:
        """The undecided ones that are strong enough to wait for a person."""
        return self.filter(score__gte=WORTH_A_PRESS).undecided()

    def _decisions(self) -> Exists:
        """A standing word on the same target, or a refusal of what the target is a part of:
        ``papers.standing`` in SQL.
        """
        tags: Any = self.model._meta.get_field("paper").related_model._meta.get_field("tags")
        said = tags.related_model._default_manager.filter(paper=OuterRef("paper"), is_current=True)
        same = reduce(or_, (Q(**{field: OuterRef(field)}) for field in TARGETS))
        whole = reduce(or_, (Q(**{field: OuterRef(f"{field}__parent")}) for field in IN_TREES))
        is_decided = same & Q(state__in=("confirmed", "rejected"))
        return Exists(said.filter(is_decided | whole & Q(state="rejected")))
