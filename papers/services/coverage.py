"""What has been looked for: which therapy classes the finished searches cover, and when last.

An empty place of the evidence map says something only where somebody has searched. What a search
looks for is read from its query with the lexicon that reads papers, because nobody would keep a
list beside it up to date (docs/decisions/0009).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone

from papers.models import Pull
from regimens.lexicon import Kind, Mention
from regimens.services.wording import recent_wording
from regimens.terms import Vocabulary

_GROUP = r"""(?:\((?:[^()]|\([^()]*\))*\)|"[^"]*"(?:\[\w+\])?|\S+)"""
_LEFT_OUT = re.compile(rf"\bNOT\s+({_GROUP})|(?<![^\s(])-({_GROUP})")
"""What PubMed leaves out after NOT, and Semantic Scholar after a minus."""

_BEGINNING = re.compile(r"([^\W\d_]{4,})\*")
_ENDINGS = ("y", "ies", "ic", "s", "e", "es", "or", "ors", "ed", "al", "")
"""What a truncated word of a query may end in: chemotherap* is chemotherapy too."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The treatments that a query looks for: all of them, or those that it names.

    ``whole``: classes named by a phrase, with all that is below them. ``touched``: these, and
    the classes of which a drug or a regimen is named. ``drugs``: the drugs that are named.
    """

    everything: bool = False
    whole: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()
    drugs: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()

    def covers(self, therapy_class: str, main: str, drug: str = "") -> bool:
        """Whether it looks for the class (``main``: the class that it is a part of, or itself),
        or for the drug of that class.
        """
        lines = {therapy_class, main}
        if lines & self.left_out:
            return False
        if self.everything or lines & self.whole:
            return True
        return drug in self.drugs if drug else therapy_class in self.touched


@dataclass(frozen=True, slots=True)
class Looked:
    """One finished search: what it looked for, and when it last did."""

    name: str
    search: int | None
    scope: Scope
    on: dt.date


@dataclass(frozen=True, slots=True)
class Coverage:
    """All finished searches, the latest first."""

    looked: tuple[Looked, ...]

    def of(self, therapy_class: str, main: str, drug: str = "") -> tuple[Looked, ...]:
        """The finished searches that looked for a class, or a drug of it."""
        return tuple(each for each in self.looked if each.scope.covers(therapy_class, main, drug))


def coverage() -> Coverage:
    """What the searches that were run to their end looked for. Imported files are no search."""
    done = Pull.objects.filter(kind=Pull.Kind.SEARCH, state=Pull.State.DONE)
    # Each query once: a living search asks the same thing every week.
    runs = (
        done.order_by()
        .values_list("search", "search__name", "source", "query")
        .annotate(last=Max("finished_at"), begun=Max("created_at"))
    )
    words = recent_wording().vocabulary
    looked = [
        Looked(
            name or f"{Pull(source=source).get_source_display()}: {query[:80]}",
            search,
            scope(query, words),
            timezone.localdate(last or begun),
        )
        for search, name, source, query, last, begun in runs
    ]
    return Coverage(tuple(sorted(looked, key=lambda each: (each.on, each.name), reverse=True)))


def scope(query: str, words: Vocabulary) -> Scope:
    """The treatments that a query names. One that names none, nor a target, looks for all.

    What the query leaves out is not looked for: a class as a whole when a phrase names it. A
    drug that is left out says nothing of its class.
    """
    left_out = " ".join("".join(found) for found in _LEFT_OUT.findall(query))
    named = _mentions(_LEFT_OUT.sub(" ", query), words)
    whole = _classes(m for m in named if m.term.kind is Kind.PHRASE)
    touched = _classes(named)
    return Scope(
        everything=all(m.term.kind is Kind.DISEASE for m in named),
        whole=frozenset(whole),
        touched=frozenset(touched | {words.main(slug) for slug in touched}),
        drugs=frozenset(m.term.slug for m in named if m.term.kind is Kind.DRUG),
        left_out=frozenset(
            _classes(m for m in _mentions(left_out, words) if m.term.kind is Kind.PHRASE) - touched
        ),
    )


def _classes(mentions: Iterable[Mention]) -> set[str]:
    return {slug for mention in mentions for slug in mention.term.classes}


def _mentions(query: str, words: Vocabulary) -> list[Mention]:
    """What a query names. Each of its phrases is read by itself, truncated words in full."""
    # Nobody searches for VAC and means something else; in an abstract it needs such a word beside.
    texts = [f"{text} regimen" for written in _terms(query) for text in _in_full(written)]
    return [mention for found in words.lexicon.find(texts) for mention in found]


_TERM = re.compile(r'"([^"]*)"|([^"()\[\]|+]+)')


def _terms(query: str) -> Iterator[str]:
    """The words of a query between its operators, without its fields ([tiab], [Mesh])."""
    bare = re.sub(r"\[[^\]]*\]", " | ", query)
    for quoted, loose in _TERM.findall(bare):
        yield from [quoted] if quoted else re.split(r"\b(?:AND|OR)\b", loose)


def _in_full(written: str) -> Sequence[str]:
    if not _BEGINNING.search(written):
        return [written]
    return [_BEGINNING.sub(rf"\g<1>{ending}", written) for ending in _ENDINGS]
