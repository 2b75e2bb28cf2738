"""Lays marks over a paper's words as HTML, and over words that have markup of their own.

Place    where a quote stands, as a name that is unique on a page: "in-abstract-120".
Plain    the words without markup. Offsets of spans count in it.

A mark never changes a character: where the markup does not say the same words as the plain text,
it is shown as it is, without marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from html.parser import HTMLParser

from papers.marking import Piece, Span, pieces


def place_name(field: str, item: int | None, start: int) -> str:
    """What a link to the words at ``start`` calls them."""
    return f"in-{field}-{start}" if item is None else f"in-{field}-{item}-{start}"


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans that share a character made one, with the names of all, and in the colour of the first
    that is of a class.
    """
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if found and span.start < found[-1].end:
            last = found[-1]
            names = tuple(dict.fromkeys(last.names + span.names))
            kind = span.kind if last.kind == "x" else last.kind
            found[-1] = Span(last.start, max(last.end, span.end), kind, names)
        else:
            found.append(span)
    return found


def marked_text(text: str, spans: Iterable[Span], *, start: int = 0, end: int | None = None) -> str:
    """``text[start:end]`` as HTML in which the spans are marked. Their first name is the place."""
    return marked_pieces(pieces(text, spans, start=start, end=end))


def marked_pieces(cut: Iterable[Piece]) -> str:
    return "".join(map(_html, cut))


def says(html: str, text: str) -> bool:
    """Whether markup says just these words, so that marks can be laid over it."""
    return _said(_read(html)) == text


def marked_markup(
    html: str, text: str, spans: Iterable[Span], *, start: int = 0, end: int | None = None
) -> str:
    """The same where these words have markup: well-formed HTML whose text is ``text[start:end]``."""
    end = len(text) if end is None else end
    tokens = _read(html)
    if _said(tokens) != text[start:end]:
        return html
    return "".join(_laid(tokens, text, list(spans), start))


def _laid(tokens: Iterable[_Token], text: str, spans: Sequence[Span], place: int) -> Iterable[str]:
    for words, is_tag in tokens:
        if is_tag:
            yield words
            continue
        end = place + len(words)
        yield marked_pieces(pieces(text, spans, start=place, end=end))
        place = end


def _html(piece: Piece) -> str:
    """One piece. A mark that markup cuts in parts has its name at the first and its letter at the
    last alone.
    """
    words = escape(piece.text)
    span = piece.span
    if span is None:
        return words
    place = escape(span.names[0]) if span.names else ""
    about = (
        f' id="{place}"' if place and piece.begins else "",
        f' data-place="{place}"' if place else "",
        f' data-letter="{span.kind.upper()}"' if span.kind != "x" and piece.ends else "",
    )
    return f'<mark class="mention m-{span.kind}"{"".join(about)}>{words}</mark>'


_Token = tuple[str, bool]
"""Words, or a tag as it is written and True."""


def _read(html: str) -> list[_Token]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.tokens


def _said(tokens: Iterable[_Token]) -> str:
    return "".join(words for words, is_tag in tokens if not is_tag)


class _Reader(HTMLParser):
    """The tags and the words of a piece of HTML, in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tokens: list[_Token] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tokens.append((self.get_starttag_text() or "", True))

    def handle_endtag(self, tag: str) -> None:
        self.tokens.append((f"</{tag}>", True))

    def handle_data(self, data: str) -> None:
        self.tokens.append((data, False))
