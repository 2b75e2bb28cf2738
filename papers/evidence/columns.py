"""What is across the map: settings, study designs or years, and the papers that have none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from papers.evidence.question import Params, Question
from papers.models.tag import MODELS
from papers.models.tag import Target as Row

MOST_YEARS = 30
"""Columns of single years; the years before them stand together in one."""

YEARS_OF_NOTHING = 10
"""Columns where no paper has a year."""

NONE = "none"
"""The slug of the column of papers that have nothing of the kind."""

_WITHOUT = {"setting": "No setting", "study_design": "No design", "year": "No year"}


@dataclass(frozen=True, slots=True)
class Column:
    slug: str
    name: str
    params: Params
    target: Row | None = None
    first: int | None = None
    """The first year of a column of years."""

    last: int | None = None
    is_span: bool = False
    """Whether it holds many years."""


def columns(asked: Question, years: Collection[int | None], today: dt.date) -> tuple[Column, ...]:
    """The columns of a map of papers from these years."""
    if asked.by == "year":
        found = _years(asked, {year for year in years if year is not None}, today)
    else:
        found = [_of_target(asked.by, target) for target in _targets(asked)]
    return (*found, *_without(asked))


def _targets(asked: Question) -> Sequence[Any]:
    """Those that the filter chooses, else the main ones."""
    rows = MODELS[asked.by].objects.all()
    chosen = {row.pk for row in asked.chosen[asked.by]}
    if chosen:
        return [row for row in rows if row.pk in chosen]
    return [row for row in rows if getattr(row, "parent_id", None) is None]


def _of_target(by: str, target: Any) -> Column:
    return Column(target.slug, target.name, ((by, target.slug),), target=target)


def _years(asked: Question, years: set[int], today: dt.date) -> list[Column]:
    """Every year until this one, so that a gap shows, and so does how far the searches reach."""
    last = min(today.year, asked.year_max or today.year)
    years = years or {last - YEARS_OF_NOTHING + 1}
    first = min(max(min(years), last - MOST_YEARS + 1), last)
    single = [_from_to(asked, year, year, str(year)) for year in range(first, last + 1)]
    earlier = [_from_to(asked, None, first - 1, f"to {first - 1}")] if min(years) < first else []
    later = [_from_to(asked, last + 1, None, f"from {last + 1}")] if max(years) > last else []
    return [*earlier, *single, *later]


def _from_to(asked: Question, first: int | None, last: int | None, name: str) -> Column:
    """The years that are the column's and the filter's."""
    from_year = max((year for year in (first, asked.year_min) if year is not None), default=None)
    to_year = min((year for year in (last, asked.year_max) if year is not None), default=None)
    params = (("year_min", from_year), ("year_max", to_year))
    given = tuple((key, str(year)) for key, year in params if year is not None)
    slug, is_span = name.replace(" ", "_"), not name.isdecimal()
    return Column(slug, name, given, first=from_year, last=to_year, is_span=is_span)


def _without(asked: Question) -> list[Column]:
    """The column of the rest, unless a filter asks for papers that have something."""
    name = f"has_{asked.by}"
    is_asked = asked.data.get(name, "").lower() in ("true", "1")
    if asked.by == "year":
        is_asked |= asked.year_min is not None or asked.year_max is not None
    elif asked.chosen[asked.by]:
        is_asked = True
    return [] if is_asked else [Column(NONE, _WITHOUT[asked.by], ((name, "false"),))]
