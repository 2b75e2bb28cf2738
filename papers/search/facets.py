"""What a filtered set of papers is made of: each facet counted under all the other filters.

A facet's own parameter is left out when it is counted, so that its other values show what choosing
them would add.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.http import QueryDict

from papers.filters import TAG_STATES, PaperFilter
from papers.models import Journal, Paper, PublicationType, Suggestion, Tag, Target
from papers.models.tag import MODELS
from papers.records import TARGETS
from papers.search.engine import WAITING
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

    @property
    def is_bare(self) -> bool:
        """No paper would be found by any of its values."""
        return not any(choice.count or choice.is_chosen for choice in self.choices)


def facets(data: QueryDict) -> tuple[Facet, ...]:
    """The facets of a valid filter's parameters."""
    return (
        _target_facet(data, "therapy_class", "Therapy class"),
        _target_facet(data, "setting", "Setting"),
        _target_facet(data, "study_design", "Study design"),
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


def _target_facet(data: QueryDict, field: str, label: str) -> Facet:
    """A row with others below it counts their papers too, each paper once."""
    targets = list(MODELS[field].objects.all())
    parents = {row.pk: row.parent_id for row in targets if getattr(row, "parent_id", None)}
    count = _waiting if data.get("tag_state") == WAITING else _said
    found = count(data, field, parents)
    rows = [
        (row.slug, row.name, len(found.get(row.pk, ())), int(row.pk in parents), _letter(row))
        for row in _as_tree(targets, parents)
    ]
    return Facet(field, label, _choices(data, field, rows))


PapersOf = dict[int, set[int]]
"""The papers of each target and of those below it."""


def _said(data: QueryDict, field: str, parents: Mapping[int, int]) -> PapersOf:
    state = data.get("tag_state")
    is_state = state in (Tag.State.CONFIRMED, Tag.State.REJECTED)
    return _tagged(_asked(data, field), field, state if is_state else "confirmed", parents)


def _waiting(data: QueryDict, field: str, parents: Mapping[int, int]) -> PapersOf:
    """What choosing a target would find: it and the other kinds asked for are confirmed or
    proposed, and something of that is not confirmed.
    """
    papers = _asked(data, field)
    confirmed = _tagged(papers, field, "confirmed", parents)
    proposed = _proposed(papers, field, parents)
    found = {target: some - confirmed.get(target, set()) for target, some in proposed.items()}
    if _asks_others(data, field):
        # The others wait, or they are confirmed and this one waits.
        settled = _papers(_with_state(data, "confirmed"), field)
        done = _tagged(settled, field, "confirmed", parents)
        for target, some in confirmed.items():
            found.setdefault(target, set()).update(some)
        for target, some in _proposed(settled, field, parents).items():
            found.setdefault(target, set()).update(some - done.get(target, set()))
    return found


def _asked(data: QueryDict, field: str) -> QuerySet[Paper]:
    """The papers among which a facet of one kind of target counts."""
    # The state speaks of all the targets that are asked for; of this one alone it is its own.
    return _papers(data, field, *(() if _asks_others(data, field) else ("tag_state",)))


def _asks_others(data: QueryDict, field: str) -> bool:
    return any(data.getlist(other) for other in TARGETS if other != field)


def _with_state(data: QueryDict, state: str) -> QueryDict:
    other = data.copy()
    other["tag_state"] = state
    return other


def _tagged(
    papers: QuerySet[Paper], field: str, state: str, parents: Mapping[int, int]
) -> PapersOf:
    tags = Tag.objects.filter(is_current=True, state=state, paper__in=papers)
    return by_target(tags, field, parents)


def _proposed(papers: QuerySet[Paper], field: str, parents: Mapping[int, int]) -> PapersOf:
    return by_target(Suggestion.objects.filter(paper__in=papers).waiting(), field, parents)


def by_target(rows: QuerySet[Any], field: str, parents: Mapping[int, int]) -> PapersOf:
    """The papers that tags or suggestions speak of, by what they say of them."""
    found: dict[int, set[int]] = defaultdict(set)
    about = rows.filter(**{f"{field}__isnull": False})
    for paper, target in about.order_by().values_list("paper", field).iterator():
        found[target].add(paper)
    for part in parents.keys() & found.keys():
        found[parents[part]] |= found[part]
    return dict(found)


def _as_tree(targets: Sequence[Target], parents: Mapping[int, int]) -> Iterable[Target]:
    for main in (row for row in targets if row.pk not in parents):
        yield main
        yield from (row for row in targets if parents.get(row.pk) == main.pk)


def _letter(target: Target) -> str:
    return target.letter if isinstance(target, TherapyClass) else ""


def _tag_state_facet(data: QueryDict) -> Facet:
    rows = [
        (state, label, _papers(_with_state(data, state)).count(), 0, "")
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
