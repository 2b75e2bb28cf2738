"""Questions that are asked of the library, and what a page needs to answer without more of them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Count, F, OuterRef, Prefetch, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

FIRST_AUTHORS = 3
"""Names that a list shows of a byline."""

_HEAVY = (
    "abstract", "abstract_sections", "mesh_headings", "supplementary_concepts", "substances",
    "grants", "other_ids", "provenance", "book", "tldr", "note",
)  # fmt: skip


class PaperQuerySet(models.QuerySet[Any]):
    """Papers with what belongs to them, in a number of queries that does not grow with them."""

    def for_list(self) -> PaperQuerySet:
        """What a row of a list shows: ``first_authors``, ``last_author`` (a name), ``author_count``,
        ``current_tags``, journal.
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
            )
        )

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
        )

    def _current_tags(self) -> Prefetch:
        """``current_tags``: what people's word is now, confirmed or rejected."""
        tags = self._related("tags")
        current = tags.filter(is_current=True).exclude(state="withdrawn")
        return Prefetch(
            "tags",
            current.select_related("therapy_class__parent", "regimen", "by").order_by(
                F("therapy_class__order").asc(nulls_last=True), "id"
            ),
            to_attr="current_tags",
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

    def _related(self, name: str) -> models.QuerySet[Any]:
        # The models import this module, so it finds them through their relations.
        related: Any = self.model._meta.get_field(name).related_model
        return related._default_manager.all()
