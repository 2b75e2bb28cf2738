"""The tags of a paper's page: what people say of each target, and what the machine proposes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from papers.models import Paper, Tag
from papers.services.proposals import decision_on
from papers.services.quoting import Proposal, Spans, proposal
from regimens.models import Setting, StudyDesign, TherapyClass


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A main class with what is said and proposed of it and of its sub-classes."""

    therapy_class: TherapyClass
    tag: Tag | None
    proposal: Proposal | None
    below: tuple[Tag, ...]
    proposed_below: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class StudyList:
    """Settings or designs: what is said and proposed, and for a curator the rows to choose from."""

    label: str
    word: str
    tags: tuple[Tag, ...]
    proposals: tuple[Proposal, ...]
    rows: tuple[Setting | StudyDesign, ...]

    @property
    def unsaid(self) -> list[Setting | StudyDesign]:
        listed = {each.target.pk for each in (*self.tags, *self.proposals)}
        return [row for row in self.rows if row.pk not in listed]


@dataclass(frozen=True, slots=True)
class Settled:
    """A proposal on which somebody has decided, and what holds."""

    proposal: Proposal
    decision: str


@dataclass(frozen=True, slots=True)
class TagsPanel:
    classes: tuple[ClassRow, ...]
    regimens: tuple[Tag, ...]
    proposed_regimens: tuple[Proposal, ...]
    lists: tuple[StudyList, ...]
    settled: tuple[Settled, ...]


def tags_panel(paper: Paper, spans: Spans, *, can_tag: bool) -> TagsPanel:
    """For a paper read with ``for_reading()``."""
    waiting: list[Proposal] = []
    settled: list[Settled] = []
    for suggestion in paper.suggestions.all():
        shown = proposal(suggestion, paper, spans)
        decision = decision_on(suggestion, paper.current_tags)
        if decision:
            settled.append(Settled(shown, decision))
        else:
            waiting.append(shown)
    classes = TherapyClass.objects.filter(parent=None)
    settings = Setting.objects.select_related("parent") if can_tag else ()
    designs = StudyDesign.objects.all() if can_tag else ()
    return TagsPanel(
        tuple(_class_rows(classes, _tags(paper, "therapy_class"), waiting)),
        _tags(paper, "regimen"),
        _of(waiting, "regimen"),
        (
            StudyList(
                "Setting",
                "setting",
                _tags(paper, "setting"),
                _of(waiting, "setting"),
                tuple(settings),
            ),
            StudyList(
                "Study design",
                "design",
                _tags(paper, "study_design"),
                _of(waiting, "study_design"),
                tuple(designs),
            ),
        ),
        tuple(settled),
    )


def _class_rows(
    mains: Iterable[TherapyClass], tags: Sequence[Tag], waiting: Sequence[Proposal]
) -> Iterable[ClassRow]:
    said = {tag.therapy_class_id: tag for tag in tags}
    proposed = {each.target.pk: each for each in _of(waiting, "therapy_class")}
    for main in mains:
        yield ClassRow(
            main,
            said.get(main.pk),
            proposed.get(main.pk),
            tuple(tag for tag in tags if tag.therapy_class.parent_id == main.pk),
            tuple(each for each in proposed.values() if each.target.parent_id == main.pk),
        )


def _tags(paper: Paper, field: str) -> tuple[Tag, ...]:
    return tuple(tag for tag in paper.current_tags if tag.target_field == field)


def _of(waiting: Sequence[Proposal], field: str) -> tuple[Proposal, ...]:
    return tuple(each for each in waiting if each.suggestion.target_field == field)
