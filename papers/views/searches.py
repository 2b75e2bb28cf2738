"""Saved searches: writing one, trying it out, running it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from papers import tasks
from papers.forms import SearchForm
from papers.models import OPEN_STATES, Pull, Search, Sources
from papers.services.pulls import queue_pull
from papers.services.searches import Preview, pause_search, save_search, try_query
from papers.sources.questions import SourceError
from regimens.views.access import requires

PULLS_SHOWN = 20


@require_safe
@requires("papers.view_search")
def search_list(request: HttpRequest) -> HttpResponse:
    pages = Paginator(_searches(), 25)
    context = {"page_obj": pages.get_page(request.GET.get("page"))}
    return render(request, "papers/search_list.html", context)


def _searches() -> QuerySet[Search]:
    """Searches with what their list shows: papers found, the last pull."""
    last = Pull.objects.filter(search=OuterRef("pk")).order_by("-id")
    return (
        Search.objects.select_related("owner")
        .annotate(
            papers=Count("findings", filter=Q(findings__gone_at=None)),
            last_pull=Subquery(last.values("pk")[:1]),
            last_state=Subquery(last.values("state")[:1]),
            last_at=Subquery(last.values("created_at")[:1]),
        )
        .order_by("name", "pk")
    )


@require_safe
@requires("papers.view_search")
def search(request: HttpRequest, pk: int) -> HttpResponse:
    """What a search asks, found, and how its runs went."""
    row = get_object_or_404(_searches(), pk=pk)
    pulls = row.pulls.select_related("by").defer("plan")
    context = {
        "search": row,
        "pulls": pulls[:PULLS_SHOWN],
        "open_pull": pulls.filter(state__in=OPEN_STATES).first(),
        "gone": row.findings.exclude(gone_at=None).count(),
    }
    return render(request, "papers/search.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("papers.add_search")
def new(request: HttpRequest) -> HttpResponse:
    return _edit(request, Search(source=Sources.PUBMED))


@require_http_methods(["GET", "HEAD", "POST"])
@requires("papers.change_search")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Search, pk=pk))


def _edit(request: HttpRequest, row: Search) -> HttpResponse:
    form = SearchForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        return redirect(save_search(form.save(commit=False), by=request.user))
    return _show_form(request, form, status=400 if form.is_bound else 200)


def _show_form(
    request: HttpRequest, form: SearchForm, status: int = 200, **more: object
) -> HttpResponse:
    context = {"form": form, "search": form.instance, **more}
    return render(request, "papers/search_form.html", context, status=status)


@require_POST
@requires("papers.add_search")
def preview(request: HttpRequest) -> HttpResponse:
    """Ask the source what a query would find, before it is saved; the form comes back as it was."""
    row = _edited(request) or Search()
    form = SearchForm(request.POST, instance=row)
    form.is_valid()
    wrong = [name for name in ("source", "query") if name in form.errors]
    if wrong and not request.htmx:
        return _show_form(request, form, status=400)
    said = _why_not(form, wrong)
    for name in list(form.errors):
        del form.errors[name]  # a query may be tried before it has a name
    if wrong:
        result, problem = None, said
    else:
        result, problem = _tried(form.cleaned_data["source"], form.cleaned_data["query"])
    context = {"form": form, "search": row, "preview": result, "problem": problem}
    name = "papers/search_form.html"
    return render(request, f"{name}#preview" if request.htmx else name, context)


def _why_not(form: SearchForm, wrong: Sequence[str]) -> str:
    if any(form.has_error(name, "required") for name in wrong):
        return "Choose a source and write a query first."
    return " ".join(error for name in wrong for error in form.errors[name])


def _edited(request: HttpRequest) -> Search | None:
    """The saved search whose query is tried, if it is one."""
    said = request.POST.get("search", "")
    is_number = said.isascii() and said.isdigit() and len(said) < 10
    return Search.objects.filter(pk=int(said)).first() if is_number else None


def _tried(source: str, query: str) -> tuple[Preview | None, str]:
    try:
        return try_query(source, query), ""
    except SourceError as error:
        return None, str(error)


@require_POST
@requires("papers.add_pull")
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a pull, and show it."""
    row = get_object_or_404(Search, pk=pk)
    pull = queue_pull(search=row, by=request.user, is_full="full" in request.POST)
    transaction.on_commit(partial(tasks.run_pull.delay, pull.pk))
    return redirect(pull)


@require_POST
@requires("papers.change_search")
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Search, pk=pk)
    pause_search(row, is_paused="pause" in request.POST, by=request.user)
    return redirect(row)


@require_POST
@requires("papers.delete_search")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a search; every paper that it found stays."""
    row = get_object_or_404(Search, pk=pk)
    row.delete()
    messages.success(request, f"“{row.name}” is deleted. The papers that it found stay.")
    return redirect("papers:search_list")
