"""Which class a mention speaks for in its paper, and the ruling that says so (handbook section 5).

The modality decides and not the antigen: what carries the binder of GD2 or B7-H3 (a drug, a
T cell, an NK cell) gives the class, and what is named beside CAR T cells is not evaluated with
them unless it was given to help them.
"""

from __future__ import annotations

import re

from regimens.proposals import (
    ADC,
    CAR_NK,
    CAR_T,
    CHECKPOINT,
    CHEMOTHERAPY,
    CYTOKINE,
    HIGH_DOSE,
    IMMUNOTHERAPY,
    TARGETED,
)
from regimens.suggest.contexts import Part, Placed
from regimens.suggest.facts import Facts
from regimens.suggest.patterns import parts, words
from regimens.terms import Vocabulary

RULES = {
    "targeted-vegf": "blocks VEGF, which is targeted therapy (ruling 1)",
    "targeted-igf1r": "blocks a growth receptor, which is targeted therapy (ruling 2)",
    "targeted-egfr": "blocks a growth receptor, which is targeted therapy (ruling 2)",
    "immunotherapy-antibody": "antibody to a tumour antigen is immunotherapy (ruling 3)",
    ADC: "antibody-drug conjugate is immunotherapy (ruling 4)",
    "immunotherapy-radioimmunotherapy": "radioimmunotherapy is immunotherapy (ruling 5)",
    "immunotherapy-bispecific": "bispecific antibody is immunotherapy, never CAR-T (ruling 6)",
    CAR_NK: "CAR on NK cells is immunotherapy (ruling 7)",
    "immunotherapy-cell-therapy": "cells without a CAR are immunotherapy (ruling 7)",
    HIGH_DOSE: "high-dose chemotherapy; the graft is support (ruling 10)",
    "chemotherapy-maintenance": "maintenance at low doses is chemotherapy (ruling 11)",
    "chemotherapy-marine-derived": "marine-derived drug is chemotherapy (ruling 13)",
    "targeted-epigenetic": "epigenetic drug is targeted therapy (ruling 14)",
    "targeted-differentiation": "retinoid is targeted therapy (ruling 14)",
}
"""What is said of a class that a ruling settles, in place of where it was named."""

BESIDE_CAR_T = "checkpoint inhibitor given to help the CAR T cells (ruling 9)"

_CONJUGATE = re.compile(
    # A comma before it begins the next of a list.
    r"[\s-]{0,3}(?:(?:monoclonal )?antibod\w{1,3})?\W{0,3}drug\W{1,3}conjugates?|[\s(-]{0,3}ADCs?\b",
    re.IGNORECASE,
)
_CAR_AFTER = re.compile(
    r"[\s().-]{0,3}(?:(?:specific|targeted|directed|redirected|targeting)\W{1,3})?CARs?\b"
)
_REACH = 48
_ADOPTIVE = parts("adopti", "cellular")
_ALLOGENEIC = parts("allogen", "haploidentical")
_TO_COME = words(
    "will", "may", "might", "could", "should", "would", "planned", "future", "upcoming",
    r"warrant(?:s|ed)?",
)  # fmt: skip
_ADDED = parts(
    "combin", "plus", "together with", "in conjunction", "added", "addition of", "consolidat",
    r"with (?:pembro|nivo)", r"received (?:\w{1,30} ){0,6}(?:pembro|nivo)", "enhanc", "augment",
)  # fmt: skip


def counted_as(slug: str, each: Placed, facts: Facts, vocabulary: Vocabulary) -> str:
    """The class that the mention speaks for in this paper; empty for none."""
    main = vocabulary.main(slug)
    if main == CHEMOTHERAPY:
        return slug
    carrier = _carrier(each, main, facts)
    if carrier:
        return carrier
    if main == CAR_T:
        return CAR_NK if facts.cars_are_nk else slug
    if facts.is_car_t:
        return _beside_car_t(slug, main, each)
    if main == IMMUNOTHERAPY and _ALLOGENEIC.search(each.mention.text):
        return slug if facts.is_graft_against_tumour else HIGH_DOSE
    return slug


def _carrier(each: Placed, main: str, facts: Facts) -> str:
    """What carries the binder that is named: "anti-GD2 …" waits for it (ruling 21)."""
    end = each.mention.end - each.sentence.start
    after = each.sentence.text[end : end + _REACH]
    if _CONJUGATE.match(after):
        return ADC
    if main != CAR_T and _CAR_AFTER.match(after):
        return CAR_NK if facts.cars_are_nk else CAR_T
    return ""


def _beside_car_t(slug: str, main: str, each: Placed) -> str:
    """Named beside CAR T cells is not evaluated with them (rulings 9 and 26)."""
    is_titled = each.field == "title"
    if main == TARGETED:
        return slug if is_titled else ""
    if slug == CHECKPOINT:
        is_said = each.sentence.says(_ADDED) and not each.sentence.says(_TO_COME)
        is_given = each.part is Part.EVALUATED and is_said
        return slug if is_titled or is_given else ""
    # A receptor may carry a cytokine's gene, and CAR T cells are adoptive therapy themselves.
    is_own_kind = slug not in (main, CYTOKINE) and not _ADOPTIVE.search(each.mention.text)
    return slug if is_titled and is_own_kind else ""


def rule_of(slug: str, where: str, facts: Facts) -> str:
    """What decided: the ruling that settles the class, else where the mention stands."""
    if slug == CHECKPOINT and facts.is_car_t:
        return BESIDE_CAR_T
    return RULES.get(slug, where)
