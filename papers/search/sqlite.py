"""The index in SQLite: one FTS5 table, whose rowid is the paper's id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import FloatField
from django.db.models.expressions import RawSQL

from papers.search.tree import COLUMNS, And, Node, Or, Text

KEY = "rowid"

CREATE = (
    "CREATE VIRTUAL TABLE papers_search USING fts5("
    f'{", ".join(COLUMNS)}, tokenize = "unicode61 remove_diacritics 0")',
    # Bigger pieces are merged less often: a third off the time of a large import.
    "INSERT INTO papers_search(papers_search, rank) VALUES ('automerge', 8)",
)
DROP = ("DROP TABLE IF EXISTS papers_search",)

_WEIGHTS = "10.0, 4.0, 6.0, 2.0, 5.0, 10.0"
"""Of a word in title, abstract, authors, journal, keywords, identifiers."""


def write(documents: Sequence[Sequence[Any]], *, is_new: bool) -> None:
    marks = ", ".join(["%s"] * (len(COLUMNS) + 1))
    # REPLACE also for new papers: the index may still hold a paper that was deleted by hand.
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT OR REPLACE INTO papers_search (rowid, {', '.join(COLUMNS)}) VALUES ({marks})",
            documents,
        )


def matching(node: Text | And | Or) -> RawSQL:
    """A subquery of the ids of the papers in which a tree of texts is found."""
    return RawSQL(
        "SELECT rowid FROM papers_search WHERE papers_search MATCH %s", [expression(node)]
    )


def relevance(texts: Iterable[Text]) -> RawSQL:
    """An annotation that is smaller for a better match."""
    either = " OR ".join(expression(text) for text in texts)
    return RawSQL(
        f"(SELECT bm25(papers_search, {_WEIGHTS}) FROM papers_search "
        "WHERE papers_search MATCH %s AND rowid = papers_paper.id)",
        [either],
        output_field=FloatField(),
    )


def expression(node: Node) -> str:
    """The tree in FTS5's own words."""
    if isinstance(node, Text):
        phrase = f'"{" ".join(node.words)}"{" *" if node.is_prefix else ""}'
        return f"{{{' '.join(node.columns)}}} : {phrase}" if node.columns else phrase
    assert isinstance(node, And | Or), "only texts are asked of the index"
    operator = " AND " if isinstance(node, And) else " OR "
    return f"({operator.join(expression(part) for part in node.parts)})"
