"""What a search says, as a tree of frozen dataclasses.

Leaves are ``Text`` (words to be found in the full text), ``Years`` and ``Fact`` (a field with a
value); ``And``, ``Or`` and ``Not`` join them; ``Everything`` is the empty search. ``str(tree)``
is a search that parses back to an equal tree.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

COLUMNS = ("title", "abstract", "authors", "journal", "keywords", "identifiers")
"""Of the full-text index. ``keywords`` holds MeSH headings and substances too."""

FIELD_OF_COLUMNS = {
    ("title",): "title",
    ("abstract",): "abstract",
    ("authors",): "author",
    ("journal",): "journal",
    ("keywords",): "keyword",
    ("title", "abstract"): "tiab",
}


@dataclass(frozen=True, slots=True)
class Everything:
    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Text:
    """Folded words that stand one after the other in one of ``columns`` (none given: in any).

    With ``is_prefix`` the last word is only the beginning of one.
    """

    words: tuple[str, ...]
    columns: tuple[str, ...] = ()
    is_prefix: bool = False

    def __str__(self) -> str:
        text = " ".join(self.words)
        if len(self.words) > 1:
            text = f'"{text}"'
        name = f"{FIELD_OF_COLUMNS[self.columns]}:" if self.columns else ""
        return f"{name}{text}{'*' if self.is_prefix else ''}"


@dataclass(frozen=True, slots=True)
class Years:
    """Published from ``first`` to ``last``, both included; None leaves that end open."""

    first: int | None
    last: int | None

    def __str__(self) -> str:
        if self.first == self.last:
            return f"year:{self.first}"
        return f"year:{self.first or ''}-{self.last or ''}"


@dataclass(frozen=True, slots=True)
class Fact:
    """A field that is not full text: doi, pmid, pmcid, class, regimen, drug, type, status, tag.

    ``position`` is where the value was typed, for messages.
    """

    field: str
    value: str
    position: int = dataclasses.field(default=0, compare=False)

    def __str__(self) -> str:
        plain = re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", self.value)
        return f"{self.field}:{self.value}" if plain else f'{self.field}:"{self.value}"'


@dataclass(frozen=True, slots=True)
class Not:
    part: Node

    def __str__(self) -> str:
        return f"-({self.part})" if isinstance(self.part, And | Or) else f"-{self.part}"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(
            f"({part})" if isinstance(part, And) else str(part) for part in self.parts
        )


Node = Everything | Text | Years | Fact | Not | And | Or


def all_of(parts: Iterable[Node]) -> Node:
    """The parts joined by AND, flat; a single part stands for itself, none for everything."""
    flat = tuple(_flat(parts, And))
    if not flat:
        return Everything()
    return flat[0] if len(flat) == 1 else And(flat)


def any_of(parts: Iterable[Node]) -> Node:
    """The parts joined by OR, flat; at least one is given."""
    flat = tuple(_flat(parts, Or))
    return flat[0] if len(flat) == 1 else Or(flat)


def none_of(part: Node) -> Node:
    return part.part if isinstance(part, Not) else Not(part)


def sought_texts(node: Node) -> Iterator[Text]:
    """The texts that a paper is wanted for: every one that does not stand under a NOT."""
    match node:
        case Text():
            yield node
        case And(parts) | Or(parts):
            for part in parts:
                yield from sought_texts(part)
        case _:
            return


def _flat(parts: Iterable[Node], kind: type[And] | type[Or]) -> Iterator[Node]:
    for part in parts:
        if isinstance(part, kind):
            yield from part.parts
        else:
            yield part
