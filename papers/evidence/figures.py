"""Counts the evidence map. Each figure is the length of the library's list that its link opens.

Papers are counted as sets of ids, one a target, because a paper of two classes stands in both
rows and once in their total. What the library says of several kinds of target holds here too: a
paper is *confirmed* when each kind is confirmed, and *waits* when each is confirmed or proposed,
and not all are confirmed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from django.utils import timezone

from papers.evidence.columns import NONE, Column, columns
from papers.evidence.question import Params, Question
from papers.evidence.rows import Heading, headings, papers_of
from papers.models import Paper, Suggestion, Tag
from papers.models.tag import MODELS, Target
from papers.records import TARGETS
from papers.search.facets import PapersOf, by_target
from papers.services.coverage import Coverage, Looked, coverage


@dataclass(frozen=True, slots=True)
class Figure:
    """How many papers, how many of these are retracted, and the library's query for them."""

    papers: int
    retracted: int
    query: str


@dataclass(frozen=True, slots=True)
class Cell:
    confirmed: Figure
    waiting: Figure
    is_looked_for: bool

    @property
    def is_empty(self) -> bool:
        return not (self.confirmed.papers or self.waiting.papers)

    @property
    def retracted(self) -> int:
        return self.confirmed.retracted + self.waiting.retracted


@dataclass(frozen=True, slots=True)
class Row:
    heading: Heading
    looked: tuple[Looked, ...]
    """The finished searches that looked for it, the latest first."""

    cells: tuple[Cell, ...]
    total: Cell

    @property
    def looked_on(self) -> dt.date | None:
        return self.looked[0].on if self.looked else None


@dataclass(frozen=True, slots=True)
class EvidenceMap:
    asked: Question
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: tuple[Cell, ...]
    total: Cell
    papers: Figure
    """All papers under the filters, whatever is said of them."""

    counted_at: dt.datetime

    @property
    def retracted(self) -> int:
        """Retracted papers that the map counts."""
        return self.total.retracted


class Part(NamedTuple):
    """The papers of which something is confirmed, and those of which it is that or proposed."""

    confirmed: set[int]
    found: set[int]

    def __and__(self, other: Part) -> Part:
        return Part(self.confirmed & other.confirmed, self.found & other.found)

    def __or__(self, other: Part) -> Part:
        return Part(self.confirmed | other.confirmed, self.found | other.found)

    @property
    def waiting(self) -> set[int]:
        return self.found - self.confirmed


def _sure(papers: set[int]) -> Part:
    """Papers of which a fact holds that nobody need confirm."""
    return Part(papers, papers)


def evidence_map(asked: Question) -> EvidenceMap:
    """The map. Asks a number of queries that does not grow with its cells; each drug of an opened
    row is one more.
    """
    return _Count(asked, coverage()).map()


class _Count:
    def __init__(self, asked: Question, searched: Coverage) -> None:
        self.asked, self.searched = asked, searched
        facts = list(asked.papers().values_list("pk", "year", "status"))
        self.base = _sure({pk for pk, _, _ in facts})
        self.retracted = {pk for pk, _, status in facts if status == Paper.Status.RETRACTED}
        self.of_year: dict[int | None, set[int]] = defaultdict(set)
        for pk, year, _ in facts:
            self.of_year[year].add(pk)
        kinds = [name for name in TARGETS if self._is_needed(name)]
        self.said = {name: _Said(name) for name in kinds}
        self.papers = self.base
        for name in kinds:
            if name not in ("therapy_class", asked.by):
                self.base &= self.said[name].any_of(asked.chosen[name])

    def _asked_for(self) -> Part:
        """The papers that the library shows under the same filters."""
        asked = [name for name in ("therapy_class", self.asked.by) if self.asked.chosen.get(name)]
        parts = (self.said[name].any_of(self.asked.chosen[name]) for name in asked)
        return reduce(Part.__and__, parts, self.base)

    def _is_needed(self, kind: str) -> bool:
        return kind in ("therapy_class", self.asked.by) or bool(self.asked.chosen[kind])

    def map(self) -> EvidenceMap:
        rows = headings(self.asked)
        parts = [self._part_of(row) for row in rows]
        classes = [row for row in rows if not row.level]
        across = columns(self.asked, self._years(parts), timezone.localdate())
        of_columns = [self._part_across(column) for column in across]
        any_column = self._any_column(of_columns)
        looked = [self._looked(row) for row in rows]
        any_class = reduce(Part.__or__, (parts[rows.index(row)] for row in classes), _sure(set()))
        any_looked = tuple(each for some in looked for each in some)
        all_classes = tuple(pair for row in classes for pair in row.params)
        if chosen := self.asked.chosen["therapy_class"]:
            all_classes = tuple(("therapy_class", row.slug) for row in chosen)

        def cells(part: Part, params: Params, looked: tuple[Looked, ...]) -> tuple[Cell, ...]:
            return tuple(
                self._cell(part & other, (params, column.params), _reaches(looked, column))
                for column, other in zip(across, of_columns, strict=True)
            )

        def total(part: Part, params: Params, looked: tuple[Looked, ...]) -> Cell:
            return self._cell(part & any_column, (params,), bool(looked))

        return EvidenceMap(
            asked=self.asked,
            columns=across,
            rows=tuple(
                Row(row, some, cells(part, row.params, some), total(part, row.params, some))
                for row, part, some in zip(rows, parts, looked, strict=True)
            ),
            totals=cells(any_class, all_classes, any_looked),
            total=total(any_class, all_classes, any_looked),
            papers=self._figure(self._asked_for().confirmed, self.asked.link()),
            counted_at=timezone.now(),
        )

    def _part_of(self, row: Heading) -> Part:
        """The papers of a row, under all filters but those on what is across."""
        part = self.base & self.said["therapy_class"].of(row.therapy_class)
        return part & _sure(papers_of(row.drug)) if row.drug else part

    def _years(self, parts: Iterable[Part]) -> set[int | None]:
        """The years of papers that stand in some row."""
        found: set[int] = set().union(*(part.found for part in parts))
        return {year for year, papers in self.of_year.items() if papers & found}

    def _part_across(self, column: Column) -> Part:
        if column.target:
            return self.said[self.asked.by].of(column.target)
        if column.slug != NONE:
            return _sure(set().union(*self._of_years(column.first, column.last)))
        if self.asked.by == "year":
            return _sure(self.of_year[None])
        return _sure(self.papers.found - self.said[self.asked.by].spoken_of)

    def _of_years(self, first: int | None, last: int | None) -> Iterable[set[int]]:
        return (
            papers
            for year, papers in self.of_year.items()
            if year is not None and (first or 0) <= year and (last is None or year <= last)
        )

    def _any_column(self, of_columns: list[Part]) -> Part:
        """What a row's total is counted among: the columns, where a filter chooses them."""
        if self.asked.chosen.get(self.asked.by):
            return reduce(Part.__or__, of_columns)
        return self.papers

    def _looked(self, row: Heading) -> tuple[Looked, ...]:
        therapy_class = row.therapy_class
        drug = row.drug.slug if row.drug else ""
        return self.searched.of(therapy_class.slug, therapy_class.main.slug, drug)

    def _cell(self, part: Part, replacing: tuple[Params, ...], is_looked_for: bool) -> Cell:
        return Cell(
            self._figure(part.confirmed, self.asked.link(*replacing, waiting=False)),
            self._figure(part.waiting, self.asked.link(*replacing, waiting=True)),
            is_looked_for,
        )

    def _figure(self, papers: set[int], query: str) -> Figure:
        return Figure(len(papers), len(papers & self.retracted), query)


def _reaches(looked: tuple[Looked, ...], column: Column) -> bool:
    """Whether a search that looked for a row did so since the column's first year began."""
    return any(column.first is None or column.first <= each.on.year for each in looked)


class _Said:
    """What is said of papers on one kind of target, all of them in two queries."""

    def __init__(self, field: str) -> None:
        rows = MODELS[field].objects.all()
        parents: Mapping[int, int] = (
            dict(rows.exclude(parent=None).values_list("pk", "parent"))
            if hasattr(MODELS[field], "parent")
            else {}
        )
        confirmed = Tag.objects.filter(is_current=True, state=Tag.State.CONFIRMED)
        self.confirmed: PapersOf = by_target(confirmed, field, parents)
        self.proposed: PapersOf = by_target(Suggestion.objects.waiting(), field, parents)

    def of(self, target: Target) -> Part:
        confirmed = self.confirmed.get(target.pk, set())
        return Part(confirmed, confirmed | self.proposed.get(target.pk, set()))

    def any_of(self, targets: Iterable[Target]) -> Part:
        return reduce(Part.__or__, map(self.of, targets))

    @property
    def spoken_of(self) -> set[int]:
        """Papers of which something of the kind is confirmed, or proposed and undecided."""
        return set().union(*self.confirmed.values(), *self.proposed.values())
