"""Regular expressions put together from lists of words, so that the lists can be read.

A form is a word or a phrase in which ``\\w*`` stands for any ending. Case never matters: what keeps
its capitals is the lexicon's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable


def any_of(*forms: str) -> str:
    """One of the forms."""
    return f"(?:{'|'.join(forms)})"


def words(*forms: str) -> re.Pattern[str]:
    """One of the forms as whole words."""
    return re.compile(rf"\b{any_of(*forms)}\b", re.IGNORECASE)


def parts(*forms: str) -> re.Pattern[str]:
    """One of the forms, also inside of a longer word."""
    return re.compile(any_of(*forms), re.IGNORECASE)


def ends_with(cues: Iterable[str], fillers: Iterable[str], most: int) -> re.Pattern[str]:
    """A cue at the end of a text, with up to so many words behind it that change nothing.

    ``ends_with(["no"], ["prior", "use", "of"], 4)`` finds "no prior use of ".
    """
    between = rf"(?:[\s-]+{any_of(*fillers)}){{0,{most}}}"
    return re.compile(rf"\b{any_of(*cues)}{between}\W{{0,3}}$", re.IGNORECASE)
