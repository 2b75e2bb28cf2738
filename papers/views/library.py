"""The library: search, facets, selection, and tagging many papers at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from papers.filters import ORDERINGS, PaperFilter
from papers.formats import FORMATS
from papers.forms import BulkForm
from papers.models import Paper
from papers.search.facets import facets, year_counts
from papers.services.tagging import (
    UndoRefused,
    last_act,
    plan_tagging,
    tag_papers,
    undo_tagging,
)
from regimens.views.access import requires

PAGE_SIZE = 25
PREVIEWED = 50
"""Papers that a preview lists by name; all are counted."""

_NOT_FILTERS = ("page", "ordering")
_MENU = (
    "relevance", "-id", "-year", "year", "title", "-citation_count", "-updated_at",
)  # fmt: skip
_EXPORTS = [row for row in FORMATS.values() if row.can_write]


@require_safe
@requires("papers.view_paper", is_public=True)
def library(request: HttpRequest) -> HttpResponse:
    """The page; htmx gets the part of it that filters change."""
    found = PaperFilter(request.GET, queryset=Paper.objects.for_list())
    context: dict[str, Any] = {"filter": found, "query": request.GET.urlencode()}
    if found.is_valid():
        context |= _results(request, found)
    if request.user.has_perm("papers.add_tag"):
        context |= {"bulk": BulkForm(), "undoable": last_act(by=request.user)}
    name = "papers/library.html"
    return render(request, f"{name}#found" if request.htmx else name, context)


def _results(request: HttpRequest, found: PaperFilter) -> dict[str, Any]:
    search = request.GET.get("search")
    return {
        "page_obj": Paginator(found.qs, PAGE_SIZE).get_page(request.GET.get("page")),
        "facets": facets(request.GET),
        "years": year_counts(request.GET),
        "chips": list(_chips(request.GET, found)),
        "ordering": request.GET.get("ordering") or ("relevance" if search else "-id"),
        "orderings": [
            (name, ORDERINGS[name][0]) for name in _MENU if search or name != "relevance"
        ],
        "exports": _EXPORTS,
        "is_filtered": any(key not in _NOT_FILTERS and value for key, value in request.GET.items()),
    }


class Chip(NamedTuple):
    """An active filter in words, and the page without it."""

    label: str
    href: str


def _chips(data: QueryDict, found: PaperFilter) -> Iterator[Chip]:
    for name, filter_ in found.filters.items():
        if name in _NOT_FILTERS or not data.get(name):
            continue
        values = found.form.cleaned_data[name]
        shown = [str(row) for row in values] if hasattr(values, "__iter__") else [str(values)]
        if not filter_.extra.get("queryset") or isinstance(values, str):
            shown = [_in_words(found, name, value) for value in data.getlist(name)]
        for value, label in zip(data.getlist(name), shown, strict=False):
            yield Chip(f"{filter_.label}: {label}", _without(data, name, value))


def _in_words(found: PaperFilter, name: str, value: str) -> str:
    choices = dict(getattr(found.form.fields[name], "choices", ()) or ())
    return str(choices.get(value, value))


def _without(data: QueryDict, name: str, value: str) -> str:
    rest = data.copy()
    rest.pop("page", None)
    rest.setlist(name, [other for other in rest.getlist(name) if other != value])
    return f"?{rest.urlencode()}"


@require_POST
@requires("papers.add_tag")
def bulk(request: HttpRequest) -> HttpResponse:
    """First what would change; with ``apply``, the change."""
    form = BulkForm(request.POST)
    if not form.is_valid():
        for error in [error for errors in form.errors.values() for error in errors]:
            messages.error(request, error)
        return redirect(_library_url(request.POST.get("query", "")))
    ids = form.paper_ids()
    if "apply" not in request.POST:
        return render(request, "papers/bulk.html", _preview(form, ids))
    tagged = tag_papers(
        papers=ids,
        statements=[form.statement],
        note=form.cleaned_data["note"],
        by=request.user,
    )
    messages.success(
        request,
        f"{tagged.papers} paper{'s' if tagged.papers != 1 else ''} changed, "
        f"{tagged.unchanged} stood so already.",
    )
    return redirect(_library_url(form.cleaned_data["query"]))


def _preview(form: BulkForm, ids: list[int]) -> dict[str, Any]:
    plan = plan_tagging(papers=ids, statements=[form.statement])
    before = {change.paper_id: change.before for change in plan.changes}
    papers = Paper.objects.for_list().filter(pk__in=plan.paper_ids[:PREVIEWED])
    return {
        "form": form,
        "statement": form.statement,
        "plan": plan,
        "total": len(ids),
        "overruled": sum(1 for state in before.values() if state != "untagged"),
        "rows": [(paper, before[paper.pk]) for paper in papers],
        "more": max(len(plan.changes) - PREVIEWED, 0),
        "back": _library_url(form.cleaned_data["query"]),
    }


def _library_url(query: str) -> str:
    """The library with these filters; only ever a query string, never another site."""
    return f"{reverse('papers:library')}?{QueryDict(query).urlencode()}"


@require_POST
@requires("papers.add_tag")
def undo(request: HttpRequest) -> HttpResponse:
    """Take one's own latest tagging back."""
    act = last_act(by=request.user)
    try:
        if act is None or str(act.batch) != request.POST.get("batch"):
            raise UndoRefused("This change is no longer your latest. Look at the page again.")
        undone = undo_tagging(batch=act.batch, by=request.user)
    except UndoRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, f"Undone on {undone.papers} paper{'s' if undone.papers != 1 else ''}."
        )
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()})
    return redirect(back if is_ours else "papers:library")
