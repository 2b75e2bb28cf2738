"""What a regimen is made of, which therapy classes that gives, and when two regimens are one.

Part         one drug in a phase with the role it plays there.
Phase        a stretch of treatment with the same parts; its kind says what it is for.
Composition  the phases of a regimen in order.

A part *counts* when its drug has a therapy class and its role is treatment of the tumour
(handbook section 5): lymphodepletion before cells (ruling 8), the graft after high doses (10),
GvHD prophylaxis (15) and supportive care (17) give no class, whatever drug plays them.

A part that counts gives the main class of its drug. Its sub-class is the drug's own, except that
chemotherapy given as conditioning is ``chemotherapy-high-dose`` (10) and chemotherapy given as
maintenance is ``chemotherapy-maintenance`` (11): there the use decides, not the drug.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MAIN_CLASSES = ("chemotherapy", "targeted", "immunotherapy", "car_t")
"""In the order in which they are always named."""

CHEMOTHERAPY = "chemotherapy"
HIGH_DOSE = "chemotherapy-high-dose"
MAINTENANCE_CHEMOTHERAPY = "chemotherapy-maintenance"

CONDITIONING = "conditioning"
MAINTENANCE = "maintenance"
"""The role, and the kind of phase, of that name."""

UNCOUNTED_ROLES = {
    "lymphodepletion": "lymphodepletion makes room for the cells (ruling 8)",
    "stem_cell_rescue": "the graft is support (ruling 10)",
    "gvhd_prophylaxis": "it prevents graft-versus-host disease (ruling 15)",
    "supportive": "supportive care is no treatment of the tumour (ruling 17)",
}


@dataclass(frozen=True, slots=True)
class Part:
    drug: str
    main_class: str
    """Slug; empty for a drug that is no treatment of the tumour."""

    sub_class: str
    """Slug; empty for a drug that stands directly under its main class."""

    role: str

    @property
    def counts(self) -> bool:
        return bool(self.main_class) and self.role not in UNCOUNTED_ROLES

    @property
    def why_not(self) -> str:
        """Why it does not count; empty when it does."""
        if self.role in UNCOUNTED_ROLES:
            return UNCOUNTED_ROLES[self.role]
        return "" if self.main_class else "the drug has no therapy class"


@dataclass(frozen=True, slots=True)
class Phase:
    kind: str
    parts: tuple[Part, ...]


Composition = tuple[Phase, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One drug that gave a class."""

    drug: str
    main_class: str
    sub_class: str


@dataclass(frozen=True, slots=True)
class Uncounted:
    """One drug that, in this role, gave none."""

    drug: str
    role: str
    why: str


@dataclass(frozen=True, slots=True)
class Classes:
    """What ``class_rollup`` found: classes in order, and each drug's share in it, once."""

    main: tuple[str, ...]
    sub: tuple[str, ...]
    reasons: tuple[Reason, ...]
    uncounted: tuple[Uncounted, ...]


def class_rollup(phases: Composition) -> Classes:
    """The therapy classes of a regimen with these phases.

    Main classes come in the order of ``MAIN_CLASSES``, sub-classes in that order too and within
    a main class as they first appear.
    """
    reasons = _in_class_order(dict.fromkeys(_reasons(phases)))
    uncounted = dict.fromkeys(
        Uncounted(part.drug, part.role, part.why_not)
        for phase in phases
        for part in phase.parts
        if not part.counts
    )
    return Classes(
        main=tuple(dict.fromkeys(reason.main_class for reason in reasons)),
        sub=tuple(dict.fromkeys(reason.sub_class for reason in reasons if reason.sub_class)),
        reasons=tuple(reasons),
        uncounted=tuple(uncounted),
    )


def are_same(one: Composition, other: Composition) -> bool:
    """Whether two regimens give the same drugs that count, phase by phase in the same order.

    Names, doses and the order of drugs in a phase make no difference; nor do roles, so long as
    both count, or phases in which nothing counts.
    """
    return _drugs_by_phase(one) == _drugs_by_phase(other)


def _reasons(phases: Composition) -> Iterator[Reason]:
    for phase in phases:
        for part in phase.parts:
            if part.counts:
                yield Reason(part.drug, part.main_class, _sub_class(part, phase.kind))


def _sub_class(part: Part, kind: str) -> str:
    if part.main_class != CHEMOTHERAPY:
        return part.sub_class
    if part.role == CONDITIONING:
        return HIGH_DOSE
    if MAINTENANCE in (part.role, kind):
        return MAINTENANCE_CHEMOTHERAPY
    return part.sub_class


def _in_class_order(reasons: dict[Reason, None]) -> list[Reason]:
    return sorted(reasons, key=_place)


def _place(reason: Reason) -> int:
    # A main class that a curator added comes after the four that the handbook knows.
    if reason.main_class not in MAIN_CLASSES:
        return len(MAIN_CLASSES)
    return MAIN_CLASSES.index(reason.main_class)


def _drugs_by_phase(phases: Composition) -> list[frozenset[str]]:
    by_phase = (frozenset(part.drug for part in phase.parts if part.counts) for phase in phases)
    return [drugs for drugs in by_phase if drugs]
