"""The full-text index: one document for each paper, in the same words on both engines.

Whoever writes papers calls ``write_documents`` (with rows at hand) or ``index_papers`` (with ids)
in the same transaction; the index is never written behind anybody's back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection

from papers.search import postgresql, sqlite
from papers.search.words import fold

PAPERS_A_BATCH = 500
LONGEST_FIELD = 40_000
"""Characters of a field that are indexed: six fields of four bytes a letter fill the 1 MB of a
tsvector."""

BREAK = " ǁ "
"""Between two names or keywords, so that no phrase runs from one into the next."""


class SearchDocument(NamedTuple):
    """The folded text of a paper, by the columns of ``papers.search.tree``."""

    paper_id: int
    title: str
    abstract: str
    authors: str
    journal: str
    keywords: str
    identifiers: str


def engine() -> ModuleType:
    """The compiler and store for the database in use."""
    return postgresql if connection.vendor == "postgresql" else sqlite


def document_from_values(
    paper_id: int, values: Mapping[str, Any], *, authors: Iterable[str], journal: Iterable[str]
) -> SearchDocument:
    """The document of a paper whose column values are at hand."""
    original = values["original_title"]
    title = f"{values['title']}{BREAK}{original}" if original else values["title"]
    return SearchDocument(
        paper_id,
        _indexed(title),
        _indexed(values["abstract"]),
        _indexed(BREAK.join(authors)),
        _indexed(BREAK.join(journal)),
        _indexed(BREAK.join(_keywords(values))),
        _indexed(" ".join(_identifiers(values))),
    )


def _indexed(text: str) -> str:
    return fold(text[:LONGEST_FIELD])[:LONGEST_FIELD]


def _keywords(values: Mapping[str, Any]) -> list[str]:
    """Author keywords, MeSH headings with their qualifiers, and substances."""
    words = list(values["keywords"])
    for heading in values["mesh_headings"]:
        words.append(heading["descriptor"])
        words.extend(qualifier["name"] for qualifier in heading["qualifiers"])
    words.extend(item["name"] for item in values["supplementary_concepts"])
    words.extend(item["name"] for item in values["substances"])
    return words


def _identifiers(values: Mapping[str, Any]) -> list[str]:
    own = (values[name] for name in ("doi", "pmid", "pmcid", "semantic_scholar_id"))
    return [*filter(None, own), *values["trial_registrations"], *values["other_ids"].values()]


def write_documents(documents: Sequence[SearchDocument], *, is_new: bool = False) -> None:
    """Put documents into the index. ``is_new``: none of these papers is in it yet."""
    if documents:
        engine().write(documents, is_new=is_new)


def index_papers(paper_ids: Iterable[int]) -> int:
    """Write the documents of these papers anew from the database; returns how many."""
    ids = sorted(set(paper_ids))
    papers = apps.get_model("papers", "Paper").objects.select_related("journal")
    for start in range(0, len(ids), PAPERS_A_BATCH):
        batch = papers.filter(pk__in=ids[start : start + PAPERS_A_BATCH])
        write_documents([_document(paper) for paper in batch.prefetch_related("authorships")])
    return len(ids)


def _document(paper: Any) -> SearchDocument:
    journal = paper.journal
    return document_from_values(
        paper.pk,
        vars(paper),
        authors=[authorship.name for authorship in paper.authorships.all()],
        journal=searchable_words(journal) if journal else [],
    )


def searchable_words(journal: Any) -> list[str]:
    """What the papers of a journal are found by."""
    return [part for part in (journal.title, journal.iso_abbreviation) if part]


def count_documents() -> int:
    """How many papers of the library are in the index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM papers_paper WHERE id IN "
            f"(SELECT {engine().KEY} FROM papers_search)"
        )
        return int(cursor.fetchone()[0])
