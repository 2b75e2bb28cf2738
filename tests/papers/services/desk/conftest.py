"""Papers that wait, and two curators at their desks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.http import QueryDict
from django.utils import timezone

from papers.models import Decision, Paper, Suggestion
from papers.models.tag import MODELS, field_of
from papers.services import desk
from papers.services.desk import Queue, Verdict
from papers.services.roles import give_role
from papers.services.tagging import Statement


def person(name: str) -> Any:
    user = get_user_model().objects.create_user(name)
    give_role(user=user, role="curator")
    return user


@pytest.fixture
def ada(vocabulary) -> Any:
    return person("ada")


@pytest.fixture
def ben(vocabulary) -> Any:
    return person("ben")


@pytest.fixture
def papers(vocabulary) -> Callable[..., list[int]]:
    """``papers(3, year=2020)`` brings papers into the library; their ids, the newest first."""

    def bring(count: int, **fields: Any) -> list[int]:
        now = timezone.now()
        made = [
            Paper.objects.create(
                **{"title": f"Paper {n}", "created_at": now, "updated_at": now} | fields
            ).pk
            for n in range(count)
        ]
        return made[::-1]

    return bring


def target(slug: str) -> Any:
    found = (model.objects.filter(slug=slug).first() for model in MODELS.values())
    return next(row for row in found if row)


def propose(paper: int, slug: str, score: float, *quotes: dict) -> Suggestion:
    row = target(slug)
    return Suggestion.objects.create(
        paper_id=paper, **{field_of(row): row}, score=score, rule="named in the title",
        rule_version="1", quotes=list(quotes), made_at=timezone.now(),
    )  # fmt: skip


def queue(by: Any, query: str = "") -> Queue:
    return Queue.of(QueryDict(query), by=by)


def verdict(paper: int, *confirmed: str, kind: str = "decided", **more: Any) -> Verdict:
    """A decision that confirms these and, with ``rejected``, refuses those."""
    rejected = more.pop("rejected", ())
    words = [Statement(target(slug), "confirmed") for slug in confirmed]
    words += [Statement(target(slug), "rejected") for slug in rejected]
    return Verdict(more.pop("key", uuid.uuid4()), paper, kind, tuple(words), **more)


def decide(by: Any, paper: int, *confirmed: str, **more: Any) -> Decision:
    return desk.decide(verdict=verdict(paper, *confirmed, **more), by=by)


def order(by: Any, query: str = "", *, count: int = 50) -> list[int]:
    """What the queue would give, paper after paper."""
    return desk.next_papers(queue=queue(by, query), count=count)[0]
