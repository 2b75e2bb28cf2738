"""Lays marks over a paper's words without losing a character of them.

Span     a stretch of the text to be marked: a mention of the vocabulary, a quote.
Piece    a stretch of the text with the span that covers it, if any. The pieces of a text,
         joined, are the text.
Part     a section of an abstract with its place in the abstract's one text, in which the offsets
         of quotes count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int
    kind: str
    """The mark of its class: c, t, i, k, or x for none of them."""

    names: tuple[str, ...] = ()
    """What rests on these words, for a link to them."""


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    span: Span | None = None
    begins: bool = True
    """Whether the span begins here, or before it in another piece."""

    ends: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    label: str
    start: int
    end: int


def pieces(
    text: str, spans: Iterable[Span], *, start: int = 0, end: int | None = None
) -> list[Piece]:
    """``text[start:end]`` in pieces. Spans are clipped to it; of two that overlap the first stays."""
    end = len(text) if end is None else end
    return list(_pieces(text, sorted(spans, key=lambda span: (span.start, -span.end)), start, end))


def _pieces(text: str, spans: Sequence[Span], start: int, end: int) -> Iterator[Piece]:
    place = start
    for span in spans:
        first, last = max(span.start, start), min(span.end, end)
        if first < place or first >= last:
            continue
        if first > place:
            yield Piece(text[place:first])
        yield Piece(text[first:last], span, first == span.start, last == span.end)
        place = last
    if place < end:
        yield Piece(text[place:end])


def parts(abstract: str, sections: Sequence[Mapping[str, Any]]) -> list[Part]:
    """Where each section's text stands in the abstract: the whole if there are no sections, and
    nothing if one of them is not there.
    """
    if not sections:
        return [Part("", 0, len(abstract))] if abstract else []
    found: list[Part] = []
    place = 0
    for section in sections:
        start = abstract.find(section["text"], place)
        if start < 0:
            return []
        place = start + len(section["text"])
        found.append(Part(section["label"] or "", start, place))
    return found
