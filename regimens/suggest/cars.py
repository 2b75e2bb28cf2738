"""Which cells carry a paper's chimeric antigen receptors: T cells, or NK cells and their kin.

The sequence of the words decides, so that "CAR" beside "NK" is not taken for CAR-T (ruling 7).
"""

from __future__ import annotations

import re

from regimens.suggest.patterns import any_of

_RECEPTOR = any_of(r"CARs?\b", "chimeric antigen receptors?")
_NAMED_RECEPTOR = r"(?:CARs?|chimeric antigen receptors?)(?: \(CARs?\))?"
_T_CELL = "T[- ](?:cells?|lymphocytes?)"
_KIN = any_of("NK", "natural killer", "CIK", "iNKT", "macrophage")


def _within(most: int) -> str:
    """Up to so many words of the same sentence, none longer than 40 characters."""
    return rf"[^\w.]{{1,3}}(?:\w{{1,40}}[^\w.]{{1,3}}){{0,{most}}}?"


_ON_NK = re.compile(
    rf"(?:NK(?:-92)?|natural killer|CIK|iNKT|macrophages?(?! colony)){_within(16)}{_RECEPTOR}"
    rf"|{_NAMED_RECEPTOR}{_within(4)}{_KIN}",
    re.IGNORECASE,
)
_ON_T = re.compile(
    rf"\bCAR[- ]?T\b|CARs?{_within(2)}{_T_CELL}"
    rf"|antigen[- ]receptors?(?: \(CARs?\))?{_within(3)}{_T_CELL}"
    rf"|{_T_CELL}{_within(5)}{_RECEPTOR}",
    re.IGNORECASE,
)


def are_nk(text: str) -> bool:
    """Whether more receptors of the text sit on NK cells, or their kin, than on T cells."""
    return len(_ON_NK.findall(text)) > len(_ON_T.findall(text))
