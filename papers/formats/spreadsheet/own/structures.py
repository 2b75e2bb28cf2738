"""The parts of a Record as plain JSON values and back, without what is None or empty."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def plain(value: object) -> object:
    """Dataclasses to objects, tuples to lists."""
    if dataclasses.is_dataclass(value):
        pairs = ((f.name, plain(getattr(value, f.name))) for f in dataclasses.fields(value))
        return {name: item for name, item in pairs if not _is_nothing(item)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def _is_nothing(value: object) -> bool:
    """0 is something."""
    return value is None or value is False or value == []


def structured(kind: type[T], value: object) -> T:
    """``plain`` undone for one dataclass of papers.records. Raises TypeError where it cannot be."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{kind.__name__} is written as an object.")
    hints = get_type_hints(kind)
    return kind(**{name: _part(hints[name], item) for name, item in value.items() if name in hints})


def _part(hint: object, value: object) -> object:
    """A field's value; a list becomes a tuple of whatever the field holds."""
    if not isinstance(value, list):
        if get_origin(hint) is tuple or not isinstance(value, get_args(hint) or (hint,)):
            raise TypeError(f"{value!r} is not {hint}.")
        return value
    inner = next(iter(get_args(hint)), None)
    if dataclasses.is_dataclass(inner) and isinstance(inner, type):
        return tuple(structured(inner, item) for item in value)
    if inner is not str:
        raise TypeError(f"A list is not {hint}.")
    return tuple(str(item) for item in value)
