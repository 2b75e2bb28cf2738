"""The evidence map: the page, and the figure as a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import vl_convert
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from papers.evidence import chart, ink
from papers.evidence.figures import Cell, EvidenceMap, Row, evidence_map
from papers.evidence.picture import CSV_COLUMNS, flat, picture, retractions, title_of
from papers.evidence.question import AXES, OF_THE_MAP, VIEWS, MapFilter, map_filter, question
from papers.models import Paper, Search
from papers.renderers import CSVRenderer
from papers.views.library import chips_of, library_url, without_blanks, without_names
from regimens.models import Setting, StudyDesign, TherapyClass
from regimens.views.access import requires

FILES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
}


@require_safe
@requires("papers.view_paper", is_public=True)
def page(request: HttpRequest) -> HttpResponse:
    tidy = without_blanks(request.GET)
    if tidy != request.GET:
        return redirect(_map_url(tidy))
    asked = map_filter(request.GET)
    context: dict[str, Any] = {"filter": asked, "query": request.GET.urlencode()}
    if asked.is_valid():
        context |= _shown(request, asked)
    else:
        context["mended"] = _map_url(without_names(request.GET, asked.errors))
    return render(request, "papers/map.html", context)


def _map_url(data: QueryDict) -> str:
    query = data.urlencode()
    return f"{reverse('papers:map')}?{query}" if query else reverse("papers:map")


def _shown(request: HttpRequest, asked: MapFilter) -> dict[str, Any]:
    drawn = evidence_map(question(asked))
    drawing, view = picture(drawn), drawn.asked.view
    choices = _choices(request.GET)
    return {
        "map": drawn,
        "title": title_of(drawn),
        "chart": svg_of(drawing, view),
        "legend": legend_of(view),
        "scale": ink.SHADED if view == "heat" else chart.has_sizes(drawing, view) and ink.SIZES,
        "retractions": retractions(drawn),
        "table": [
            _TableRow(row, drawn.asked.toggled(row.heading.slug), _cells(drawn, row.cells))
            for row in drawn.rows
        ],
        "totals": _cells(drawn, drawn.totals),
        "axes": [(label, drawn.asked.same_but(by=name), name) for name, label in AXES.items()],
        "views": [(label, drawn.asked.same_but(view=name), name) for name, label in VIEWS.items()],
        "chips": list(chips_of(request.GET, asked)),
        "cleared": _map_url(_of_the_map(request.GET)),
        "choices": choices,
        "kept": list(_kept(request.GET, choices)),
        "files": FILES,
        "searches": Search.objects.all() if request.user.has_perm("papers.view_search") else (),
    }


def svg_of(drawing: chart.Picture, view: str, *, width: int = chart.WIDTH) -> SafeString:
    """The picture for a page."""
    return mark_safe(chart.evidence_map(drawing, view=view, ink=ink.themed, width=width))


def legend_of(view: str) -> list[tuple[SafeString, str]]:
    """(sign, its words) of each state that a place can be in."""
    return [
        (mark_safe(ink.sample(name, view, ink.themed)), words) for name, words in ink.LEGEND.items()
    ]


class _TableRow(NamedTuple):
    row: Row
    toggle: str
    """The map's query string with the row opened or closed."""

    cells: list[tuple[str, Cell]]


def _cells(drawn: EvidenceMap, cells: Iterable[Cell]) -> list[tuple[str, Cell]]:
    """Each cell with the name of its column."""
    return [(column.name, cell) for column, cell in zip(drawn.columns, cells, strict=True)]


class Choice(NamedTuple):
    value: str
    label: str
    is_chosen: bool
    level: int


_Choices = list[tuple[str, str, list[Choice]]]


def _choices(data: QueryDict) -> _Choices:
    """(parameter, label, values) of the filters that are ticked."""
    lists = (
        ("therapy_class", "Therapy class", TherapyClass.objects.filter(parent=None)),
        ("setting", "Setting", Setting.objects.all()),
        ("study_design", "Study design", StudyDesign.objects.all()),
    )
    ticked = [
        (name, label, [_choice(data, name, row.slug, row.name, row) for row in rows])
        for name, label, rows in lists
    ]
    statuses = [_choice(data, "status", value, label) for value, label in Paper.Status.choices]
    return [*ticked, ("status", "Status", statuses)]


def _choice(data: QueryDict, name: str, value: str, label: str, row: Any = None) -> Choice:
    level = int(bool(getattr(row, "parent_id", None)))
    return Choice(value, label, value in data.getlist(name), level)


_IN_FORM = ("search", "year_min", "year_max", "is_retracted", "found_by")


def _kept(data: QueryDict, choices: _Choices) -> Iterable[tuple[str, str]]:
    """What the form passes on because it has no field of its own for it."""
    shown = {(name, choice.value) for name, _, some in choices for choice in some}
    for name, values in data.lists():
        if name not in (*_IN_FORM, "page"):
            yield from ((name, value) for value in values if (name, value) not in shown)


def _of_the_map(data: QueryDict) -> QueryDict:
    """The map's own parameters without any filter."""
    rest = data.copy()
    for name in data:
        if name not in OF_THE_MAP:
            del rest[name]
    return rest


@require_safe
@requires("papers.view_paper", is_public=True)
def file(request: HttpRequest, extension: str) -> HttpResponse:
    """The picture, or its figures, for a manuscript: with title, date, filters and legend."""
    if extension not in FILES:
        raise Http404(f"The map comes as {', '.join(FILES)}.")
    asked = map_filter(without_blanks(request.GET))
    if not asked.is_valid():
        rest = _map_url(without_names(request.GET, asked.errors))
        return render(request, "papers/map.html", {"filter": asked, "mended": rest}, status=400)
    drawn = evidence_map(question(asked))
    filters = [chip.label for chip in chips_of(request.GET, asked)]
    answer = HttpResponse(content_type=FILES[extension])
    name = f"evidence-map-by-{drawn.asked.by}-{timezone.localdate():%Y-%m-%d}.{extension}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    for piece in _pieces(extension, drawn, filters, request):
        answer.write(piece)
    return answer


def _pieces(
    extension: str, drawn: EvidenceMap, filters: list[str], request: HttpRequest
) -> Iterable[bytes | str]:
    if extension == "csv":
        lines = flat(
            drawn,
            address=lambda query: request.build_absolute_uri(library_url(query)),
            filters=filters,
        )
        return CSVRenderer().pieces(lines, list(CSV_COLUMNS))
    svg = chart.evidence_map(picture(drawn, filters), view=drawn.asked.view, ink=ink.written)
    if extension == "png":
        return [vl_convert.svg_to_png(svg, scale=2)]
    return [vl_convert.svg_to_pdf(svg) if extension == "pdf" else svg]
