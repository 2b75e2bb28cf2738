"""A curator's decision on a paper of the queue: make it once, take it back.

A decision becomes tags (``papers.services.tagging``) and a row that holds every word of it, in one
transaction. Its key is made where it is made: sent twice, it counts once.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from papers.models import Decision, Paper, Suggestion, Tag
from papers.models.tag import called, field_of
from papers.records import TARGETS
from papers.services.acquire import lock_library
from papers.services.desk.leases import release
from papers.services.desk.overruling import said_since
from papers.services.desk.queue import DECIDES
from papers.services.tagging import Statement, UndoRefused, tag_each, undo_tagging
from regimens.models import TherapyClass
from regimens.proposals import WORTH_A_PRESS


class DecisionRefused(Exception):
    """The decision cannot be recorded. ``str(error)`` says why and what to do."""


class Overtaken(DecisionRefused):
    """Somebody else has decided on the paper since its card was made. ``str(error)`` says who and
    what; ``unsaid`` only who, for somebody whose opinion shall be their own.
    """

    def __init__(self, said: Sequence[Tag]) -> None:
        who = " and ".join(dict.fromkeys(tag.by.get_username() for tag in said))
        words = ", ".join(f"{called(tag.target)} {tag.state}" for tag in said)
        have = f"{who} {'has' if len({tag.by_id for tag in said}) == 1 else 'have'}"
        start = f"{have} decided on this paper since you opened it"
        super().__init__(f"{start}: {words}. Look at it again.")
        self.unsaid = f"{start}. Look at it again."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a curator says of one paper (id), as a whole. ``key`` names it for ever."""

    key: uuid.UUID
    paper: int
    kind: str
    statements: tuple[Statement, ...] = ()
    """Of a decision. "Not relevant to any class" knows its own, "later" has none."""

    note: str = ""
    seen: int | None = None
    """The last word (id) on the paper when its card was made; None where there was no card."""

    queue: str = ""
    """The queue in which it was made (``Queue.definition``)."""


@transaction.atomic
def decide(*, verdict: Verdict, by: User) -> Decision:
    """Record it, whoever's desk the paper lies on by now: it is a person's word.

    Raises DecisionRefused for a paper that is gone, a key that is somebody else's or has been used
    for other words, and, as Overtaken, where it would overrule unseen.
    """
    lock_library()
    known = Decision.objects.filter(key=verdict.key).first()
    if known is not None:
        return _again(known, verdict, by)
    if not Paper.objects.filter(pk=verdict.paper).exists():
        raise DecisionRefused("This paper is no longer in the library. Go on with the next one.")
    statements = _words(verdict)
    if statements:
        _look(verdict, by)
    tagged = tag_each(
        said=[(verdict.paper, statement) for statement in statements], note=verdict.note, by=by
    )
    release([verdict.paper], by=by)
    return Decision.objects.create(
        key=verdict.key,
        paper_id=verdict.paper,
        by=by,
        at=timezone.now(),
        kind=verdict.kind,
        said=_told(statements),
        batch=tagged.batch,
        note=verdict.note,
        queue=verdict.queue,
    )


def _again(known: Decision, verdict: Verdict, by: User) -> Decision:
    """The decision that has this key already, if it is what is sent now."""
    if known.by_id != by.pk:
        raise DecisionRefused("This decision was sent by somebody else before. Reload the page.")
    if known.is_undone:
        raise DecisionRefused("You have taken this decision back. Open the paper and decide again.")
    same = (verdict.paper, verdict.kind, verdict.note) == (known.paper_id, known.kind, known.note)
    # "Not relevant" says of each paper what there was to refuse then.
    if known.kind == Decision.Kind.DECIDED:
        same = same and _told(verdict.statements) == known.said
    if not same:
        raise DecisionRefused("You have decided this paper already; take that back first.")
    return known


def _look(verdict: Verdict, by: User) -> None:
    """Refuse to overrule what somebody has said since the card was made."""
    seen = {} if verdict.seen is None else {verdict.paper: verdict.seen}
    if said := said_since(seen, by=by):
        raise Overtaken(said[verdict.paper])


def _words(verdict: Verdict) -> tuple[Statement, ...]:
    if verdict.kind == Decision.Kind.LATER:
        return ()
    if verdict.kind == Decision.Kind.IRRELEVANT:
        return tuple(_none_of_any_class(verdict.paper))
    return verdict.statements


def _none_of_any_class(paper: int) -> Iterable[Statement]:
    """Each main class is refused; so is a regimen that is proposed, for it is made of classes; and
    whatever of either kind was confirmed.
    """
    said = Tag.objects.filter(DECIDES, paper=paper, is_current=True, state=Tag.State.CONFIRMED)
    confirmed = [tag.target for tag in said.select_related("therapy_class", "regimen")]
    proposed = Suggestion.objects.filter(
        paper=paper, regimen__isnull=False, score__gte=WORTH_A_PRESS
    )
    regimens = [row.target for row in proposed.select_related("regimen")]
    mains = TherapyClass.objects.filter(parent=None)
    for target in dict.fromkeys([*mains, *confirmed, *regimens]):
        yield Statement(target, Tag.State.REJECTED)


def _told(statements: Iterable[Statement]) -> list[dict[str, str]]:
    return [
        {"kind": TARGETS[field_of(said.target)], "slug": said.target.slug, "state": said.state}
        for said in statements
    ]


@transaction.atomic
def undo_decision(*, by: User, key: uuid.UUID | None = None) -> Decision:
    """Take one's own decision back; without ``key`` the latest whose words still stand. What is
    taken back stays so.

    Raises UndoRefused where there is none, or its words have been overruled since.
    """
    lock_library()
    mine = Decision.objects.filter(by=by).select_related("paper")
    decision = (mine.filter(key=key) if key else _standing(mine, by)).first()
    if decision is None:
        raise UndoRefused("There is no decision of yours to take back.")
    if decision.is_undone:
        return decision
    if decision.batch:
        undo_tagging(batch=decision.batch, by=by)
    decision.is_undone = True
    decision.save(update_fields=["is_undone"])
    return decision


def _standing(decisions: QuerySet[Decision], by: User) -> QuerySet[Decision]:
    overruled = Tag.objects.filter(by=by, is_current=False).values("batch")
    return decisions.filter(is_undone=False).exclude(batch__in=overruled)


def last_decisions(*, by: User, count: int) -> list[Decision]:
    """One's own latest decisions that stand, with the titles of their papers."""
    mine = Decision.objects.filter(by=by, is_undone=False).select_related("paper")
    shown = ("key", "kind", "said", "by_id", "paper__title", "paper__pmid", "paper__doi",
             "paper__pmcid", "paper__semantic_scholar_id")  # fmt: skip
    return list(mine.only(*shown)[:count])
