"""The library: search, facets, pages and the order of rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from papers.evidence.question import OF_THE_MAP
from papers.filters import ORDERINGS, PaperFilter
from papers.forms import BulkForm
from papers.models import Paper
from papers.search.facets import facets, year_counts
from papers.services.exporting import EXPORT_FORMATS
from papers.services.tagging import last_act
from papers.views.fragments import wants_fragment
from regimens.parameters import RowsField
from regimens.views.access import requires

PAGE_SIZE = 25
_NOT_FILTERS = ("page", "ordering", *OF_THE_MAP)
_MENU = (
    "relevance", "-id", "-year", "year", "title", "-citation_count", "-updated_at",
)  # fmt: skip


@require_safe
@vary_on_headers("HX-Request")
@requires("papers.view_paper", is_public=True)
def library(request: HttpRequest) -> HttpResponse:
    """The page; htmx gets the part of it that filters change."""
    tidy = without_blanks(request.GET)
    if tidy != request.GET:
        return redirect(library_url(tidy.urlencode()))
    found = PaperFilter(request.GET, queryset=Paper.objects.for_list())
    context: dict[str, Any] = {"filter": found, "query": request.GET.urlencode()}
    if found.is_valid():
        context |= _results(request, found)
    else:
        context["mended"] = library_url(without_names(request.GET, found.errors).urlencode())
    if request.user.has_perm("papers.add_tag"):
        context |= {"bulk": BulkForm(), "undoable": last_act(by=request.user)}
    if not wants_fragment(request):
        return render(request, "papers/library.html", context)
    answer = render(request, "papers/library.html#found", context)
    answer["HX-Push-Url"] = request.get_full_path()
    return answer


def without_blanks(data: QueryDict) -> QueryDict:
    """A form sends its empty fields too; one set of papers shall have one address."""
    tidy = QueryDict(mutable=True)
    for name, values in data.lists():
        if given := [value for value in values if value.strip()]:
            tidy.setlist(name, given)
    return tidy


def without_names(data: QueryDict, names: Iterable[str]) -> QueryDict:
    """The address's parameters without these, from the first page on."""
    rest = data.copy()
    for name in ("page", *names):
        rest.pop(name, None)
    return rest


def _results(request: HttpRequest, found: PaperFilter) -> dict[str, Any]:
    search = request.GET.get("search")
    chips = list(chips_of(request.GET, found))
    page = Paginator(found.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "page_obj": page,
        "facets": facets(request.GET),
        "years": year_counts(request.GET),
        "chips": chips,
        "loosened": [] if page.paginator.count else _loosened(chips),
        "ordering": request.GET.get("ordering") or ("relevance" if search else "-id"),
        "orderings": [
            (name, ORDERINGS[name][0]) for name in _MENU if search or name != "relevance"
        ],
        "exports": EXPORT_FORMATS,
    }


class Chip(NamedTuple):
    """An active filter in words, and the page without it."""

    label: str
    href: str


def _loosened(chips: Iterable[Chip]) -> list[tuple[Chip, int]]:
    """The filters without which there are papers, and how many; the one that hides most first."""
    papers = Paper.objects.all()
    counted = (
        (chip, PaperFilter(QueryDict(chip.href[1:]), queryset=papers).qs.count()) for chip in chips
    )
    return sorted(
        ((chip, count) for chip, count in counted if count), key=lambda row: row[1], reverse=True
    )


def chips_of(data: QueryDict, found: PaperFilter) -> Iterator[Chip]:
    """The library's filters that an address holds."""
    for name, filter_ in found.filters.items():
        if name in _NOT_FILTERS or not data.get(name):
            continue
        is_one = isinstance(found.form.cleaned_data[name], str | int | dt.datetime)
        heard = [data[name]] if is_one else dict.fromkeys(data.getlist(name))
        for value in heard:
            rest = [] if is_one else [other for other in heard if other != value]
            label = f"{filter_.label}: {_in_words(found, name, value)}"
            yield Chip(label, _with_values(data, name, rest))


def _in_words(found: PaperFilter, name: str, value: str) -> str:
    """What a person calls a value: the name of its row, or of the choice."""
    field = found.form.fields[name]
    if isinstance(field, RowsField):
        key = field.to_field_name or "pk"
        rows = {str(getattr(row, key)): str(row) for row in found.form.cleaned_data[name]}
        return rows.get(value, value)
    choices = dict(getattr(field, "choices", ()) or ())
    return str(choices.get(value, value))


def _with_values(data: QueryDict, name: str, values: list[str]) -> str:
    rest = data.copy()
    rest.pop("page", None)
    rest.setlist(name, values)
    return f"?{rest.urlencode()}"


def library_url(query: str) -> str:
    """The library with these filters; only ever a query string, never another site."""
    tidy = QueryDict(query).urlencode()
    return f"{reverse('papers:library')}?{tidy}" if tidy else reverse("papers:library")
