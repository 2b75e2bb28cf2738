"""What is decided in the queue: kept, taken back, given back to the others.

Each address answers a plain form with a redirect to the next paper, and the page's script, which
asks for JSON, with the cards that it shall have ready. The script sends a decision until it has
been answered; ``papers.services.desk`` counts it once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from papers.forms import DecisionForm
from papers.models import Decision
from papers.models.tag import called
from papers.services import desk
from papers.services.desk import Card, DecisionRefused, Overtaken, Queue, Verdict
from papers.services.tagging import UndoRefused
from papers.views.curate import BAD_REQUEST, address, cards_of, show_page, what_is_shown
from regimens.parameters import can_be_id
from regimens.views.access import requires

AHEAD = 2
"""Papers that the script has ready behind the one that is shown; they are leased too."""

MOST_HELD, MOST_PENDING = 10, 500
UNAUTHORIZED, CONFLICT = 401, 409
SOMEBODY_ELSES = "Somebody else is signed in here now. Sign in again to send what you decided."
NONE = uuid.UUID(int=0)
"""What a key or a page that cannot be read names: nothing."""


def from_its_page(view: Callable[[HttpRequest, Queue], HttpResponse]) -> Callable[..., Any]:
    """A view for what a page of the queue sends; it gets that page's queue. What somebody else's
    page sends is refused: it shall not be recorded in the name of who signed in since.
    """

    @require_POST
    @requires("papers.add_tag")
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        queue = _queue(request)
        # Another person opened the page in this browser.
        if request.POST.get("by", "") not in ("", str(request.user.pk)):
            return _refuse(request, queue, SOMEBODY_ELSES, UNAUTHORIZED)
        return view(request, queue)

    return guarded


@from_its_page
def decide(request: HttpRequest, queue: Queue) -> HttpResponse:
    """Record a decision; answer with the next paper."""
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
    shown = what_is_shown([paper], queue)
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
    return show_page(request, queue, page, status=status)


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


@from_its_page
def undo(request: HttpRequest, queue: Queue) -> HttpResponse:
    """Take one's latest decision back, or the one that ``key`` names, and show its paper again."""
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


@from_its_page
def next_cards(request: HttpRequest, queue: Queue) -> HttpResponse:
    """For the page's script: keep what it holds leased, and fill up what it has ready."""
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
        "cards": [_drawn(card, seen) for card, seen in cards_of(papers, queue)],
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


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
