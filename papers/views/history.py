"""A paper's history in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from papers.models import Change, Paper

LONGEST_VALUE = 300
"""Characters of an old or new value that the history shows."""

_UNTOLD = ("title_html", "abstract_sections", "provenance", "year", "remarks")
"""Fields that follow another one which is told."""

_STATES = {"confirmed": "confirmed", "rejected": "rejected", "untagged": "not tagged"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Told:
    """One entry: a sentence, its change (for who, when and why), and the fields it changed."""

    sentence: str
    change: Change
    fields: tuple[FieldChange, ...] = ()


def told_history(paper: Paper) -> list[Told]:
    """Every change of a paper, the latest first."""
    changes = paper.changes.select_related("by", "job", "pull__search", "pull__seed").defer(
        "pull__plan"
    )
    return [_told(change) for change in changes]


def _told(change: Change) -> Told:
    detail = change.detail or {}
    if change.kind == Change.Kind.TAGGED:
        return Told(_tagging(detail), change)
    fields = tuple(
        FieldChange(name.replace("_", " "), _short(old), _short(new))
        for name, (old, new) in detail.get("fields", {}).items()
        if name not in _UNTOLD
    )
    return Told(change.get_kind_display(), change, fields)


def _tagging(detail: dict[str, Any]) -> str:
    after, before = detail.get("after", ""), detail.get("before", "")
    target = _target(detail)
    if after == "untagged":
        return f"{target}: taken back (was {_STATES.get(before, before)})"
    was = f" (was {_STATES[before]})" if before in ("confirmed", "rejected") else ""
    return f"{target}: {_STATES.get(after, after)}{was}"


def _target(detail: dict[str, Any]) -> str:
    """Its name; what is called "Mixed" or "Other" needs its kind before it."""
    kind, name = detail.get("kind"), str(detail.get("target", ""))
    return f"{kind.capitalize()} {name}" if kind in ("setting", "design") else name


def _short(value: Any) -> str:
    if value in (None, "", [], {}):
        return "nothing"
    text = "; ".join(map(_part, value)) if isinstance(value, list) else _part(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _part(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part not in (None, "", []))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
