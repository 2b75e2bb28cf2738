"""Curators' statements: preview them, make them, take them back.

A statement is a ``Tag`` row. It supersedes the earlier one on the same paper and target; taking
back is a statement too. So the rows are the full record of who said what and when.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from papers.models import Change, Decision, Paper, Reading, Suggestion, Tag, Target
from papers.models.tag import called, field_of
from papers.records import TARGETS
from papers.services.acquire import lock_library
from papers.services.bulk import in_slices

UNTAGGED = "untagged"
"""The state of a target on which nobody has said anything, or the last word was withdrawn."""


class UndoRefused(Exception):
    """The change cannot be taken back. ``str(error)`` says why."""


class PlanChanged(Exception):
    """The library is no longer as the preview showed it; nothing was written."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("The library has changed since you looked.")
        self.plan = plan


class WouldOverrule(Exception):
    """Somebody else has said otherwise; nothing was written. ``str(error)`` says who and what."""

    MOST_NAMED = 20

    def __init__(self, changes: Sequence[PlannedChange]) -> None:
        words = [
            f"{change.current.by.get_username()} has {change.before} {change.called} "
            f"on paper {change.paper_id}"
            for change in changes[: self.MOST_NAMED]
            if change.current
        ]
        more = len(changes) - len(words)
        rest = f" and {more} more" if more else ""
        super().__init__(
            f"{'; '.join(words)}{rest}. To overrule that, state it as a tag of the paper."
        )


MOST_AT_ONCE = 20_000
"""Statements of one act of a page: some ten seconds during which nobody else can write."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is to be said of papers: one target and the state that it shall have."""

    target: Target
    state: str


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One paper and target whose state a tagging would change."""

    paper_id: int
    target: Target
    before: str
    after: str
    current: Tag | None

    @property
    def called(self) -> str:
        """Its target in a sentence."""
        return called(self.target)

    def overrules(self, by: User) -> bool:
        """Whether it sets aside a word that stands and is not of ``by``."""
        return self.before != UNTAGGED and self.current is not None and self.current.by_id != by.pk


@dataclass(frozen=True, slots=True)
class Plan:
    """What a tagging would do: what changes, and how many statements hold already."""

    changes: tuple[PlannedChange, ...]
    unchanged: int

    @property
    def paper_ids(self) -> list[int]:
        """The papers that would change, each once."""
        return list(dict.fromkeys(change.paper_id for change in self.changes))

    @property
    def fingerprint(self) -> str:
        """What a preview showed: the change is made only while it would still be that one."""
        shown = sorted(
            (change.paper_id, *_key(change.target), change.before, change.after)
            for change in self.changes
        )
        return hashlib.sha256(repr(shown).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Tagged:
    """What a tagging did. ``batch`` names it for undo; None when nothing changed."""

    batch: uuid.UUID | None
    changed: int
    unchanged: int
    papers: int


def plan_tagging(*, papers: Iterable[int], statements: Sequence[Statement]) -> Plan:
    """What stating this of ``papers`` (ids) would change. Writes nothing."""
    ids = dict.fromkeys(papers)
    return plan_each([(paper_id, statement) for paper_id in ids for statement in statements])


def plan_each(said: Sequence[tuple[int, Statement]]) -> Plan:
    """What it would change to state something else of each paper (id). Writes nothing."""
    current = _current_tags(list(dict.fromkeys(paper_id for paper_id, _ in said)))
    changes, unchanged = [], 0
    for paper_id, statement in said:
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
    *,
    papers: Iterable[int],
    statements: Sequence[Statement],
    note: str = "",
    seen: str | None = None,
    by: User,
) -> Tagged:
    """Say ``statements`` of ``papers`` (ids), with history. What holds already is left alone.

    ``seen``: the fingerprint of the plan that a person looked at. Raises PlanChanged if it would
    be another one by now.
    """
    lock_library()
    plan = plan_tagging(papers=papers, statements=statements)
    return _carry_out(plan, note=note, seen=seen, by=by)


@transaction.atomic
def tag_each(
    *,
    said: Sequence[tuple[int, Statement]],
    note: str = "",
    seen: str | None = None,
    overrules: bool = True,
    by: User,
) -> Tagged:
    """Say something else of each paper (id) in one act, which is undone as a whole.

    ``seen`` as for ``tag_papers``. Without ``overrules`` it raises WouldOverrule where the word
    of somebody else stands against it.
    """
    lock_library()
    plan = plan_each(said)
    against = [change for change in plan.changes if change.overrules(by)]
    if against and not overrules:
        raise WouldOverrule(against)
    return _carry_out(plan, note=note, seen=seen, by=by)


def _carry_out(plan: Plan, *, note: str, seen: str | None, by: User) -> Tagged:
    if seen is not None and seen != plan.fingerprint:
        raise PlanChanged(plan)
    if not plan.changes:
        return Tagged(None, 0, plan.unchanged, 0)
    batch = uuid.uuid4()
    _record(plan.changes, batch=batch, note=note, by=by)
    return Tagged(batch, len(plan.changes), plan.unchanged, len(plan.paper_ids))


@transaction.atomic
def undo_tagging(*, batch: uuid.UUID, by: User) -> Tagged:
    """Give every target of one's own tagging the state that it had before. A decision of the queue
    that made it is taken back with it.

    Raises UndoRefused for somebody else's, or where a later statement stands on top.
    """
    lock_library()
    tags = list(Tag.objects.filter(batch=batch).select_related(*TARGETS, "supersedes"))
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
    Decision.objects.filter(batch=batch).update(is_undone=True)
    return Tagged(undone, len(changes), 0, len({tag.paper_id for tag in tags}))


@dataclass(frozen=True, slots=True)
class Act:
    """One tagging of one person, in words for the button that undoes it."""

    batch: uuid.UUID
    papers: int
    target: str
    """One of its targets by name, and how many more there are."""

    state: str
    """"confirmed", "rejected", "withdrawn"; "decided" where it was not the same of all."""


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
        .select_related(*TARGETS)
        .order_by("-id")
        .first()
    )
    if latest is None:
        return None
    size = Tag.objects.filter(batch=latest.batch).aggregate(
        papers=Count("paper", distinct=True),
        states=Count("state", distinct=True),
        targets=reduce(add, (Count(field, distinct=True) for field in TARGETS)),
    )
    more = f" and {size['targets'] - 1} more" if size["targets"] > 1 else ""
    state = latest.state if size["states"] == 1 else "decided"
    return Act(latest.batch, size["papers"], f"{called(latest.target)}{more}", state)


def _current_tags(paper_ids: Sequence[int]) -> dict[tuple[int, tuple[str, int]], Tag]:
    return {
        (tag.paper_id, _stored_key(tag)): tag
        for ids in in_slices(paper_ids)
        for tag in Tag.objects.filter(paper__in=ids, is_current=True)
    }


def _proposed(
    changes: Sequence[PlannedChange],
) -> dict[tuple[int, tuple[str, int]], dict[str, Any]]:
    """What the machine proposes now for each paper and target, as a tag keeps it."""
    return {
        (row.paper_id, (row.target_field, getattr(row, f"{row.target_field}_id"))): {
            "rule": row.rule,
            "rule_version": row.rule_version,
            "score": row.score,
        }
        for ids in in_slices(dict.fromkeys(change.paper_id for change in changes))
        for row in Suggestion.objects.filter(paper__in=ids).defer("quotes")
    }


def _key(target: Target) -> tuple[str, int]:
    return field_of(target), target.pk


def _stored_key(tag: Tag) -> tuple[str, int]:
    """The same of a tag, without a query for its target."""
    return tag.target_field, getattr(tag, f"{tag.target_field}_id")


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
        _tags_of(changes, batch=batch, note=note, by=by, at=at, is_undo=is_undo)
    )
    Change.objects.bulk_create(
        Change(
            paper_id=change.paper_id, kind=Change.Kind.TAGGED, by=by, at=at, note=note,
            detail=_told(change, tag),
        )
        for change, tag in zip(changes, tags, strict=True)
    )  # fmt: skip
    for ids in in_slices({change.paper_id for change in changes}):
        _touch(ids, at)


def _tags_of(changes: Sequence[PlannedChange], **act: Any) -> Iterator[Tag]:
    """The statements of an act, each with what the machine proposes of its target now."""
    proposed = _proposed(changes)
    for change in changes:
        yield Tag(
            paper_id=change.paper_id,
            **{field_of(change.target): change.target},
            state=Tag.State.WITHDRAWN if change.after == UNTAGGED else change.after,
            supersedes=change.current,
            **act,
            **proposed.get((change.paper_id, _key(change.target)), {}),
        )


def _told(change: PlannedChange, tag: Tag) -> dict[str, Any]:
    """What the paper's history says of it, also when the target is gone."""
    return {
        "tag": tag.pk,
        "target": str(change.target),
        "slug": change.target.slug,
        "kind": TARGETS[field_of(change.target)],
        "before": change.before,
        "after": change.after,
    }


def _touch(paper_ids: Sequence[int], at: dt.datetime) -> None:
    """Move the papers' time of change on, and with it that of readings that were up to date: what
    people say are no words that the rules would have to read again.
    """
    readings = Reading.objects.filter(paper__in=paper_ids, paper_updated_at=F("paper__updated_at"))
    readings.update(paper_updated_at=at)
    Paper.objects.filter(pk__in=paper_ids).update(updated_at=at)
