"""How classes and stored markup are shown, for pages and for what services make ready for them."""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString, mark_safe

from regimens.models import TherapyClass

MARKS = frozenset("ctik")
"""The shapes of the four main classes."""

_MARKUP_TAGS = {"i", "b", "sub", "sup", "u"}


def mark_kind(therapy_class: TherapyClass) -> str:
    """The shape of a class's mark, its main class's for a sub-class; ``x`` for a class without."""
    letter = therapy_class.main.letter.lower()
    return letter if letter in MARKS else "x"


def markup(text: str) -> SafeString:
    """Stored title or abstract markup, sanitised once more on its way out."""
    return mark_safe(nh3.clean(text, tags=_MARKUP_TAGS, attributes={}))
