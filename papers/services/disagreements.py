"""Where people and the machine differ, with all that one needs to learn from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from papers.models import Paper, Suggestion, Tag
from papers.models.tag import slugs_of
from papers.records import TARGETS
from papers.services.bulk import in_slices
from papers.services.curators import Difference
from papers.services.suggestion_json import is_in_place
from papers.services.track_record import MISSED, REFUSED, Word

_NAMED = ("pk", "title", "pmid", "doi", "pmcid", "semantic_scholar_id", "status")
_READ = (*_NAMED, "abstract", "keywords", "substances", "mesh_headings")


@dataclass(frozen=True, slots=True)
class Disagreement:
    word: Word
    tag: Tag
    """The person's word, with its target, its paper and who said it."""

    quotes: tuple[dict[str, Any], ...]
    """What the machine quotes for the target now, as far as the paper still says it."""

    @property
    def kind(self) -> str:
        return REFUSED if self.word.is_refused else MISSED


AT_A_TIME = 500


def with_papers(words: Sequence[Word]) -> Iterator[Disagreement]:
    """Those words as a page or a file shows them, in the same order; read a few hundred at a time."""
    for start in range(0, len(words), AT_A_TIME):
        yield from _with_papers(words[start : start + AT_A_TIME])


def _with_papers(words: Sequence[Word]) -> Iterator[Disagreement]:
    tags = (
        Tag.objects.select_related(*TARGETS, "therapy_class__parent", "by")
        .prefetch_related(Prefetch("paper", Paper.objects.only(*_READ)))
        .in_bulk([word.tag for word in words])
    )
    proposed = {
        (row.paper_id, row.target_field, getattr(row, f"{row.target_field}_id")): row
        for row in Suggestion.objects.filter(paper__in={word.paper for word in words})
    }
    for word in words:
        row = proposed.get((word.paper, word.field, word.target))
        paper = tags[word.tag].paper
        quotes = [quote for quote in row.quotes if is_in_place(quote, paper)] if row else []
        yield Disagreement(word, tags[word.tag], tuple(quotes))


def disagreement_rows(words: Sequence[Word]) -> list[dict[str, Any]]:
    """The same for a file."""
    return [
        {
            "disagreement": each.kind,
            **_named(each.tag.paper),
            **slugs_of(each.tag.target),
            "state": each.tag.state,
            "by": each.tag.by.username,
            "at": each.tag.at.isoformat(),
            "note": each.tag.note,
            "rule": each.word.rule,
            "rule_version": each.word.version,
            "score": each.word.score,
            "quotes": [quote["text"] for quote in each.quotes],
        }
        for each in with_papers(words)
    ]


def difference_rows(differences: Sequence[Difference]) -> list[dict[str, Any]]:
    """Papers on which two curators differ, for a file."""
    papers = papers_of(differences)
    return [
        {
            **_named(papers[each.paper]),
            "therapy_class": each.slug,
            "confirmed_by": each.confirmed_by,
            "rejected_by": each.rejected_by,
        }
        for each in differences
    ]


def papers_of(differences: Sequence[Difference]) -> dict[int, Paper]:
    """The papers that they are about, by id."""
    ids = {each.paper for each in differences}
    return {
        paper.pk: paper
        for some in in_slices(ids)
        for paper in Paper.objects.only(*_NAMED).filter(pk__in=some)
    }


def _named(paper: Paper) -> dict[str, Any]:
    return {"paper": paper.pk, "pmid": paper.pmid, "doi": paper.doi, "title": paper.title}
