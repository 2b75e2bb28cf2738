"""What somebody asks of the evidence map: which papers, by what, how drawn, which rows open.

The filters are the library's. A filter on what the map has rows or columns for (a class, a drug;
a setting, a design, a year, whichever is across) chooses among these; every other one narrows the
papers. So each figure is the length of one list of the library, and its link can say which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict

from papers.filters import PaperFilter
from papers.models import Paper
from papers.records import TARGETS
from papers.search.engine import WAITING
from regimens.models import TherapyClass
from regimens.parameters import RowsFilter

AXES = {"setting": "Setting", "year": "Year", "study_design": "Study design"}
VIEWS = {"bubble": "Bubbles", "heat": "Heat"}
OF_THE_MAP = ("by", "view", "open")


class MapFilter(PaperFilter):
    """The library's filters, and what is the map's own. The map shows every state of a tag."""

    tag_state = None
    ordering = None
    by = django_filters.ChoiceFilter(
        method="heed", choices=list(AXES.items()), label="Across", help_text="setting unless given"
    )
    view = django_filters.ChoiceFilter(
        method="heed", choices=list(VIEWS.items()), label="View", help_text="bubble unless given"
    )
    open = RowsFilter(
        method="heed",
        label="Opened class",
        queryset=TherapyClass.objects.all(),
        to_field_name="slug",
        error_messages={"invalid_choice": "There is no therapy class “%(value)s” to open."},
        help_text="Shows what is below it: sub-classes and drugs.",
    )

    def heed(self, papers: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return papers  # says how the map is shown, not of which papers


REFUSED = {
    "tag_state": "The map shows what is confirmed and what waits side by side; leave tag_state out.",
    "ordering": "A map has no order; leave ordering out.",
}


def map_filter(data: QueryDict) -> MapFilter:
    """The filter of a query string, with an error for what only lists know."""
    asked = MapFilter(data, queryset=Paper.objects.all())
    for name, sentence in REFUSED.items():
        if data.get(name):
            asked.errors[name] = asked.form.error_class([sentence])
    return asked


Params = tuple[tuple[str, str], ...]
"""(name, value) pairs of a query string."""


@dataclass(frozen=True, slots=True)
class Question:
    """A valid query string, read."""

    data: QueryDict
    by: str
    view: str
    opened: frozenset[str]
    chosen: Mapping[str, Sequence[Any]]
    """Rows asked for, of each of ``TARGETS`` and of drugs; empty where any will do."""

    year_min: int | None
    year_max: int | None
    pairs: Params
    """What the library would be asked for the same papers."""

    def papers(self) -> QuerySet[Paper]:
        """The papers under all filters but those that speak of tags."""
        data = _without(self.data, *OF_THE_MAP, *TARGETS)
        return PaperFilter(data, queryset=Paper.objects.all()).qs.order_by()

    def link(self, *replacing: Params, waiting: bool | None = None) -> str:
        """The query string of the list behind a figure: these parameters in place of their like."""
        given = [pair for params in replacing for pair in params]
        if waiting is not None:
            given.append(("tag_state", WAITING if waiting else "confirmed"))
        names = {name for name, _ in given}
        return urlencode([*(pair for pair in self.pairs if pair[0] not in names), *given])

    def same_but(self, **changes: str | None) -> str:
        """The map's query string with some of its own parameters changed."""
        data = self.data.copy()
        for name, value in changes.items():
            data.setlist(name, [value] if value else [])
        return data.urlencode()

    def toggled(self, slug: str) -> str:
        """The map's query string with a row opened, or closed."""
        data = self.data.copy()
        data.setlist("open", sorted(self.opened ^ {slug}))
        return data.urlencode()


def question(asked: MapFilter) -> Question:
    """The question of a filter that is valid."""
    if not asked.is_valid():
        raise ValueError(f"This is no question: {asked.errors.as_text()}")
    values = asked.form.cleaned_data
    filters = _without(asked.data, *OF_THE_MAP)
    return Question(
        data=asked.data,
        by=values["by"] or "setting",
        view=values["view"] or "bubble",
        opened=frozenset(row.slug for row in values["open"]),
        chosen={name: list(values[name]) for name in (*TARGETS, "drug")},
        year_min=values["year_min"],
        year_max=values["year_max"],
        pairs=tuple((name, value) for name, given in filters.lists() for value in given),
    )


def _without(data: QueryDict, *names: str) -> QueryDict:
    rest = data.copy()
    for name in ("page", *names):
        rest.pop(name, None)
    return rest
