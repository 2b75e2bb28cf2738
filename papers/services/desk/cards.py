"""What lies before a curator: a paper with its words marked, and what can be said of it.

Card      the paper with the marks over its words: each word of the vocabulary, in the colour of its
          class, and the quotes of what is proposed.
Choice    a target that can be ticked: proposed, said by a person, or one of the main classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Prefetch

from papers.marked_paper import MarkedPaper, marked_paper
from papers.marks import mark_kind
from papers.models import Authorship, Paper, SourceRecord, Suggestion, Tag, Target
from papers.models.tag import field_of
from papers.querysets import FIRST_AUTHORS
from papers.records import TARGETS
from papers.services.desk.queue import Queue
from papers.services.quoting import Proposal, Spans, mentions_of, proposal, spans_of
from regimens.models import TherapyClass
from regimens.proposals import WORTH_A_PRESS
from regimens.services.wording import recent_wording
from regimens.terms import Vocabulary


@dataclass(frozen=True, slots=True)
class Choice:
    target: Target
    is_on: bool = False
    is_offered: bool = False
    """Ticked when the paper came: unticking it is a refusal."""

    proposal: Proposal | None = None
    tag: Tag | None = None

    @property
    def token(self) -> str:
        """How a form names it: "class:car_t"."""
        return f"{self.kind}:{self.target.slug}"

    @property
    def kind(self) -> str:
        return TARGETS[field_of(self.target)]


@dataclass(frozen=True)
class Card:
    paper: Paper
    spans: Spans
    classes: tuple[Choice, ...]
    """The main classes, always all of them."""

    others: tuple[Choice, ...] = ()
    """Sub-classes, regimens, settings and designs that are proposed or said."""

    @cached_property
    def words(self) -> MarkedPaper:
        return marked_paper(self.paper, self.spans)

    @cached_property
    def sources(self) -> list[str]:
        """Who gave it, in words."""
        given = (record.get_source_display() for record in self.paper.source_records.all())
        return list(dict.fromkeys(given))

    @cached_property
    def offered(self) -> list[str]:
        return [choice.token for choice in (*self.classes, *self.others) if choice.is_offered]

    def ticked(self, on: Iterable[str], *, offered: Iterable[str]) -> Card:
        """The card as somebody left it, of what they knew: ticked, or offered to them and not
        ticked. What has been offered since stays as it comes, for nobody has refused it.
        """
        chosen, known = set(on), {*on, *offered}

        def left(choices: Iterable[Choice]) -> tuple[Choice, ...]:
            return tuple(
                replace(each, is_on=each.token in chosen) if each.token in known else each
                for each in choices
            )

        return replace(self, classes=left(self.classes), others=left(self.others))


def cards(papers: Sequence[int], *, queue: Queue, by: User) -> list[Card]:
    """The cards of these papers (ids), in their order, in a constant number of queries."""
    if not papers:
        return []
    found = _for_cards().in_bulk(papers)
    mains = list(TherapyClass.objects.filter(parent=None))
    vocabulary = recent_wording().vocabulary
    shown = []
    for pk in papers:
        if paper := found.get(pk):
            # A second opinion is worth something while the first is not known.
            tags = [
                tag for tag in paper.current_tags if not queue.is_second_opinion or tag.by == by
            ]
            shown.append(_card(paper, tags, mains, vocabulary))
    return shown


def _for_cards() -> Any:
    first = Authorship.objects.filter(position__lte=FIRST_AUTHORS + 1)
    unread = "provenance", "grants", "other_ids", "supplementary_concepts"
    papers: Any = Paper.objects.defer(*unread).select_related("journal")
    return papers.prefetch_related(
        Prefetch("tags", _standing(), to_attr="current_tags"),
        "publication_types",
        Prefetch("authorships", first, to_attr="first_authors"),
        Prefetch("suggestions", Suggestion.objects.with_targets().order_by("-score", "id")),
        Prefetch("source_records", SourceRecord.objects.only("paper_id", "source")),
    )


def _standing() -> Any:
    """What people say now, in no order. Most papers of a queue have none, and then nothing of what
    it is about is asked.
    """
    tags = Tag.objects.filter(is_current=True).exclude(state=Tag.State.WITHDRAWN)
    return tags.prefetch_related(*TARGETS, "therapy_class__parent", "setting__parent", "by")


def _card(
    paper: Paper, tags: Sequence[Tag], mains: Sequence[TherapyClass], vocabulary: Vocabulary
) -> Card:
    mentions = mentions_of(paper, vocabulary, {main.slug: mark_kind(main) for main in mains})
    spans = spans_of(paper.suggestions.all(), paper, mentions=mentions)
    choices = _choices(paper, tags, spans)
    classes = tuple(choices.get(("therapy_class", row.pk)) or Choice(row) for row in mains)
    for row in mains:
        choices.pop(("therapy_class", row.pk), None)
    others = (each for each in choices.values() if each.is_offered)
    by_kind = sorted(others, key=lambda each: list(TARGETS.values()).index(each.kind))
    return Card(paper, spans, classes, tuple(by_kind))


def _choices(paper: Paper, tags: Sequence[Tag], spans: Spans) -> dict[tuple[str, int], Choice]:
    """By kind and id of the target. A person's word goes before the machine's."""
    choices: dict[tuple[str, int], Choice] = {}
    for row in paper.suggestions.all():
        is_strong = row.score >= WORTH_A_PRESS
        choices[row.target_field, row.target.pk] = Choice(
            row.target, is_strong, is_strong, proposal(row, paper, spans)
        )
    for tag in tags:
        key = tag.target_field, tag.target.pk
        is_confirmed = tag.state == Tag.State.CONFIRMED
        known = choices.get(key) or Choice(tag.target)
        choices[key] = replace(known, is_on=is_confirmed, is_offered=is_confirmed, tag=tag)
    return choices
