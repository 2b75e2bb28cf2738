"""Which papers a curator's queue holds, and in which order: the library's filter, asked of what
waits. A class, setting or design means here that it is proposed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

import django_filters as filters
from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Abs

from papers.filters import PaperFilter
from papers.models import Finding, SourceRecord, Suggestion, Target
from papers.search.engine import is_suggested
from regimens.parameters import TrueFalseFilter
from regimens.proposals import WORTH_A_PRESS

BY_SEARCH = "search"

ORDERS: dict[str, tuple[str, Sequence[Any]]] = {
    "newest": ("Newest first", ["-pk"]),
    "surest": ("Surest first", [F("surest").desc(nulls_last=True), "-pk"]),
    "least_sure": ("Least sure first", [F("doubt").asc(nulls_last=True), "-pk"]),
}
"""order parameter -> (its name in menus, what the database sorts by)."""


class QueueFilter(PaperFilter):
    """Parameters that define a queue. ``last_visit``: when its curator was here before."""

    source = filters.ChoiceFilter(
        method="by_source",
        label="Source",
        choices=[*SourceRecord.Sources.choices, (BY_SEARCH, "Found by a search")],
    )
    new = TrueFalseFilter(method="by_new", label="New since my last visit")
    opinion = filters.ChoiceFilter(
        method="as_it_is",
        label="Second opinion",
        choices=[("second", "Decided by somebody else, not by me")],
    )
    order = filters.ChoiceFilter(
        method="as_it_is",
        label="Order",
        choices=[(name, label) for name, (label, _) in ORDERS.items()],
    )
    # What waits has no tags; and the queue has orders of its own.
    tag_state = None
    ordering = None

    def __init__(self, *args: Any, last_visit: dt.datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last_visit = last_visit

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = super().filter_queryset(queryset)
        order = self.form.cleaned_data["order"] or "newest"
        return _with_sureness(found, order).order_by(*ORDERS[order][1])

    def by_target(self, papers: QuerySet[Any], name: str, value: Sequence[Target]) -> QuerySet[Any]:
        return papers.filter(reduce(or_, map(is_suggested, value), Q()))

    def by_source(self, papers: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == BY_SEARCH:
            return papers.filter(pk__in=Finding.objects.values("paper"))
        return papers.filter(pk__in=SourceRecord.objects.filter(source=value).values("paper"))

    def by_new(self, papers: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        if not value or self.last_visit is None:
            return papers
        return papers.filter(created_at__gt=self.last_visit)

    def as_it_is(self, papers: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return papers  # the queue and its order heed it


def _with_sureness(papers: QuerySet[Any], order: str) -> QuerySet[Any]:
    """``surest``: the score of the strongest class. ``doubt``: how far it is from the score at
    which the rules hesitate. Papers without a proposal have neither, and come last.
    """
    if order == "newest":
        return papers
    strongest = (
        Suggestion.objects.filter(paper=OuterRef("pk"), therapy_class__isnull=False)
        .order_by()
        .values("paper")
        .annotate(most=Max("score"))
    )
    return papers.annotate(surest=Subquery(strongest.values("most"))).annotate(
        doubt=Abs(F("surest") - Value(WORTH_A_PRESS))
    )
