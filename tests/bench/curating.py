"""Times decisions at the queue through the whole of Django, and prints what they took as JSON.

The queue is asked as its page's script asks it, new and almost done, in every order and with a
filter, so that piles are laid and used up on the way.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from statistics import median, quantiles
from typing import Any

from tests.bench.measure import set_up_django

QUERIES = ("", "order=surest", "order=least_sure", "therapy_class=chemotherapy", "search=children")
TIMES = 120
ALMOST_ALL = 0.8


def main() -> None:
    set_up_django()
    from django.core.management import call_command

    from papers.models import Paper, Suggestion
    from papers.services.suggesting import read_awaiting

    call_command("load_vocabulary", stdout=sys.stderr)
    started = time.perf_counter()
    print(sum(1 for _ in read_awaiting()), "papers read", file=sys.stderr)
    print(f"{time.perf_counter() - started:.1f} s", file=sys.stderr)
    curator = Curator()
    for query in QUERIES:
        curator.decide(query, TIMES)
    decide_most()
    for query in QUERIES:
        curator.decide(query, TIMES)
    curator.tell(papers=Paper.objects.count(), suggestions=Suggestion.objects.count())


def decide_most() -> None:
    from django.contrib.auth import get_user_model

    from papers.models import Paper
    from papers.services.tagging import Statement, tag_papers
    from regimens.models import TherapyClass

    mains = TherapyClass.objects.filter(parent=None)
    ids = list(Paper.objects.order_by("-pk").values_list("pk", flat=True))
    tag_papers(
        papers=ids[: int(len(ids) * ALMOST_ALL)],
        statements=[Statement(main, "rejected") for main in mains],
        by=get_user_model().objects.get(),
    )


class Curator:
    """A browser that is signed in, and how long each of its requests took."""

    def __init__(self) -> None:
        from django.contrib.auth import get_user_model
        from django.test import Client

        from papers.services.roles import give_role

        person = get_user_model().objects.create_user("curator")
        give_role(user=person, role="curator")
        self.browser = Client(headers={"host": "localhost", "accept": "application/json"})
        self.browser.force_login(person)
        self.decisions: list[float] = []
        self.cpu: list[float] = []
        self.pages: list[float] = []

    def decide(self, query: str, times: int) -> None:
        from django.urls import reverse

        self._timed(self.pages, "get", f"{reverse('papers:curate')}?{query}")
        answer = self._post("papers:curate_next", query=query, held=[])
        cards: list[dict[str, Any]] = answer["cards"]
        before = len(self.decisions)
        for number in range(times):
            if not cards:
                break
            paper, *held = [card["paper"] for card in cards]
            cards = cards[1:]
            kind = "later" if number % 10 == 9 else "irrelevant" if number % 3 else "decided"
            cards += self._post(
                "papers:curate_decide",
                self.decisions,
                query=query,
                held=held,
                key=str(uuid.uuid4()),
                paper=paper,
                kind=kind,
                on=["class:chemotherapy", "design:cohort"],
                offered=["class:targeted", "design:cohort"],
            )["cards"]
        mine = self.decisions[before:]
        if mine:
            print(f"{query or 'newest'}: median {median(mine):.1f} ms, most {max(mine):.1f} ms, "
                  f"{len(mine)} decisions", file=sys.stderr)  # fmt: skip

    def _post(self, name: str, times: list[float] | None = None, **fields: Any) -> dict[str, Any]:
        from django.urls import reverse

        answer = self._timed([] if times is None else times, "post", reverse(name), fields)
        said: dict[str, Any] = answer.json()
        return said

    def _timed(self, times: list[float], method: str, *request: Any) -> Any:
        started, worked = time.perf_counter(), time.process_time()
        answer = getattr(self.browser, method)(*request)
        times.append((time.perf_counter() - started) * 1000)
        if times is self.decisions:
            self.cpu.append((time.process_time() - worked) * 1000)
        assert answer.status_code == 200, answer.content[:500]
        return answer

    def tell(self, **counts: int) -> None:
        print(
            json.dumps({
                "p50_ms": median(self.decisions),
                "p95_ms": quantiles(self.decisions, n=20)[-1],
                "cpu_p95_ms": quantiles(self.cpu, n=20)[-1],
                "most_ms": max(self.decisions),
                "page_ms": median(self.pages),
                "decisions": len(self.decisions),
                **counts,
            })
        )  # fmt: skip


if __name__ == "__main__":
    main()
