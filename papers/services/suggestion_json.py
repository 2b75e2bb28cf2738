"""A suggestion in the shape that API, exports and commands show."""

from __future__ import annotations

from typing import Any

from papers.models import Paper
from papers.models import Suggestion as StoredSuggestion
from papers.models.tag import slugs_of
from papers.records import TARGETS
from regimens.suggest import Quote, Suggestion


def stored_json(row: StoredSuggestion, paper: Paper) -> dict[str, Any]:
    """A stored proposal for that paper. A quote whose words have changed since says so."""
    return {
        "id": row.pk,
        **slugs_of(row.target),
        "score": row.score,
        "rule": row.rule,
        "rule_version": row.rule_version,
        "quotes": [{**quote, "is_stale": not is_in_place(quote, paper)} for quote in row.quotes],
    }


def is_in_place(quote: dict[str, Any], paper: Paper) -> bool:
    """Whether the paper's words are still those that a stored quote was taken from."""
    words = words_of(paper, quote["field"], quote["item"])
    said: str = words[quote["start"] : quote["end"]]
    return said == quote["text"]


def words_of(paper: Paper, field: str, item: int | None) -> str:
    """The text that offsets of a quote count in; empty where the paper has no such entry."""
    words: Any = getattr(paper, field)
    if item is None:
        return str(words)
    if item >= len(words):
        return ""
    word = words[item]
    return str(word if isinstance(word, str) else word.get("name") or word.get("descriptor") or "")


def suggestion_json(suggestion: Suggestion) -> dict[str, Any]:
    """One proposal: its target by slug, the other kinds of target null."""
    return {
        **{target: suggestion.slug if target == suggestion.target else None for target in TARGETS},
        "score": suggestion.score,
        "rule": suggestion.rule,
        "rule_version": suggestion.version,
        "quotes": [_quote_json(quote) for quote in suggestion.quotes],
    }


def _quote_json(quote: Quote) -> dict[str, Any]:
    return {
        "field": quote.field,
        "item": quote.item,
        "start": quote.start,
        "end": quote.end,
        "text": quote.text,
    }
