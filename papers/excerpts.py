"""The sentences in which quotes stand, short enough for a list.

Excerpt   one sentence in pieces, the quoted words marked; an ellipsis stands for what was cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from papers.marking import Piece, Span, pieces
from regimens.suggest.sentences import sentences

AROUND = 110
"""Characters that stay at each side of the quoted words of a long sentence."""

ELLIPSIS = "…"


def excerpts(text: str, spans: Iterable[Span]) -> list[tuple[Piece, ...]]:
    """The sentences of a text that hold one of the spans, each once and in order."""
    return [tuple(_excerpt(text, spans, *reach)) for reach, spans in _by_sentence(text, spans)]


def _by_sentence(text: str, spans: Iterable[Span]) -> Iterator[tuple[tuple[int, int], list[Span]]]:
    """Each sentence's reach with the spans that begin in it, or in the space after it; of one that
    runs on, to its end.
    """
    ordered = sorted(spans, key=lambda span: (span.start, -span.end))
    reaches = [(sentence.start, sentence.end) for sentence in sentences(text)]
    for index, (start, end) in enumerate(reaches):
        following = reaches[index + 1][0] if index + 1 < len(reaches) else len(text)
        earliest = start if index else 0
        theirs = [span for span in ordered if earliest <= span.start < following]
        if theirs:
            reach = min(start, theirs[0].start), max(end, *(span.end for span in theirs))
            yield reach, theirs


def _excerpt(text: str, spans: Sequence[Span], start: int, end: int) -> Iterator[Piece]:
    first, last = spans[0].start, max(span.end for span in spans)
    begin = _word_start(text, first - AROUND, start) if first - start > AROUND else start
    stop = _word_end(text, last + AROUND, end) if end - last > AROUND else end
    if begin > start:
        yield Piece(ELLIPSIS)
    yield from pieces(text, spans, start=begin, end=stop)
    if stop < end:
        yield Piece(ELLIPSIS)


def _word_start(text: str, place: int, least: int) -> int:
    """The beginning of the word after the place, or the place itself in a text without spaces."""
    space = text.find(" ", max(place, least), place + AROUND)
    return max(place, least) if space < 0 else space + 1


def _word_end(text: str, place: int, most: int) -> int:
    space = text.rfind(" ", place - AROUND, min(place, most))
    return min(place, most) if space < 0 else space
