"""Which short names count: those that the rest of the paper supports.

Bare     a short name that other things are called too: VAC, TC, TEM, ICE, CAR. It counts only
         with support: its long form defines it in the same text, what it stands for is named
         in full there, or a word for a regimen stands beside it (handbook section 5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from regimens.lexicon.names import Kind, Mention, Term

_BESIDE = re.compile(
    r"chemo\w*|regimens?|protocols?|cycles?|courses?|backbone|arm|window|maintenance|induction"
    r"|salvage|alternating|combination|treated with|receiv|randomi|assigned|\bgiven\b|therapy"
    r"|versus|\bvs\b"
)
_REACH = 28
"""Characters on either side of a bare regimen's name in which such a word supports it."""


_BACKBONES = frozenset(("vac", "iva"))
"""Regimens of rhabdomyosarcoma's first line: where that is named, nobody writes VAC of a vacuum."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch of text with every term that it may name."""

    start: int
    end: int
    terms: tuple[Term, ...]


class Named:
    """What the texts of a paper name in full."""

    def __init__(self, sure: list[list[Mention]]) -> None:
        terms = [mention.term for mentions in sure for mention in mentions]
        self.slugs = {term.slug for term in terms if term.slug}
        self.classes = {name for term in terms for name in term.classes}
        self.diseases = any(term.kind is Kind.DISEASE for term in terms)

    def add(self, supported: Iterable[Mention]) -> None:
        """Regimens that are named by a bare name with support."""
        terms = (mention.term for mention in list(supported))
        self.slugs |= {term.slug for term in terms if term.kind is Kind.REGIMEN}

    def supports(self, term: Term) -> bool:
        match term.kind:
            case Kind.REGIMEN:
                is_of_the_disease = self.diseases and term.slug in _BACKBONES
                are_drugs_named = len(self.slugs & set(term.drugs)) > 1
                return is_of_the_disease or term.slug in self.slugs or are_drugs_named
            case Kind.DRUG:
                return term.slug in self.slugs
            case Kind.DISEASE:
                return self.diseases
        return bool(self.classes & set(term.classes))


def supported(
    text: str, candidates: list[Candidate], named: Named, explained: set[str]
) -> Iterator[Mention]:
    for candidate in candidates:
        bare = [term for term in candidate.terms if term.is_bare]
        if len(bare) < len(candidate.terms):
            continue  # it is a name in full too
        words = text[candidate.start : candidate.end]
        if words in explained or words.removesuffix("s") in explained:
            continue
        fitting = [term for term in bare if named.supports(term)]
        if not fitting and _is_beside_regimen_word(text, candidate):
            fitting = [term for term in bare if term.kind is Kind.REGIMEN]
        if len({term.stands_for for term in fitting}) == 1:
            yield mention_of(text, candidate, fitting[0])


def _is_beside_regimen_word(text: str, candidate: Candidate) -> bool:
    before = text[max(0, candidate.start - _REACH) : candidate.start].lower()
    after = text[candidate.end : candidate.end + _REACH].lower()
    return bool(_BESIDE.search(before) or _BESIDE.search(after))


def mention_of(text: str, candidate: Candidate, term: Term) -> Mention:
    words = text[candidate.start : candidate.end]
    return Mention(candidate.start, candidate.end, words, term)
