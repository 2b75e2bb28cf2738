"""Papers around a paper: looking for them, and deciding which come into the library."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from papers import tasks
from papers.models import Candidate, Paper, Pull
from papers.services.snowballing import (
    NoIdentifier,
    accept_candidates,
    candidates_of,
    dismiss_candidates,
    queue_snowball,
    reopen_candidates,
)
from regimens.parameters import can_be_id
from regimens.views.access import requires

PAGE_SIZE = 50
DEEDS = {
    "accept": ("taken into the library", accept_candidates),
    "dismiss": ("dismissed", dismiss_candidates),
    "reopen": ("open again", reopen_candidates),
}


@require_safe
@requires("papers.view_candidate")
def candidate_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The candidates around one paper, those not decided yet unless others are asked for."""
    paper = get_object_or_404(Paper, pk=pk)
    asked = request.GET.get("state", "")
    state = asked if asked in Candidate.State.values else Candidate.State.WAITING
    found = candidates_of(paper).filter(state=state).select_related("by")
    context = {
        "paper": paper,
        "state": state,
        "states": [
            (value, label, paper.candidates.filter(state=value).count())
            for value, label in Candidate.State.choices
        ],
        "last": paper.snowballs.filter(kind=Pull.Kind.SNOWBALL).defer("plan").first(),
        "page_obj": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "papers/candidate_list.html", context)


@require_POST
@requires("papers.add_pull")
def snowball(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue looking for the papers around one, and show the run."""
    paper = get_object_or_404(Paper, pk=pk)
    try:
        pull = queue_snowball(paper=paper, by=request.user)
    except NoIdentifier as error:
        messages.error(request, str(error))
        return redirect(paper)
    transaction.on_commit(partial(tasks.run_pull.delay, pull.pk))
    return redirect(pull)


@require_POST
@requires("papers.change_candidate")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in, dismiss or reopen the ticked candidates."""
    paper = get_object_or_404(Paper, pk=pk)
    said, deed = DEEDS.get(request.POST.get("do", ""), (None, None))
    ticked = [value for value in request.POST.getlist("candidates") if can_be_id(value)]
    chosen = list(paper.candidates.filter(pk__in=ticked).select_related("pull__by"))
    if not deed or not chosen:
        messages.info(request, "Tick at least one candidate, then say what becomes of it.")
    else:
        deed(chosen, by=request.user)
        messages.success(request, f"{len(chosen)} {'is' if len(chosen) == 1 else 'are'} {said}.")
    return redirect(reverse("papers:candidate_list", args=[paper.pk]))
