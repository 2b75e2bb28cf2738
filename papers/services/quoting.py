"""Which words of a paper a proposal rests on, where they stand, and the marks to lay over them.

Proposal      a suggestion with its quotes, as a page shows it.
ShownQuote    the words of a quote. Where they still stand, ``place`` names their mark in the page.
Spans         the marks over each of a paper's strings: quotes, and mentions of the vocabulary.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from papers.marked_html import joined, place_name, says
from papers.marking import Span, parts
from papers.marks import mark_kind
from papers.models import Paper, Suggestion, Target
from papers.services.suggesting import text_of
from papers.services.suggestion_json import is_in_place
from papers.strength import strength
from regimens.lexicon import Kind
from regimens.suggest import place
from regimens.terms import Vocabulary

NAMES = {
    "title": "title", "abstract": "abstract", "keywords": "keywords",
    "substances": "substances", "mesh_headings": "MeSH terms",
}  # fmt: skip
"""What a page calls a field."""

NO_CLASS = "x"

Spans = Mapping[tuple[str, int | None], Sequence[Span]]
"""By field and, in a list, the number of the entry."""


@dataclass(frozen=True, slots=True)
class ShownQuote:
    text: str
    where: str
    place: str = ""
    """Empty where nothing in the page is marked for it."""

    is_stale: bool = False
    """The paper's words have changed since."""


@dataclass(frozen=True, slots=True)
class Proposal:
    suggestion: Suggestion
    quotes: tuple[ShownQuote, ...]

    @property
    def target(self) -> Target:
        return self.suggestion.target

    @property
    def strength(self) -> str:
        return strength(self.suggestion.score)

    @property
    def is_stale(self) -> bool:
        return any(quote.is_stale for quote in self.quotes)


def proposal(suggestion: Suggestion, paper: Paper, spans: Spans) -> Proposal:
    """The suggestion with its quotes, each tied to the mark that ``spans`` lays over its words."""
    quotes = (_shown(quote, paper, spans) for quote in suggestion.quotes)
    return Proposal(suggestion, tuple(dict.fromkeys(quotes)))


def _shown(quote: Mapping[str, Any], paper: Paper, spans: Spans) -> ShownQuote:
    where = NAMES.get(quote["field"], quote["field"])
    if not is_in_place(dict(quote), paper):
        return ShownQuote(quote["text"], where, is_stale=True)
    covering = (
        span.names[0]
        for span in spans.get((quote["field"], quote["item"]), ())
        if span.names and span.start <= quote["start"] < span.end
    )
    return ShownQuote(quote["text"], where, next(covering, ""))


def spans_of(
    suggestions: Iterable[Suggestion], paper: Paper, *, mentions: Spans | None = None
) -> Spans:
    """The marks of the paper's own page, each with the name of its place.

    Quotes whose words have changed have none, nor have those over which its markup lets no mark be.
    """
    closed = list(_unmarkable(paper))
    found = defaultdict(list, {field: list(spans) for field, spans in (mentions or {}).items()})
    for field, span in _quoted(suggestions, paper):
        if not any(field[0] == name and start <= span.start < end for name, start, end in closed):
            named = Span(span.start, span.end, span.kind, (place_name(*field, span.start),))
            found[field].append(named)
    return {field: joined(spans) for field, spans in found.items()}


def nameless_spans(suggestions: Iterable[Suggestion], paper: Paper) -> Spans:
    """The same over the plain words, for a page that shows several papers: nothing leads there."""
    found: dict[tuple[str, int | None], list[Span]] = defaultdict(list)
    for field, span in _quoted(suggestions, paper):
        found[field].append(span)
    return {field: joined(spans) for field, spans in found.items()}


def _quoted(
    suggestions: Iterable[Suggestion], paper: Paper
) -> Iterator[tuple[tuple[str, int | None], Span]]:
    for suggestion in suggestions:
        row = suggestion.therapy_class
        kind = mark_kind(row) if row else NO_CLASS
        for quote in suggestion.quotes:
            if is_in_place(quote, paper):
                yield (quote["field"], quote["item"]), Span(quote["start"], quote["end"], kind)


def _unmarkable(paper: Paper) -> Iterator[tuple[str, int, int]]:
    """Stretches (field, start, end) that are shown without marks: their markup says other words."""
    if paper.title_html and not says(paper.title_html, paper.title):
        yield "title", 0, len(paper.title)
    places = parts(paper.abstract, paper.abstract_sections)
    if not places:
        yield "abstract", 0, len(paper.abstract)
    for part, section in zip(places, paper.abstract_sections, strict=False):
        html = section.get("html")
        if html and not says(html, paper.abstract[part.start : part.end]):
            yield "abstract", part.start, part.end


def mentions_of(paper: Paper, vocabulary: Vocabulary, kinds: Mapping[str, str]) -> Spans:
    """The vocabulary's words in the paper. ``kinds`` has the mark of each main class, by slug."""
    found: dict[tuple[str, int | None], list[Span]] = defaultdict(list)
    for each in place(text_of(paper), vocabulary):
        term, mention = each.mention.term, each.mention
        if term.kind is Kind.DISEASE:
            continue  # what every paper of the library is about
        main = vocabulary.main(term.classes[0]) if term.classes else ""
        span = Span(mention.start, mention.end, kinds.get(main, NO_CLASS))
        found[each.field, each.item].append(span)
    return found
