"""The queue: one paper at a time, decided with one key.

Each address answers a plain form with a redirect to the next paper, and the page's script, which
asks for JSON, with the cards that it shall have ready. The script sends a decision until it has
been answered; ``papers.services.desk`` counts it once.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from papers.forms import DecisionForm, target_choices
from papers.models import Decision, Paper
from papers.models.tag import called
from papers.queue_filter import ORDERS, QueueFilter
from papers.services import desk
from papers.services.desk import Card, DecisionRefused, Overtaken, Queue, Verdict
from papers.services.tagging import UndoRefused
from papers.views.choices import A_YEAR_S
from papers.views.library import chips_of
from regimens.models import Setting, StudyDesign, TherapyClass
from regimens.parameters import can_be_id
from regimens.views.access import requires

AHEAD = 2
"""Papers that the script has ready behind the one that is shown; they are leased too."""

MOST_HELD, MOST_PENDING = 10, 500
LAST_SHOWN = 5
SHOWN = frozenset((
    "search", "therapy_class", "setting", "study_design", "year_min", "year_max", "source", "new",
    "opinion", "order",
))  # fmt: skip
"""Filters that have a place in the page's form; others come by links and are kept."""

BAD_REQUEST, UNAUTHORIZED, CONFLICT = 400, 401, 409
NONE = uuid.UUID(int=0)
"""What a key or a page that cannot be read names: nothing."""


@require_safe
@requires("papers.add_tag")
def curate(request: HttpRequest) -> HttpResponseBase:
    """The page with the next paper of the queue, or with the one that ``paper`` names."""
    if "marks" in request.GET:
        return _with_marks(request)
    queue = Queue.of(request.GET, by=request.user, page=uuid.uuid4())
    found = queue.filter
    if not found.is_valid():
        return _page(request, queue, {"filter": found}, status=BAD_REQUEST)
    wanted = request.GET.get("paper", "")
    if wanted:
        return _one(request, queue, wanted)
    papers, nothing = desk.next_papers(queue=queue)
    return _page(request, queue, {"card": None, **_shown(papers, queue), "nothing": nothing})


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
    return _page(request, queue, {**_shown([paper], queue), "is_chosen": True})


def _shown(papers: Sequence[int], queue: Queue) -> dict[str, Any]:
    """The card of the one paper (id) that a page shows, if it is there; and what it is made from."""
    return next(({"card": card, "seen": seen} for card, seen in _cards(papers, queue)), {})


def _cards(papers: Sequence[int], queue: Queue) -> list[tuple[Card, int]]:
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


def _page(
    request: HttpRequest, queue: Queue, page: dict[str, Any], *, status: int = 200
) -> HttpResponse:
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


@require_POST
@requires("papers.add_tag")
def decide(request: HttpRequest) -> HttpResponse:
    """Record a decision; answer with the next paper."""
    queue = _queue(request)
    if _is_somebody_elses(request):
        return _refuse(request, queue, SOMEBODY_ELSES, UNAUTHORIZED)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _refuse_form(request, queue, form)
    try:
        verdict = replace(form.verdict, queue=queue.definition)
        desk.decide(verdict=verdict, by=request.user)
    except Overtaken as error:
        said = error.unsaid if queue.is_second_opinion else str(error)
        return _look_again(request, queue, form.verdict.paper, said, CONFLICT)
    except DecisionRefused as error:
        return _refuse(request, queue, str(error), CONFLICT)
    return _go_on(request, queue, _in_words(form.verdict))


def _queue(request: HttpRequest) -> Queue:
    """The queue of the page that sends this. A filter that cannot be read stops no decision."""
    data, page = QueryDict(request.POST.get("query", "")), _key(request.POST.get("page", ""))
    queue = Queue.of(data, by=request.user, page=page or NONE)
    # Where a script asks, the papers that it is answered with are filtered once a pile.
    return queue if _wants_json(request) else queue.readable()


SOMEBODY_ELSES = "Somebody else is signed in here now. Sign in again to send what you decided."


def _is_somebody_elses(request: HttpRequest) -> bool:
    """Whether a page sends this that another person opened in this browser."""
    return request.POST.get("by", "") not in ("", str(request.user.pk))


def _refuse_form(request: HttpRequest, queue: Queue, form: DecisionForm) -> HttpResponse:
    said = " ".join(error for errors in form.errors.values() for error in errors)
    paper = form.cleaned_data.get("paper")
    is_asked = form.has_error("__all__", code="nothing_ticked")
    if _wants_json(request) or paper is None or not is_asked:
        return _refuse(request, queue, said, BAD_REQUEST)
    return _look_again(request, queue, paper, said, BAD_REQUEST)


def _look_again(
    request: HttpRequest, queue: Queue, paper: int, said: str, status: int
) -> HttpResponse:
    """Ask about the paper (id) once more: what stands now, with what was ticked and noted."""
    if _wants_json(request):
        look = address(queue.readable(), paper=paper)
        return JsonResponse({"error": said, "look": look}, status=status)
    shown = _shown([paper], queue)
    if not shown:
        return _refuse(request, queue, "There is no such paper in the library.", BAD_REQUEST)
    page = shown | {
        "card": shown["card"].ticked(
            request.POST.getlist("on"), offered=request.POST.getlist("offered")
        ),
        "said_wrong": said,
        "note": request.POST.get("note", ""),
        "added": request.POST.get("add", ""),
    }
    return _page(request, queue, page, status=status)


def _refuse(request: HttpRequest, queue: Queue, said: str, status: int) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"error": said}, status=status)
    messages.error(request, said)
    return redirect(address(queue))


def _go_on(request: HttpRequest, queue: Queue, said: str, **where: object) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"said": said, **_ahead(request, queue)})
    messages.success(request, said)
    return redirect(address(queue, **where))


@require_POST
@requires("papers.add_tag")
def undo(request: HttpRequest) -> HttpResponse:
    """Take one's latest decision back, or the one that ``key`` names, and show its paper again."""
    queue = _queue(request)
    if _is_somebody_elses(request):
        return _refuse(request, queue, SOMEBODY_ELSES, UNAUTHORIZED)
    try:
        decision = desk.undo_decision(by=request.user, key=_key(request.POST.get("key", "")))
    except UndoRefused as error:
        return _refuse(request, queue, str(error), CONFLICT)
    desk.take([decision.paper_id], by=request.user, page=queue.page)
    said = f"Taken back: {decision.paper}"
    return _go_on(request, queue, said, paper=decision.paper_id)


def _key(text: str) -> uuid.UUID | None:
    """A key as sent. What is none names no decision, and so none is taken back by mistake."""
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        return NONE


@require_POST
@requires("papers.add_tag")
def next_cards(request: HttpRequest) -> HttpResponse:
    """For the page's script: keep what it holds leased, and fill up what it has ready."""
    queue = _queue(request)
    if _is_somebody_elses(request):
        return _refuse(request, queue, SOMEBODY_ELSES, UNAUTHORIZED)
    return JsonResponse(_ahead(request, queue))


@require_POST
@requires("papers.add_tag")
def leave(request: HttpRequest) -> HttpResponse:
    """Give the papers that a page holds back to the others."""
    page = _key(request.POST.get("page", "")) or NONE
    desk.release(_held(request), by=request.user, page=page)
    return redirect("home")


def _held(request: HttpRequest) -> dict[int, int]:
    """The papers (ids) that the script holds, the one that is shown first; of each the last word
    (id) that its card was made from. Sent as "paper:word".
    """
    pairs = (text.partition(":") for text in request.POST.getlist("held")[:MOST_HELD])
    return {
        int(paper): int(seen) if can_be_id(seen) else 0
        for paper, _, seen in pairs
        if can_be_id(paper)
    }


def _pending(request: HttpRequest) -> list[int]:
    """The papers (ids) that were decided there, but are not heard of here yet."""
    return [int(pk) for pk in request.POST.getlist("pending")[:MOST_PENDING] if can_be_id(pk)]


def _ahead(request: HttpRequest, queue: Queue) -> dict[str, Any]:
    """Cards to put behind those that the script holds; which of these it has lost; how far one is."""
    held = _held(request)
    overtaken = desk.said_since(held, by=request.user)
    if overtaken:
        desk.release(overtaken, by=request.user, page=queue.page)
    theirs = [pk for pk in held if pk not in overtaken]
    kept = desk.renew(theirs, by=request.user, page=queue.page) if theirs else []
    besides = {*held, *_pending(request)}
    wanted = AHEAD + 1 - len(kept)
    papers = desk.next_papers(queue=queue, count=wanted, besides=besides)[0] if wanted > 0 else []
    progress = desk.progress(queue=queue, by=request.user)
    return {
        "lost": [pk for pk in held if pk not in kept],
        "cards": [_drawn(card, seen) for card, seen in _cards(papers, queue)],
        "progress": {
            "decided": progress.decided,
            "total": progress.total,
            "minutes": progress.minutes_left,
        },
    }


def _drawn(card: Card, seen: int) -> dict[str, Any]:
    """A card as the script keeps it ready."""
    return {
        "seen": seen,
        "paper": card.paper.pk,
        "title": str(card.paper),
        "article": render_to_string("papers/_card_article.html", {"card": card}),
        "choices": render_to_string("papers/_card_choices.html", {"card": card}),
    }


def _in_words(verdict: Verdict) -> str:
    """What was said, for the sentence that follows a decision."""
    if verdict.kind != Decision.Kind.DECIDED:
        return f"{Decision.Kind(verdict.kind).label}."
    return ", ".join(f"{called(said.target)} {said.state}" for said in verdict.statements) + "."


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


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
