"""The index in PostgreSQL: two text vectors a paper, made of our own words.

The database's parsers are not asked, for they cut "CAR-T" and "p53/MDM2" otherwise than SQLite's.
``words`` holds everything: title (weight A), abstract (B), keywords (C), the rest (D). ``names``
holds authors (A) and journal (B) for searches in these fields alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, repeat
from operator import add
from typing import Any

import psycopg2.extras
from django.db import connection
from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from papers.copying import copy_rows
from papers.search.tree import And, Node, Or, Text
from papers.search.words import words_of

KEY = "paper_id"

CREATE = (
    "CREATE TABLE papers_search (paper_id bigint PRIMARY KEY, "
    "words tsvector NOT NULL, names tsvector NOT NULL)",
    "CREATE INDEX papers_search_words ON papers_search USING gin (words)",
    "CREATE INDEX papers_search_names ON papers_search USING gin (names)",
)
DROP = ("DROP TABLE IF EXISTS papers_search",)

_WEIGHTS = {"title": "A", "abstract": "B", "keywords": "C"}
_NAME_WEIGHTS = {"authors": "A", "journal": "B"}
_GAP = 8
"""Places between two fields or names, so that no phrase runs from one into the next."""

_LAST_PLACE = 16_383
_LONGEST_WORD = 500
"""Limits of a tsvector: its last position, and (2 KB) a word's length."""


def write(documents: Sequence[Any], *, is_new: bool) -> None:
    rows = ((document.paper_id, *_vectors(document)) for document in documents)
    with connection.cursor() as cursor:
        if is_new:
            copy_rows(cursor, "papers_search (paper_id, words, names)", rows)
            return
        psycopg2.extras.execute_values(
            cursor.cursor,
            "INSERT INTO papers_search (paper_id, words, names) VALUES %s "
            "ON CONFLICT (paper_id) DO UPDATE SET words = excluded.words, names = excluded.names",
            list(rows),
            template="(%s, %s::tsvector, %s::tsvector)",
            page_size=200,
        )


def _vectors(document: Any) -> tuple[str, str]:
    words = (
        ("A", document.title),
        ("B", document.abstract),
        ("C", document.keywords),
        ("D", document.authors),
        ("D", document.journal),
        ("D", document.identifiers),
    )
    return vector(words), vector((("A", document.authors), ("B", document.journal)))


def vector(fields: Iterable[tuple[str, str]]) -> str:
    """The text form of a tsvector: each word with its place and the weight of the place.

    The database joins the places of a word that comes again.
    """
    parts: list[str] = []
    at = 0
    for weight, text in fields:
        for words in map(words_of, text.split("ǁ")):
            if words and len(max(words, key=len)) > _LONGEST_WORD:
                words = tuple(word[:_LONGEST_WORD] for word in words)
            places = chain(_places(weight)[at : at + len(words)], repeat(f":{_LAST_PLACE}{weight}"))
            # Words are letters and digits only: nothing in them needs escaping.
            parts.extend(map(add, words, places))
            at += len(words) + _GAP
    return " ".join(parts)


@cache
def _places(weight: str) -> tuple[str, ...]:
    return tuple(f":{place}{weight}" for place in range(1, _LAST_PLACE + 1))


def matching(node: Text | And | Or) -> RawSQL:
    """A subquery of the ids of the papers in which a tree of texts is found."""
    condition, parameters = _condition(node)
    return RawSQL(f"SELECT paper_id FROM papers_search WHERE {condition}", parameters)


def _condition(node: Node) -> tuple[str, list[str]]:
    if isinstance(node, Text):
        vectors = list(_vectors_of(node))
        sql = " OR ".join(f"{column} @@ %s::tsquery" for column, _ in vectors)
        return f"({sql})", [_query(node, weights) for _, weights in vectors]
    assert isinstance(node, And | Or), "only texts are asked of the index"
    parts = [_condition(part) for part in node.parts]
    operator = " AND " if isinstance(node, And) else " OR "
    return f"({operator.join(sql for sql, _ in parts)})", [p for _, found in parts for p in found]


def _vectors_of(text: Text) -> Iterator[tuple[str, str]]:
    """Which vector to ask, and for which weights ("" for any)."""
    if not text.columns:
        yield "words", ""
        return
    for column, weights in (("words", _WEIGHTS), ("names", _NAME_WEIGHTS)):
        wanted = "".join(weights[name] for name in text.columns if name in weights)
        if wanted:
            yield column, wanted


def _query(text: Text, weights: str) -> str:
    """The words as a tsquery, one right after the other."""
    last = len(text.words) - 1
    parts = []
    for number, word in enumerate(text.words):
        marks = ("*" if text.is_prefix and number == last else "") + weights
        parts.append(f"'{word[:_LONGEST_WORD]}'{':' + marks if marks else ''}")
    return " <-> ".join(parts)


def relevance(texts: Iterable[Text]) -> RawSQL:
    """An annotation that is smaller for a better match."""
    either = " | ".join(f"({_query(text, '')})" for text in texts)
    return RawSQL(
        "(SELECT -ts_rank('{0.2, 0.5, 0.4, 1.0}', words, %s::tsquery) FROM papers_search "
        "WHERE paper_id = papers_paper.id)",
        [either],
        output_field=FloatField(),
    )
