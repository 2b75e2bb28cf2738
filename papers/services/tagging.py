"""Curators' statements: preview them, make them, take them back.

A statement is a ``Tag`` row. It supersedes the earlier one on the same paper and target; taking
back is a statement too. So the rows are the full record of who said what and when.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from papers.models import Change, Paper, Tag
from papers.services.acquire import lock_library
from papers.services.bulk import in_slices
from regimens.models import Regimen, TherapyClass

UNTAGGED = "untagged"
"""The state of a target on which nobody has said anything, or the last word was withdrawn."""


class UndoRefused(Exception):
    """The change cannot be taken back. ``str(error)`` says why."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is to be said of papers: one target and the state that it shall have."""

    target: TherapyClass | Regimen
    state: str


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One paper and target whose state a tagging would change."""

    paper_id: int
    target: TherapyClass | Regimen
    before: str
    after: str
    current: Tag | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a tagging would do: what changes, and how many statements hold already."""

    changes: tuple[PlannedChange, ...]
    unchanged: int

    @property
    def paper_ids(self) -> list[int]:
        """The papers that would change, each once."""
        return list(dict.fromkeys(change.paper_id for change in self.changes))


@dataclass(frozen=True, slots=True)
class Tagged:
    """What a tagging did. ``batch`` names it for undo; None when nothing changed."""

    batch: uuid.UUID | None
    changed: int
    unchanged: int
    papers: int


def plan_tagging(*, papers: Iterable[int], statements: Sequence[Statement]) -> Plan:
    """What stating this of ``papers`` (ids) would change. Writes nothing."""
    ids = list(dict.fromkeys(papers))
    current = _current_tags(ids)
    changes, unchanged = [], 0
    for paper_id in ids:
        for statement in statements:
            tag = current.get((paper_id, _key(statement.target)))
            before = tag.state if tag else UNTAGGED
            before = UNTAGGED if before == Tag.State.WITHDRAWN else before
            after = UNTAGGED if statement.state == Tag.State.WITHDRAWN else statement.state
            if before == after:
                unchanged += 1
                continue
            changes.append(PlannedChange(paper_id, statement.target, before, after, tag))
    return Plan(tuple(changes), unchanged)


@transaction.atomic
def tag_papers(
    *, papers: Iterable[int], statements: Sequence[Statement], note: str = "", by: User
) -> Tagged:
    """Say ``statements`` of ``papers`` (ids), with history. What holds already is left alone."""
    lock_library()
    plan = plan_tagging(papers=papers, statements=statements)
    if not plan.changes:
        return Tagged(None, 0, plan.unchanged, 0)
    batch = uuid.uuid4()
    _record(plan.changes, batch=batch, note=note, by=by)
    return Tagged(batch, len(plan.changes), plan.unchanged, len(plan.paper_ids))


@transaction.atomic
def undo_tagging(*, batch: uuid.UUID, by: User) -> Tagged:
    """Give every target of one's own tagging the state that it had before.

    Raises UndoRefused for somebody else's, or where a later statement stands on top.
    """
    lock_library()
    tags = list(
        Tag.objects.filter(batch=batch).select_related(
            "therapy_class", "regimen", "supersedes", "paper"
        )
    )
    if not tags:
        raise UndoRefused("There is no such change.")
    if any(tag.by_id != by.pk for tag in tags):
        raise UndoRefused("Somebody else made this change; only they can undo it.")
    if not all(tag.is_current for tag in tags):
        raise UndoRefused("Somebody has decided on these papers since; undo would overrule them.")
    changes = [
        PlannedChange(
            tag.paper_id,
            tag.target,
            tag.state,
            tag.supersedes.state if tag.supersedes else UNTAGGED,
            tag,
        )
        for tag in tags
    ]
    undone = uuid.uuid4()
    _record(changes, batch=undone, note="Undone", by=by, is_undo=True)
    return Tagged(undone, len(changes), 0, len({tag.paper_id for tag in tags}))


@dataclass(frozen=True, slots=True)
class Act:
    """One tagging of one person, in words for the button that undoes it."""

    batch: uuid.UUID
    papers: int
    target: str
    state: str


def last_undoable(*, by: User) -> uuid.UUID | None:
    """The batch of the latest tagging of one's own that can be undone, or None."""
    act = last_act(by=by)
    return act.batch if act else None


def last_act(*, by: User) -> Act | None:
    """The latest tagging of one's own that can be undone, in words."""
    overruled = Tag.objects.filter(by=by, is_current=False).values("batch")
    latest = (
        Tag.objects.filter(by=by, is_current=True, is_undo=False)
        .exclude(batch__in=overruled)
        .select_related("therapy_class", "regimen")
        .order_by("-id")
        .first()
    )
    if latest is None:
        return None
    papers = Tag.objects.filter(batch=latest.batch).values("paper").distinct().count()
    return Act(latest.batch, papers, str(latest.target), latest.state)


def _current_tags(paper_ids: Sequence[int]) -> dict[tuple[int, tuple[str, int | None]], Tag]:
    return {
        (tag.paper_id, _stored_key(tag)): tag
        for ids in in_slices(paper_ids)
        for tag in Tag.objects.filter(paper__in=ids, is_current=True)
    }


def _key(target: TherapyClass | Regimen) -> tuple[str, int]:
    return ("class" if isinstance(target, TherapyClass) else "regimen", target.pk)


def _stored_key(tag: Tag) -> tuple[str, int | None]:
    """The same of a tag, without a query for its target."""
    is_class = tag.therapy_class_id is not None
    return ("class", tag.therapy_class_id) if is_class else ("regimen", tag.regimen_id)


def _record(
    changes: Sequence[PlannedChange],
    *,
    batch: uuid.UUID,
    note: str,
    by: User,
    is_undo: bool = False,
) -> None:
    """Write the tags and their history; the ones before stop to be current first."""
    at = timezone.now()
    for ids in in_slices([change.current.pk for change in changes if change.current]):
        Tag.objects.filter(pk__in=ids).update(is_current=False)
    tags = Tag.objects.bulk_create(
        Tag(
            paper_id=change.paper_id,
            therapy_class=change.target if isinstance(change.target, TherapyClass) else None,
            regimen=change.target if isinstance(change.target, Regimen) else None,
            state=Tag.State.WITHDRAWN if change.after == UNTAGGED else change.after,
            note=note,
            by=by,
            at=at,
            batch=batch,
            supersedes=change.current,
            is_undo=is_undo,
        )
        for change in changes
    )
    Change.objects.bulk_create(
        Change(
            paper_id=change.paper_id,
            kind=Change.Kind.TAGGED,
            by=by,
            at=at,
            note=note,
            detail={
                "tag": tag.pk,
                "target": str(change.target),
                "slug": change.target.slug,
                "kind": _key(change.target)[0],
                "before": change.before,
                "after": change.after,
            },
        )
        for change, tag in zip(changes, tags, strict=True)
    )
    for ids in in_slices({change.paper_id for change in changes}):
        Paper.objects.filter(pk__in=ids).update(updated_at=at)
