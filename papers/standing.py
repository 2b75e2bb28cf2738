"""What people's word makes of a target. ``SuggestionQuerySet.undecided`` asks the database the same.

Said    the state that holds, by kind ("therapy_class") and id of the target.
"""

from __future__ import annotations

from collections.abc import Mapping

CONFIRMED, REJECTED = "confirmed", "rejected"

Said = Mapping[tuple[str, int], str]


def standing(said: Said, kind: str, target: int, whole: int | None = None) -> str:
    """A word on the target itself, or a refusal of the whole that it is a part of; "" where nobody
    has decided. A word that was taken back decides nothing.
    """
    own = said.get((kind, target))
    if own in (CONFIRMED, REJECTED):
        return own
    is_whole_refused = whole is not None and said.get((kind, whole)) == REJECTED
    return REJECTED if is_whole_refused else ""
