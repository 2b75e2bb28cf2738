"""What a filtered set of papers is made of: each facet counted under all the other filters.

A facet's own parameter is left out when it is counted, so that its other values show what choosing
them would add.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.http import QueryDict

from papers.filters import TAG_STATES, PaperFilter
from papers.models import Journal, Paper, PublicationType, Tag
from papers.search.engine import has_tag_state
from regimens.models import TherapyClass

LONGEST_FACET = 8
"""Values of an open-ended facet that are shown; those that are chosen are always among them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet. ``query`` is the query string that switches it on or off."""

    value: str
    label: str
    count: int
    is_chosen: bool
    query: str
    level: int = 0
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    label: str
    choices: tuple[Choice, ...]

    @property
    def is_active(self) -> bool:
        return any(choice.is_chosen for choice in self.choices)


def facets(data: QueryDict) -> tuple[Facet, ...]:
    """The facets of a valid filter's parameters."""
    return (
        _class_facet(data),
        _tag_state_facet(data),
        _status_facet(data),
        _publication_type_facet(data),
        _journal_facet(data),
    )


def year_counts(data: QueryDict) -> list[tuple[int, int]]:
    """(year, papers) under all filters but the years, in order; papers without a year are left out."""
    papers = _papers(data, "year_min", "year_max").exclude(year=None)
    return list(papers.order_by("year").values_list("year").annotate(n=Count("pk")))


def _papers(data: QueryDict, *without: str) -> QuerySet[Paper]:
    others = data.copy()
    for name in (*without, "ordering", "page"):
        others.pop(name, None)
    return Paper.objects.filter(
        pk__in=PaperFilter(others, queryset=Paper.objects.all()).qs.order_by().values("pk")
    )


def _class_facet(data: QueryDict) -> Facet:
    """Main classes count the papers of their sub-classes too, each paper once."""
    papers = _papers(data, "therapy_class", "tag_state")
    state = data.get("tag_state")
    counted_state = state if state in (Tag.State.CONFIRMED, Tag.State.REJECTED) else "confirmed"
    pairs = Tag.objects.filter(
        is_current=True, state=counted_state, therapy_class__isnull=False, paper__in=papers
    ).values_list("paper", "therapy_class", "therapy_class__parent")
    found: dict[int, set[int]] = {}
    for paper, therapy_class, parent in pairs:
        found.setdefault(therapy_class, set()).add(paper)
        if parent:
            found.setdefault(parent, set()).add(paper)
    classes = list(TherapyClass.objects.select_related("parent"))
    rows = [
        (row.slug, row.name, len(found.get(row.pk, ())), int(bool(row.parent_id)), row.main.letter)
        for row in _as_tree(classes)
    ]
    return Facet("therapy_class", "Therapy class", _choices(data, "therapy_class", rows))


def _as_tree(classes: Sequence[TherapyClass]) -> Iterable[TherapyClass]:
    for main in (row for row in classes if not row.parent_id):
        yield main
        yield from (row for row in classes if row.parent_id == main.pk)


def _tag_state_facet(data: QueryDict) -> Facet:
    papers = _papers(data, "tag_state")
    rows = [
        (state, label, papers.filter(has_tag_state(state)).count(), 0, "")
        for state, label in TAG_STATES
    ]
    return Facet("tag_state", "Tags", _choices(data, "tag_state", rows, is_single=True))


def _status_facet(data: QueryDict) -> Facet:
    counts = dict(_papers(data, "status").order_by().values_list("status").annotate(n=Count("pk")))
    rows = [(value, label, counts.get(value, 0), 0, "") for value, label in Paper.Status.choices]
    return Facet("status", "Status", _choices(data, "status", rows))


def _publication_type_facet(data: QueryDict) -> Facet:
    through = Paper.publication_types.through.objects
    counted = through.filter(paper__in=_papers(data, "publication_type"))
    counts = dict(counted.values_list("publicationtype").annotate(n=Count("pk")))
    chosen = data.getlist("publication_type")
    names = PublicationType.objects.in_bulk(counts)
    rows = [(names[pk].name, names[pk].name, count, 0, "") for pk, count in counts.items()]
    return Facet(
        "publication_type",
        "Publication type",
        _choices(data, "publication_type", _most(rows, chosen)),
    )


def _journal_facet(data: QueryDict) -> Facet:
    papers = _papers(data, "journal").exclude(journal=None).order_by()
    counts = dict(papers.values_list("journal").annotate(n=Count("pk")))
    chosen = data.getlist("journal")
    most = _most([(str(pk), "", count, 0, "") for pk, count in counts.items()], chosen)
    names = Journal.objects.in_bulk([int(row[0]) for row in most])
    rows = [(value, str(names[int(value)]), *rest) for value, _, *rest in most]
    return Facet("journal", "Journal", _choices(data, "journal", rows))


_Row = tuple[str, str, int, int, str]


def _most(rows: Sequence[_Row], chosen: Sequence[str]) -> list[_Row]:
    """The fullest ones, and whatever is chosen."""
    ordered = sorted(rows, key=lambda row: (-row[2], row[1]))
    return [row for place, row in enumerate(ordered) if place < LONGEST_FACET or row[0] in chosen]


def _choices(
    data: QueryDict, name: str, rows: Iterable[_Row], *, is_single: bool = False
) -> tuple[Choice, ...]:
    chosen = set(data.getlist(name))
    return tuple(
        Choice(
            value,
            label,
            count,
            value in chosen,
            _toggled(data, name, value, is_single=is_single),
            level,
            letter,
        )
        for value, label, count, level, letter in rows
    )


def _toggled(data: QueryDict, name: str, value: str, *, is_single: bool) -> str:
    """The query string with this value switched, from the first page on."""
    query = data.copy()
    query.pop("page", None)
    values = query.getlist(name)
    if value in values:
        values = [other for other in values if other != value]
    else:
        values = [value] if is_single else [*values, value]
    query.setlist(name, values)
    return query.urlencode()
