"""A paper's words as pages show them: HTML with its own markup, and marks laid over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from papers.excerpts import excerpts
from papers.marked_html import marked_markup, marked_pieces, marked_text
from papers.marking import Span, parts
from papers.marks import markup
from papers.models import Paper, Suggestion
from papers.services.quoting import NAMES, Spans, nameless_spans
from papers.services.suggestion_json import words_of


@dataclass(frozen=True, slots=True)
class MarkedPaper:
    title: SafeString
    sections: tuple[tuple[str, SafeString], ...]
    keywords: tuple[SafeString, ...]
    substances: tuple[SafeString, ...]
    mesh_headings: tuple[tuple[dict[str, Any], SafeString], ...]
    """Each heading as stored, with its descriptor marked."""


def marked_paper(paper: Paper, spans: Spans) -> MarkedPaper:
    return MarkedPaper(
        marked_title(paper, spans),
        tuple(_sections(paper, spans.get(("abstract", None), ()))),
        _entries(paper, "keywords", spans),
        _entries(paper, "substances", spans),
        tuple(zip(paper.mesh_headings, _entries(paper, "mesh_headings", spans), strict=True)),
    )


def marked_title(paper: Paper, spans: Spans) -> SafeString:
    theirs = spans.get(("title", None), ())
    if paper.title_html:
        return mark_safe(marked_markup(markup(paper.title_html), paper.title, theirs))
    return mark_safe(marked_text(str(paper), theirs))


def _sections(paper: Paper, spans: Sequence[Span]) -> Iterator[tuple[str, SafeString]]:
    """Each section's label and words. Where a section does not stand in the abstract's one text,
    in which the quotes count, nothing is marked.
    """
    text, places = paper.abstract, parts(paper.abstract, paper.abstract_sections)
    if text and not paper.abstract_sections:
        yield "", mark_safe(marked_text(text, spans))
    for index, section in enumerate(paper.abstract_sections):
        label, html = section["label"] or "", section.get("html")
        if not places:
            yield label, markup(html) if html else mark_safe(marked_text(section["text"], ()))
            continue
        lay = {"start": places[index].start, "end": places[index].end}
        words = (
            marked_markup(markup(html), text, spans, **lay)
            if html
            else marked_text(text, spans, **lay)
        )
        yield label, mark_safe(words)


def _entries(paper: Paper, field: str, spans: Spans) -> tuple[SafeString, ...]:
    return tuple(
        mark_safe(marked_text(words_of(paper, field, item), spans.get((field, item), ())))
        for item in range(len(getattr(paper, field)))
    )


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A sentence with its quoted words marked, and which field it is from."""

    where: str
    words: SafeString


def excerpts_of(suggestion: Suggestion, paper: Paper) -> list[Excerpt]:
    """The sentences that hold its quotes; without the title, which stands above them."""
    spans = nameless_spans([suggestion], paper)
    return [
        Excerpt(NAMES.get(field, field), mark_safe(marked_pieces(pieces)))
        for (field, item), marks in spans.items()
        if field != "title"
        for pieces in excerpts(words_of(paper, field, item), marks)
    ]
