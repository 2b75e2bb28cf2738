"""What the vocabulary's names are and where a text mentions them.

Term     a name of the vocabulary and what it stands for: a drug, a regimen, a phrase of a class.
Family   a suffix that tells the class of a drug that no list names.
Mention  a term found in a text: ``text[start:end]`` are its words as they stand there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a term names."""

    DRUG = "drug"
    REGIMEN = "regimen"
    PHRASE = "phrase"
    AGENT = "agent"
    """A drug that the vocabulary's own list does not hold."""

    SUPPORTIVE = "supportive"
    LOCAL = "local"
    TARGET = "target"
    DISEASE = "disease"


@dataclass(frozen=True, slots=True)
class Term:
    name: str
    kind: Kind
    slug: str = ""
    """Of the drug or regimen; empty for the other kinds."""

    classes: tuple[str, ...] = ()
    """Slugs of the therapy classes that it stands for, the most specific there is."""

    drugs: tuple[str, ...] = ()
    """Slugs of what a regimen is made of."""

    is_bare: bool = False

    @property
    def stands_for(self) -> tuple[str, ...]:
        """What two names of one thing have in common."""
        return (self.kind, self.slug) if self.slug else (self.kind, *self.classes, self.name)


@dataclass(frozen=True, slots=True)
class Family:
    """A suffix by which drugs that no list names show their class: ``-tinib``."""

    suffix: str
    classes: tuple[str, ...]
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    start: int
    end: int
    text: str
    term: Term
    is_defined: bool = False
    """An abbreviation that this text itself explains."""
