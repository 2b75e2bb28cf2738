"""How often the machine was right: its proposals against what people then said.

Word         the first word of a person on a paper and target, confirmed or rejected, with what the
             machine proposed at that moment. A word that was taken back, undone or withdrawn, was
             not said; later words, and words on what the machine proposed later, are not counted:
             by then the machine may know the answer.
Proposed     with a score that waits for a person (``WORTH_A_PRESS``). Weaker proposals are shown on
             a paper but ask for nothing; they are counted apart.
Precision    of the words on proposals, how many confirm.
Recall       of the words that confirm, on papers that had been read, how many were proposed. Before
             its first reading the machine said nothing of a paper, so it missed nothing there.
Subject      what words are counted together for: each main class; all sub-classes, all regimens, all
             settings, all study designs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Case, F, Q, When

from papers.agreement import Proportion
from papers.learnt import LEARNT_RULE
from papers.models import Tag
from papers.records import TARGETS
from regimens.models import TherapyClass
from regimens.proposals import WORTH_A_PRESS

KINDS = {
    "sub_class": "Sub-classes",
    "regimen": "Regimens",
    "setting": "Settings",
    "study_design": "Study designs",
}
"""Subjects beside the main classes, by the names that addresses use."""


class Word(NamedTuple):
    tag: int
    paper: int
    field: str
    """Which of ``TARGETS`` it is about, and the id of the target."""

    target: int
    subject: str
    is_confirmed: bool
    rule: str
    version: str
    score: float | None
    was_read: bool

    @property
    def is_proposed(self) -> bool:
        return self.score is not None and self.score >= WORTH_A_PRESS

    @property
    def is_weak(self) -> bool:
        return self.score is not None and self.score < WORTH_A_PRESS

    @property
    def is_missed(self) -> bool:
        """A person confirmed what the machine, having read the paper, did not propose."""
        return self.is_confirmed and self.was_read and not self.is_proposed

    @property
    def is_refused(self) -> bool:
        return self.is_proposed and not self.is_confirmed


_WAS_READ = Case(When(paper__reading__first_read_at__lte=F("at"), then=True), default=False)


def subjects() -> dict[str, str]:
    """What words are counted together for, with its name: main classes first."""
    mains = TherapyClass.objects.filter(parent=None).values_list("slug", "name")
    return {**dict(mains), **KINDS}


def first_words() -> list[Word]:
    """The first word of a person on each paper and target, the oldest first."""
    mains = dict(TherapyClass.objects.filter(parent=None).values_list("pk", "slug"))
    confirmed, rejected = Tag.State.CONFIRMED.value, Tag.State.REJECTED.value
    said = Tag.objects.filter(is_undo=False, state__in=(confirmed, rejected))
    taken_back = _taken_back()
    rows = said.order_by("pk").values_list(
        "pk", "paper_id", *(f"{field}_id" for field in TARGETS), "state", "rule", "rule_version",
        "score", _WAS_READ,
    )  # fmt: skip
    found: dict[tuple[int, str, int], Word] = {}
    for pk, paper, a_class, regimen, setting, design, state, rule, version, score, was_read in rows:
        if a_class is not None:
            field, target = "therapy_class", a_class
            subject = mains.get(a_class, "sub_class")
        elif regimen is not None:
            field = subject = "regimen"
            target = regimen
        elif setting is not None:
            field = subject = "setting"
            target = setting
        else:
            field = subject = "study_design"
            target = design
        if pk not in taken_back and (paper, field, target) not in found:
            found[paper, field, target] = Word(
                pk, paper, field, target, subject, state == confirmed,
                rule, version, score, was_read or score is not None,
            )  # fmt: skip
    return list(found.values())


def _taken_back() -> set[int | None]:
    """Tags that were undone or withdrawn."""
    return overruled(Q(is_undo=True) | Q(state=Tag.State.WITHDRAWN))


def overruled(by: Q) -> set[int | None]:
    """Tags that such tags stand upon, unless those were overruled by such a tag in their turn: an
    undo that was undone took nothing back.
    """
    gone: set[int | None] = set()
    for tag, before in Tag.objects.filter(by).order_by("-pk").values_list("pk", "supersedes"):
        if tag not in gone:
            gone.add(before)
    return gone


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one subject, or of one rule in one version."""

    precision: Proportion
    recall: Proportion
    weak: Proportion
    """Of the words on weaker proposals, how many confirm."""

    @classmethod
    def of(cls, words: Sequence[Word], *, among: Sequence[Word] | None = None) -> Figures:
        """``among``: the words whose confirmed ones recall is a share of; by default the same."""
        right = sum(word.is_proposed and word.is_confirmed for word in words)
        missed = sum(
            word.is_confirmed and word.was_read for word in (words if among is None else among)
        )
        weak = [word for word in words if word.is_weak]
        return cls(
            Proportion(right, sum(word.is_proposed for word in words)),
            Proportion(right, missed),
            Proportion(sum(word.is_confirmed for word in weak), len(weak)),
        )


@dataclass(frozen=True, slots=True)
class SubjectRecord:
    subject: str
    name: str
    words: int
    """First words of people on it, …"""

    unread: int
    """… of which these were said before the machine had read the paper, and count for nothing."""

    figures: Figures


@dataclass(frozen=True, slots=True)
class RuleRecord:
    subject: str
    """Empty: of all subjects together."""

    rule: str
    version: str
    figures: Figures

    @property
    def is_learnt(self) -> bool:
        return self.rule == LEARNT_RULE


def by_subject(words: Sequence[Word], names: Mapping[str, str]) -> list[SubjectRecord]:
    """Each subject's figures; those of which nobody has said a word too."""
    of: dict[str, list[Word]] = defaultdict(list)
    for word in words:
        of[word.subject].append(word)
    return [
        SubjectRecord(
            subject,
            name,
            len(of[subject]),
            sum(not word.was_read for word in of[subject]),
            Figures.of(of[subject]),
        )
        for subject, name in names.items()
    ]


def by_rule(words: Sequence[Word], *, subject: str = "") -> list[RuleRecord]:
    """Each rule's figures in each version, those with the most words first."""
    among = [word for word in words if word.subject == subject] if subject else words
    of: dict[tuple[str, str], list[Word]] = defaultdict(list)
    for word in among:
        if word.rule:
            of[word.rule, word.version].append(word)
    records = [
        RuleRecord(subject, rule, version, Figures.of(theirs, among=among))
        for (rule, version), theirs in of.items()
    ]
    return sorted(records, key=lambda each: (-each.figures.precision.of, each.rule, each.version))


REFUSED, MISSED = "refused", "missed"


def disagreements(
    words: Iterable[Word], *, subject: str = "", rule: str = "", kind: str = ""
) -> list[Word]:
    """Rejected though proposed, the strongest first; then confirmed in the machine's silence, the
    latest first.
    """
    chosen = [word for word in words if subject in ("", word.subject) and rule in ("", word.rule)]
    refused = [word for word in chosen if word.is_refused and kind in ("", REFUSED)]
    missed = [word for word in chosen if word.is_missed and kind in ("", MISSED)]
    return [
        *sorted(refused, key=lambda word: (-(word.score or 0), -word.tag)),
        *sorted(missed, key=lambda word: -word.tag),
    ]
