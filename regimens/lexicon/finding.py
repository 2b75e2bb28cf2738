"""Finds the vocabulary's names in a text, with exact offsets into it.

Names are compared atom by atom (``spelling``), a name in full counts at once, and a bare one with
support (``support``). The lexicon knows what a word names, not what a paper says of it: that is
``suggest``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from regimens.lexicon import inhibitors
from regimens.lexicon.abbreviations import definitions
from regimens.lexicon.names import Family, Kind, Mention, Term
from regimens.lexicon.spelling import ATOM, LONGEST_BARE, canonical, letters, surfaces
from regimens.lexicon.support import Candidate, Named, mention_of, supported

__all__ = ["Family", "Kind", "Lexicon", "Mention", "Term"]


_PARTED = re.compile(f"({ATOM.pattern})")
_JOINT = re.compile(r"\s?[-‐‑‒–—−/+.·:]?\s?|\s?\(|\)\s?|\)-|\s\(")
_MOST_DEFINED = 40
"""Each abbreviation costs a pass over the text; no real paper defines so many."""

_TAIL = 3
"""So many letters of a word tell whether it can end with a family's suffix."""


class _Node:
    __slots__ = ("next", "terms")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.terms: tuple[Term, ...] = ()


class _Atoms:
    """The atoms of a text with their places.

    Made by functions of C alone: a text has some two hundred and most name nothing.
    """

    __slots__ = ("_ends", "lowered", "text")

    def __init__(self, text: str) -> None:
        parted = _PARTED.split(text)  # what lies between atoms, an atom, what lies between …
        self.text = text
        self.lowered = [*map(str.lower, parted[1::2])]
        self._ends = [*accumulate(map(len, parted))]

    def start(self, index: int) -> int:
        return self._ends[2 * index]

    def end(self, index: int) -> int:
        return self._ends[2 * index + 1]


class Lexicon:
    """The vocabulary, ready to be looked for. Built once, used for any number of texts."""

    def __init__(self, terms: Iterable[Term], families: Iterable[Family] = ()) -> None:
        self._root = _Node()
        self._canonical: dict[str, str] = {}
        self._regimens: list[Term] = []
        for term in terms:
            self._add(term)
        self._first = {
            surface: self._root.next[atom]
            for surface, atom in self._canonical.items()
            if atom in self._root.next
        }
        # The longest suffix decides: -metinib before -tinib before -nib.
        self._families = sorted(families, key=lambda family: -len(family.suffix))
        self._suffixes = tuple(family.suffix for family in self._families)
        self._firsts = self._first.keys() | set(inhibitors.WORDS)
        self._tails = {suffix[-_TAIL:] for suffix in self._suffixes}

    def _add(self, term: Term) -> None:
        node = self._root
        atoms = ATOM.findall(term.name)
        if len(letters(term.name)) < 2:
            return  # V, A, C: one letter names nothing by itself
        for atom in atoms:
            key = canonical(atom)
            for surface in surfaces(key):
                self._canonical[surface] = key
            self._canonical[atom.lower()] = key
            node = node.next.setdefault(key, _Node())
        node.terms = (*node.terms, term)
        if term.kind is Kind.REGIMEN:
            self._regimens.append(term)

    def find(self, texts: Sequence[str]) -> list[list[Mention]]:
        """The mentions in each of the texts of one paper, in order, none overlapping.

        The texts belong together: what one defines or names in full supports a bare name in
        another.
        """
        found = [list(self._candidates(text)) for text in texts]
        if not any(found):
            return [[] for _ in texts]
        sure = [list(_sure(text, each)) for text, each in zip(texts, found, strict=True)]
        meanings, others = self._definitions(texts, sure)
        explained = meanings.keys() | others
        named = Named(sure)
        # A bare regimen that one sentence supports is meant by the same name in the others.
        for text, candidates in zip(texts, found, strict=True):
            named.add(supported(text, candidates, named, explained))
        return [
            _in_order(
                [
                    *each,
                    *supported(text, candidates, named, explained),
                    *_defined(text, meanings),
                ]
            )
            for text, candidates, each in zip(texts, found, sure, strict=True)
        ]

    def _candidates(self, text: str) -> Iterator[Candidate]:
        atoms = _Atoms(text)
        skip_to = 0
        for index in self._promising(atoms):
            if atoms.start(index) < skip_to:
                continue
            candidate = self._candidate(atoms, index)
            if candidate:
                skip_to = candidate.end
                yield candidate

    def _promising(self, atoms: _Atoms) -> list[int]:
        """The atoms at which a name may begin or which are one: the only ones looked at closer.

        Most atoms are none, and this line is where most of the time goes.
        """
        firsts, tails = self._firsts, self._tails
        return [
            index
            for index, word in enumerate(atoms.lowered)
            if word in firsts or word[-_TAIL:] in tails
        ]

    def _candidate(self, atoms: _Atoms, index: int) -> Candidate | None:
        word = atoms.lowered[index]
        node = self._first.get(word)
        if node:
            return self._longest(atoms, index, node)
        if word in inhibitors.WORDS:
            return self._inhibitor(atoms, index)
        return self._by_family(atoms, index) if word.endswith(self._suffixes) else None

    def _longest(self, atoms: _Atoms, index: int, node: _Node) -> Candidate | None:
        """The longest name that begins with this atom; None where none does."""
        text = atoms.text
        start, end = atoms.start(index), atoms.end(index)
        if start and text[start - 1].isalnum():
            return None
        best: Candidate | None = None
        while True:
            if node.terms and not text[end : end + 1].isalnum():
                terms = _as_written(node.terms, text[start:end])
                best = Candidate(start, end, terms) if terms else best
            index += 1
            if index == len(atoms.lowered) or not node.next:
                return best
            gap = text[end : atoms.start(index)]
            if gap and not (len(gap) <= 3 and _JOINT.fullmatch(gap)):
                return best
            key = self._canonical.get(atoms.lowered[index])
            after = node.next.get(key) if key else None
            if after is None:
                return best
            node, end = after, atoms.end(index)

    def _inhibitor(self, atoms: _Atoms, index: int) -> Candidate | None:
        blocked = inhibitors.blocked(atoms.text, atoms.start(index), atoms.end(index))
        if blocked is None:
            return None
        start, end, gene = blocked
        known = self._named(f"{gene} inhibitor")
        classes = known.classes if known else ("targeted-other",)
        term = Term(atoms.text[start:end], Kind.PHRASE, classes=classes)
        return Candidate(start, end, (term,))

    def _named(self, name: str) -> Term | None:
        """The term of exactly that name."""
        node = self._root
        for atom in ATOM.findall(name):
            after = node.next.get(canonical(atom))
            if after is None:
                return None
            node = after
        return node.terms[0] if node.terms else None

    def _by_family(self, atoms: _Atoms, index: int) -> Candidate | None:
        word, start, end = atoms.lowered[index], atoms.start(index), atoms.end(index)
        family = next(each for each in self._families if word.endswith(each.suffix))
        if len(word) < len(family.suffix) + 3 or word in family.exceptions:
            return None
        term = Term(atoms.text[start:end], Kind.AGENT, classes=family.classes)
        return Candidate(start, end, (term,))

    def _definitions(
        self, texts: Sequence[str], sure: list[list[Mention]]
    ) -> tuple[dict[str, Term], set[str]]:
        """What the abbreviations mean that the texts explain, and those that mean other things."""
        meanings: dict[str, Term] = {}
        others: set[str] = set()
        for text, mentions in zip(texts, sure, strict=True):
            starts = [mention.start for mention in mentions]
            for short, start, end in definitions(text):
                first = max(0, bisect_right(starts, start) - 1)
                near = mentions[first : bisect_left(starts, end)]
                inside = [mention for mention in near if mention.end > start]
                term = self._meaning(inside)
                if term and len(meanings) < _MOST_DEFINED:
                    meanings.setdefault(short, term)
                elif not inside:
                    others.add(short)
        return meanings, others - meanings.keys()

    def _meaning(self, inside: list[Mention]) -> Term | None:
        treatments = [m.term for m in inside if m.term.kind is not Kind.DISEASE]
        if not treatments:
            return inside[0].term if inside else None
        drugs = {term.slug for term in treatments if term.kind is Kind.DRUG}
        if len(drugs) > 1:
            return next((term for term in self._regimens if set(term.drugs) == drugs), None)
        return treatments[-1]


def _as_written(terms: tuple[Term, ...], surface: str) -> tuple[Term, ...]:
    """The terms that may be written so: an abbreviation keeps its capitals (ICE, not ice)."""
    if surface.count("(") != surface.count(")"):
        return ()
    found = letters(surface)
    return tuple(
        term
        for term in terms
        if _keeps_case(term.name, found) and not _is_plural_inside(term.name, surface)
    )


def _is_plural_inside(name: str, surface: str) -> bool:
    """ "Stem cells rescue neurons" is not about stem cell rescue."""
    inner = zip(ATOM.findall(name)[:-1], ATOM.findall(surface)[:-1], strict=False)
    return any(len(one) > 1 and f"{one}s".lower() == other.lower() for one, other in inner)


def _keeps_case(name: str, found: str) -> bool:
    own = letters(name)
    if len(own) > LONGEST_BARE + 1:
        return True
    if own[1:].islower():
        # "Flu" and "Tem" are drugs; "flu" and "tem" are not.
        return len(own) > LONGEST_BARE - 1 or own[0].islower() or found[0].isupper()
    return found in (own, f"{own}s")


def _sure(text: str, candidates: list[Candidate]) -> Iterator[Mention]:
    """Mentions that need no support: a name in full that stands for one thing."""
    for candidate in candidates:
        full = [term for term in candidate.terms if not term.is_bare]
        if full:
            yield mention_of(text, candidate, full[0])


def _defined(text: str, meanings: dict[str, Term]) -> Iterator[Mention]:
    for short, term in meanings.items():
        for match in re.finditer(rf"(?<!\w){re.escape(short)}(?=s?(?!\w))", text):
            named = replace(term, name=short)
            yield Mention(match.start(), match.end(), match.group(), named, is_defined=True)


def _in_order(mentions: list[Mention]) -> list[Mention]:
    """By place; of two that overlap the longer stays."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda each: (each.start, -each.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept
