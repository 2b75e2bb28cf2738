"""What stands below each other on the map: classes, and what is below those that are opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from papers.evidence.question import Params, Question
from papers.marks import mark_kind
from papers.models import Paper
from papers.search.engine import has_drug
from regimens.models import Drug, TherapyClass


@dataclass(frozen=True, slots=True)
class Heading:
    """A row before anything is counted. ``mark`` is the shape of its class."""

    kind: str
    slug: str
    name: str
    mark: str
    level: int
    parent: str
    params: Params
    therapy_class: TherapyClass
    drug: Drug | None = None
    can_open: bool = False
    is_open: bool = False


def headings(asked: Question) -> list[Heading]:
    """The rows in their order. Drugs are looked up only where a row is open."""
    tree = _Tree(asked)
    return [heading for row in tree.tops for heading in tree.below(row, level=0)]


class _Tree:
    def __init__(self, asked: Question) -> None:
        self.asked = asked
        classes = list(TherapyClass.objects.select_related("parent"))
        self.parts = {
            row.pk: [part for part in classes if part.parent_id == row.pk] for row in classes
        }
        self.tops = _tops(asked, classes)
        self.with_drugs = set(Drug.objects.order_by().values_list("therapy_class", flat=True))
        opened = [row.pk for row in classes if row.slug in asked.opened]
        self.drugs = _drugs(asked, opened) if opened else {}

    def below(self, row: TherapyClass, *, level: int) -> Iterator[Heading]:
        """The row itself, and what is below it if it is open."""
        is_open = row.slug in self.asked.opened
        can_open = bool(self.parts[row.pk]) or row.pk in self.with_drugs
        yield _of_class(row, level, can_open=can_open, is_open=is_open and can_open)
        if not is_open:
            return
        for part in self.parts[row.pk]:
            yield from self.below(part, level=level + 1)
        for drug in self.drugs.get(row.pk, ()):
            yield _of_drug(drug, row, level + 1)


def _tops(asked: Question, classes: list[TherapyClass]) -> list[TherapyClass]:
    """The main classes, or those that the filter chooses; a part of a chosen one stands in it."""
    chosen = {row.pk for row in asked.chosen["therapy_class"]}
    if not chosen:
        return [row for row in classes if row.parent_id is None]
    return [row for row in classes if row.pk in chosen and row.parent_id not in chosen]


def _drugs(asked: Question, classes: list[int]) -> dict[int, list[Drug]]:
    drugs = Drug.objects.filter(therapy_class__in=classes).prefetch_related("synonyms")
    if chosen := [drug.pk for drug in asked.chosen["drug"]]:
        drugs = drugs.filter(pk__in=chosen)
    ordered = sorted(drugs, key=lambda drug: (drug.therapy_class_id, drug.inn.lower()))
    return {pk: list(some) for pk, some in groupby(ordered, key=lambda drug: drug.therapy_class_id)}


def _of_class(row: TherapyClass, level: int, *, can_open: bool, is_open: bool) -> Heading:
    is_part_alone = row.parent is not None and level == 0
    return Heading(
        kind="therapy_class",
        slug=row.slug,
        name=f"{row.main.name}: {row.name}" if is_part_alone else row.name,
        mark=mark_kind(row),
        level=level,
        parent=row.parent.slug if row.parent and level else "",
        params=(("therapy_class", row.slug),),
        therapy_class=row,
        can_open=can_open,
        is_open=is_open,
    )


def _of_drug(drug: Drug, row: TherapyClass, level: int) -> Heading:
    return Heading(
        kind="drug",
        slug=drug.slug,
        name=drug.inn,
        mark=mark_kind(row),
        level=level,
        parent=row.slug,
        params=(("therapy_class", row.slug), ("drug", drug.slug)),
        therapy_class=row,
        drug=drug,
    )


def papers_of(drug: Drug) -> set[int]:
    """The papers that the library's filter finds for a drug."""
    return set(Paper.objects.filter(has_drug(drug)).order_by().values_list("pk", flat=True))
