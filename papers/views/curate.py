"""The page of the queue: one paper at a time. What is decided on it goes to ``views.deciding``."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from papers.forms import target_choices
from papers.models import Decision, Paper
from papers.queue_filter import ORDERS, QueueFilter
from papers.services import desk
from papers.services.desk import Card, Queue
from papers.views.choices import A_YEAR_S
from papers.views.library import chips_of
from regimens.models import Setting, StudyDesign, TherapyClass
from regimens.parameters import can_be_id
from regimens.views.access import requires

LAST_SHOWN = 5
SHOWN = frozenset((
    "search", "therapy_class", "setting", "study_design", "year_min", "year_max", "source", "new",
    "opinion", "order",
))  # fmt: skip
"""Filters that have a place in the page's form; others come by links and are kept."""

BAD_REQUEST = 400


@require_safe
@requires("papers.add_tag")
def curate(request: HttpRequest) -> HttpResponseBase:
    """The page with the next paper of the queue, or with the one that ``paper`` names."""
    if "marks" in request.GET:
        return _with_marks(request)
    queue = Queue.of(request.GET, by=request.user, page=uuid.uuid4())
    found = queue.filter
    if not found.is_valid():
        return show_page(request, queue, {"filter": found}, status=BAD_REQUEST)
    wanted = request.GET.get("paper", "")
    if wanted:
        return _one(request, queue, wanted)
    papers, nothing = desk.next_papers(queue=queue)
    return show_page(
        request, queue, {"card": None, **what_is_shown(papers, queue), "nothing": nothing}
    )


def _with_marks(request: HttpRequest) -> HttpResponse:
    """Keep the choice of highlights, and show the page without it in the address."""
    rest = request.GET.copy()
    choice = rest.pop("marks")[0]
    answer = redirect(f"{request.path}?{rest.urlencode()}" if rest else request.path)
    # The page's script sets it too, so it may read it.
    answer.set_cookie("marks", "off" if choice == "off" else "on", max_age=A_YEAR_S, samesite="Lax")
    return answer


def _one(request: HttpRequest, queue: Queue, wanted: str) -> HttpResponse:
    paper = int(wanted) if can_be_id(wanted) else 0
    if not Paper.objects.filter(pk=paper).exists():
        messages.error(request, "There is no such paper in the library.")
        return redirect(address(queue))
    if not desk.take([paper], by=request.user, page=queue.page):
        messages.warning(request, "That paper lies on somebody else's desk at the moment.")
        return redirect(address(queue))
    return show_page(request, queue, {**what_is_shown([paper], queue), "is_chosen": True})


def what_is_shown(papers: Sequence[int], queue: Queue) -> dict[str, Any]:
    """The card of the one paper (id) that a page shows, if it is there; and what it is made from."""
    return next(({"card": card, "seen": seen} for card, seen in cards_of(papers, queue)), {})


def cards_of(papers: Sequence[int], queue: Queue) -> list[tuple[Card, int]]:
    """Cards, each with the last word (id) on its paper that it was made from."""
    seen = desk.last_words(papers) if papers else {}
    made = desk.cards(papers, queue=queue, by=queue.by)
    return [(card, seen[card.paper.pk]) for card in made]


def address(queue: Queue, **more: object) -> str:
    """The page of a queue."""
    data = QueryDict(queue.query, mutable=True)
    for name, value in more.items():
        data[name] = str(value)
    return reverse("papers:curate") + (f"?{data.urlencode()}" if data else "")


def show_page(
    request: HttpRequest, queue: Queue, page: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page with what ``page`` says of it: a "card", or why there is "nothing"."""
    asked, choices = QueryDict(queue.query), target_choices()[1:]
    context = {
        "queue": queue,
        "asked": asked,
        "address": address(queue),
        "clear": reverse("papers:curate"),
        "also": [
            (name, value) for name in asked if name not in SHOWN for value in asked.getlist(name)
        ],
        "sources": QueueFilter.base_filters["source"].extra["choices"],
        "orders": [(name, label) for name, (label, _) in ORDERS.items()],
        "proposable": _proposable(),
        "are_marks_off": request.COOKIES.get("marks") == "off",
        "targets": choices,
        "lease_s": settings.CURATE_LEASE_S,
        "key": uuid.uuid4(),
        **page,
    }
    if status == 200 or "card" in page:
        last = desk.last_decisions(by=request.user, count=LAST_SHOWN)
        context["progress"] = progress = desk.progress(queue=queue, by=request.user)
        if not queue.definition:
            context["waiting_count"] = progress.left  # the same figure in the navigation
        context["chips"] = list(chips_of(asked, queue.filter))
        context["last"] = _lines(last, choices)
        context["before"] = _before(last, page.get("card"))
    if nothing := page.get("nothing"):
        context["minutes"] = _minutes_until(nothing.back_at)
        context["waiting"] = desk.waiting_count()
    return render(request, "papers/curate.html", context, status=status)


def _minutes_until(moment: Any) -> int:
    return max(1, round((moment - timezone.now()).total_seconds() / 60)) if moment else 0


def _before(last: list[Decision], card: Card | None) -> int | None:
    """The paper that ``k`` leads to: the one that was decided before the one that is shown."""
    papers = [decision.paper_id for decision in last]
    if card and card.paper.pk in papers:
        papers = papers[papers.index(card.paper.pk) + 1 :]
    return papers[0] if papers else None


def _proposable() -> list[tuple[str, str, list[Any]]]:
    """What a queue can be narrowed to: (parameter, label, rows)."""
    classes = list(TherapyClass.objects.select_related("parent"))
    mains = [row for row in classes if not row.parent_id]
    rows = [
        row for main in mains for row in (main, *(s for s in classes if s.parent_id == main.pk))
    ]
    return [
        ("therapy_class", "Class suggested", rows),
        ("setting", "Setting suggested", list(Setting.objects.select_related("parent"))),
        ("study_design", "Design suggested", list(StudyDesign.objects.all())),
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One of one's last decisions, in words."""

    decision: Decision
    words: str


def _lines(decisions: Iterable[Decision], choices: Iterable[tuple[str, Any]]) -> list[Line]:
    names = {token: name for _, group in choices for token, name in group}
    return [Line(each, _said(each, names)) for each in decisions]


def _said(decision: Decision, names: Mapping[str, str]) -> str:
    if decision.kind != Decision.Kind.DECIDED:
        return decision.get_kind_display()
    tokens = ((f"{word['kind']}:{word['slug']}", word) for word in decision.said)
    words = (f"{names.get(token, word['slug'])} {word['state']}" for token, word in tokens)
    return ", ".join(words)
