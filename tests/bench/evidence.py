"""How long the evidence map's figures take on a library of 20,000 tagged papers; prints seconds."""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
import uuid
from typing import Any

from tests.bench.measure import prepare

PAPERS = 20_000
REPEATS = 5
QUESTIONS = {
    "by setting": "",
    "by year, opened": "by=year&open=chemotherapy&open=targeted",
    "by design, of some years": "by=study_design&year_min=2005",
}


def main() -> None:
    prepare()
    from django.http import QueryDict

    from papers.evidence.figures import evidence_map
    from papers.evidence.question import map_filter, question

    fill(PAPERS)
    took = {}
    for name, query in QUESTIONS.items():
        times = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            drawn = evidence_map(question(map_filter(QueryDict(query))))
            times.append(time.perf_counter() - started)
        took[name] = statistics.median(times)
        print(f"{name}: {took[name]:.3f} s, {drawn.total.confirmed.papers} confirmed, "
              f"{drawn.total.waiting.papers} waiting", file=sys.stderr)  # fmt: skip
    print(json.dumps(took))


def fill(count: int) -> None:
    """Papers of which a third is tagged and all have proposals, and a finished search."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from papers.models import Paper, Pull, Suggestion, Tag
    from papers.models.tag import MODELS
    from regimens.services.vocabulary import load_vocabulary

    load_vocabulary()
    chance, now = random.Random(1), timezone.now()
    person = User.objects.create(username="curator")
    papers = Paper.objects.bulk_create(
        [
            Paper(title=f"Paper {n}", year=1985 + n % 41, created_at=now, updated_at=now)
            for n in range(count)
        ],
        batch_size=2000,
    )
    targets = {field: list(model.objects.all()) for field, model in MODELS.items()}

    def about(share: float) -> list[dict[str, Any]]:
        return [
            {"paper": paper, field: chance.choice(rows)}
            for paper in papers
            for field, rows in targets.items()
            if chance.random() < share
        ]

    tagged = {"state": "confirmed", "by": person, "at": now}
    Tag.objects.bulk_create(
        [Tag(batch=uuid.uuid4(), **tagged, **each) for each in about(1 / 3)], batch_size=2000
    )
    proposed = {"score": 0.9, "rule": "r", "rule_version": "1", "made_at": now}
    Suggestion.objects.bulk_create(
        [Suggestion(**proposed, **each) for each in about(0.8)], batch_size=2000
    )
    Pull.objects.create(source="pubmed", query="rhabdomyosarcoma", state="done", finished_at=now)


if __name__ == "__main__":
    main()
