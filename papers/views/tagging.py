"""Tagging many papers at once, and taking one's latest tagging back."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from papers.forms import BulkForm
from papers.models import Paper
from papers.models.tag import called
from papers.services.tagging import (
    UNTAGGED,
    Plan,
    PlanChanged,
    UndoRefused,
    last_act,
    plan_tagging,
    tag_papers,
    undo_tagging,
)
from papers.views.library import library_url
from regimens.views.access import requires

PREVIEWED = 50
"""Papers that a preview lists by name; all are counted."""


@require_POST
@requires("papers.add_tag")
def bulk(request: HttpRequest) -> HttpResponse:
    """First a preview; then, with the mark of the preview that was seen, the change."""
    form = BulkForm(request.POST)
    if not form.is_valid():
        for error in [error for errors in form.errors.values() for error in errors]:
            messages.error(request, error)
        return redirect(library_url(request.POST.get("query", "")))
    seen = form.cleaned_data["seen"]
    if not seen:
        plan = plan_tagging(papers=form.paper_ids, statements=[form.statement])
        return render(request, "papers/bulk.html", _preview(form, plan))
    try:
        tagged = tag_papers(
            papers=form.paper_ids,
            statements=[form.statement],
            note=form.cleaned_data["note"],
            seen=seen,
            by=request.user,
        )
    except PlanChanged as changed:
        now = _preview(form, changed.plan) | {"is_stale": True}
        return render(request, "papers/bulk.html", now)
    messages.success(
        request,
        f"{tagged.papers} paper{'s' if tagged.papers != 1 else ''} changed, "
        f"{tagged.unchanged} stood so already.",
    )
    return redirect(library_url(form.cleaned_data["query"]))


def _preview(form: BulkForm, plan: Plan) -> dict[str, Any]:
    before = {change.paper_id: change.before for change in plan.changes}
    first = Paper.objects.for_list().in_bulk(plan.paper_ids[:PREVIEWED])
    states = Counter(before.values())
    return {
        "form": form,
        "statement": form.statement,
        "called": called(form.statement.target),
        "plan": plan,
        "total": len(plan.changes) + plan.unchanged,
        "seen": plan.fingerprint,
        "new": states.pop(UNTAGGED, 0),
        "overruled": sorted(states.items()),
        "rows": [(paper, before[pk]) for pk, paper in first.items()],
        "more": max(len(plan.changes) - PREVIEWED, 0),
        "back": library_url(form.cleaned_data["query"]),
    }


@require_POST
@requires("papers.add_tag")
def undo(request: HttpRequest) -> HttpResponse:
    """Take one's own latest tagging back."""
    act = last_act(by=request.user)
    try:
        if act is None or str(act.batch) != request.POST.get("batch"):
            raise UndoRefused(
                "This is no longer your latest change, or somebody has decided on its papers "
                "since. Look at the page again."
            )
        undone = undo_tagging(batch=act.batch, by=request.user)
    except UndoRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, f"Undone on {undone.papers} paper{'s' if undone.papers != 1 else ''}."
        )
    back = request.POST.get("next", "")
    # A word without a slash would be taken for the name of a page, not for an address.
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, {request.get_host()})
    return redirect(back if is_ours else "papers:library")
