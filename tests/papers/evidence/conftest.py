"""A generated library: papers of all years and states, with tags and proposals at random."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from papers.models import Journal, Paper, Pull, Search, Suggestion, Tag
from papers.models.tag import MODELS
from papers.search.index import index_papers

WORDS = (
    "vincristine", "irinotecan", "rhabdomyosarcoma", "temozolomide", "relapse", "cohort",
    "cyclophosphamide", "children", "pazopanib", "nivolumab", "maintenance",
)  # fmt: skip
STATES = ("confirmed", "confirmed", "confirmed", "rejected", "withdrawn")
STATUSES = ("published", "published", "published", "published", "corrected", "retracted")


@pytest.fixture
def person(db):
    return get_user_model().objects.create_user("curator")


@pytest.fixture
def generate(vocabulary, person) -> Callable[..., list[Paper]]:
    """``generate(300, seed=1)`` makes papers; the same seed makes the same ones."""

    def make(count: int, *, seed: int = 0) -> list[Paper]:
        chance = random.Random(seed)
        now = timezone.now()
        journals = [Journal.objects.create(title=f"Journal {seed}-{n}") for n in range(3)]
        years = [None, 3, 1975, 2999, *range(1990, now.year + 1)]
        papers = Paper.objects.bulk_create(
            Paper(
                title=" ".join(chance.sample(WORDS, 3)),
                abstract=" ".join(chance.sample(WORDS, 2)) if chance.random() < 0.7 else "",
                year=chance.choice(years),
                status=chance.choice(STATUSES),
                journal=chance.choice([*journals, None]),
                created_at=now,
                updated_at=now,
            )
            for _ in range(count)
        )
        index_papers([paper.pk for paper in papers])
        for field, model in MODELS.items():
            _speak(papers, field, list(model.objects.all())[:60], chance, person)
        return papers

    return make


def _speak(papers: list[Paper], field: str, targets: list[Any], chance: random.Random, by) -> None:
    now = timezone.now()
    tags, suggestions = [], []
    for paper in papers:
        for target in chance.sample(targets, chance.choice((0, 1, 1, 3))):
            about = {"paper": paper, field: target}
            state = chance.choice(STATES)
            tags.append(Tag(state=state, by=by, at=now, batch=uuid.uuid4(), **about))
        for target in chance.sample(targets, chance.choice((0, 0, 1, 2))):
            about = {"paper": paper, field: target}
            score = chance.choice((0.3, 0.6, 0.9))
            suggestions.append(Suggestion(score=score, rule="r", made_at=now, **about))
    Tag.objects.bulk_create(tags)
    Suggestion.objects.bulk_create(suggestions)


@pytest.fixture
def searched(db) -> Callable[..., Pull]:
    """``searched("rhabdomyosarcoma", on=moment)``: a saved search that ran to its end then."""

    def run(query: str, *, on=None, state: str = "done", **fields) -> Pull:
        search = Search.objects.create(name=query[:40], source="pubmed", query=query)
        finished = on or timezone.now()
        values = {"source": "pubmed", "query": query, "search": search, "finished_at": finished}
        return Pull.objects.create(state=state, **values | fields)

    return run
