"""The bulk desk: what the machine proposes, and a yes or no to many of it at once, with undo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from papers.bulk_desk_forms import (
    ORDERS,
    OWN,
    DecisionsForm,
    ProposalFilter,
    strength_choices,
)
from papers.marked_paper import Excerpt, excerpts_of, marked_title
from papers.models import Paper, Search, Suggestion
from papers.services.proposals import changes_by_target, overruled_people, statements_on
from papers.services.quoting import Proposal, nameless_spans, proposal
from papers.services.tagging import Plan, PlanChanged, Tagged, last_act, plan_each, tag_each
from papers.views.library import chips_of, without_blanks, without_names
from papers.views.tagging import PREVIEWED
from regimens.views.access import requires

PAGE_SIZE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@requires("papers.add_tag")
def bulk_desk(request: HttpRequest) -> HttpResponse:
    """The proposals; a POST first shows what it would change, then changes what was shown."""
    if request.method == "POST":
        return _decide(request)
    tidy = without_blanks(request.GET)
    if tidy != request.GET:
        return redirect(bulk_desk_url(tidy.urlencode()))
    asked = ProposalFilter(request.GET)
    context: dict[str, Any] = {
        "asked": asked,
        "query": request.GET.urlencode(),
        "undoable": last_act(by=request.user),
    }
    if asked.is_valid():
        context |= _listed(request.GET, asked)
    else:
        context["mended"] = bulk_desk_url(without_names(request.GET, asked.errors).urlencode())
    return render(request, "papers/bulk_desk.html", context)


def _listed(data: QueryDict, wanted: ProposalFilter) -> dict[str, Any]:
    page = Paginator(wanted.found, PAGE_SIZE).get_page(data.get("page"))
    asked = wanted.form.cleaned_data
    return {
        "page_obj": page,
        "papers_found": wanted.found.order_by().values("paper").distinct().count(),
        "rows": list(_rows(page.object_list)),
        "chips": list(chips_of(data, wanted.papers)),
        "kept": [(name, value) for name, value in _pairs(data) if name not in _IN_FORM],
        "strengths": strength_choices(asked["min_score"]),
        "min_score": f"{asked['min_score']:g}",
        "orders": [(name, label) for name, (label, _) in ORDERS.items()],
        "order": asked["order"],
        "rules": Suggestion.objects.order_by("rule").values_list("rule", flat=True).distinct(),
        "searches": Search.objects.order_by("name").values_list("pk", "name"),
    }


_IN_FORM = (*OWN, "search", "year_min", "year_max", "found_by", "page")
"""Parameters that the page's own form asks for; the others it keeps as they are."""


def _pairs(data: QueryDict) -> Iterator[tuple[str, str]]:
    for name, values in data.lists():
        for value in values:
            yield name, value


@dataclass(frozen=True, slots=True)
class Row:
    """A paper with the proposals for it that stand side by side in the list."""

    paper: Paper
    title: SafeString
    proposals: tuple[tuple[Proposal, list[Excerpt]], ...]


def _rows(found: Any) -> Iterator[Row]:
    papers = Prefetch("paper", Paper.objects.for_quoting())
    suggestions = found.with_targets().prefetch_related(papers)
    for _, run in groupby(suggestions, key=lambda row: row.paper_id):
        yield _row(list(run))


def _row(suggestions: list[Suggestion]) -> Row:
    paper = suggestions[0].paper
    spans = nameless_spans(suggestions, paper)
    return Row(
        paper,
        marked_title(paper, spans),
        tuple((proposal(row, paper, spans), excerpts_of(row, paper)) for row in suggestions),
    )


def _decide(request: HttpRequest) -> HttpResponse:
    form = DecisionsForm(request.POST)
    back = bulk_desk_url(request.POST.get("query", ""))
    if not form.is_valid():
        for error in [error for errors in form.errors.values() for error in errors]:
            messages.error(request, error)
        return redirect(back)
    given = form.cleaned_data
    said = statements_on(form.chosen, given["state"])
    if not given["seen"]:
        return render(request, "papers/bulk_preview.html", _preview(form, plan_each(said)))
    try:
        done = tag_each(said=said, note=given["note"], seen=given["seen"], by=request.user)
    except PlanChanged as changed:
        now = _preview(form, changed.plan) | {"is_stale": True}
        return render(request, "papers/bulk_preview.html", now)
    messages.success(request, _done(done, given["state"]))
    return redirect(back)


def _done(done: Tagged, state: str) -> str:
    proposals = f"{done.changed:,} proposal{'s' if done.changed != 1 else ''}"
    return f"{proposals} {state} on {done.papers:,} paper{'s' if done.papers != 1 else ''}."


@dataclass(frozen=True, slots=True)
class Overruled:
    """Whose word would be overruled, and how often."""

    person: str
    state: str
    count: int


def _preview(form: DecisionsForm, plan: Plan) -> dict[str, Any]:
    return {
        "form": form,
        "state": form.cleaned_data["state"],
        "plan": plan,
        "chosen": len(plan.changes) + plan.unchanged,
        "papers": len(plan.paper_ids),
        "targets": changes_by_target(plan),
        "overruled": list(_overruled(plan)),
        "rows": _first_rows(plan),
        "more": max(len(plan.paper_ids) - PREVIEWED, 0),
        "back": bulk_desk_url(form.cleaned_data["query"]),
    }


def _overruled(plan: Plan) -> Iterable[Overruled]:
    people = overruled_people(plan)
    names = User.objects.in_bulk(people)
    for pk, states in people.items():
        for state, count in states.items():
            yield Overruled(names[pk].get_username(), state, count)


def _first_rows(plan: Plan) -> list[tuple[Paper, list[Any]]]:
    """The first papers that would change, each with its changes."""
    first = plan.paper_ids[:PREVIEWED]
    papers = Paper.objects.for_list().in_bulk(first)
    changes: dict[int, list[Any]] = {pk: [] for pk in first if pk in papers}
    for change in plan.changes:
        if change.paper_id in changes:
            changes[change.paper_id].append(change)
    return [(papers[pk], theirs) for pk, theirs in changes.items()]


def bulk_desk_url(query: str) -> str:
    """The bulk desk with these parameters; only ever a query string, never another site."""
    tidy = QueryDict(query).urlencode()
    return f"{reverse('papers:bulk_desk')}?{tidy}" if tidy else reverse("papers:bulk_desk")
