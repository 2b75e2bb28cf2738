"""The first page: what came in, what is known, what waits."""

from __future__ import annotations

import csv
from collections.abc import Callable

import vl_convert
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from papers import charts
from papers.evidence.figures import evidence_map
from papers.evidence.picture import picture, retractions
from papers.evidence.question import map_filter, question
from papers.marks import mark_kind
from papers.models import Import, Paper, Pull
from papers.services import counts
from papers.services.activity import latest_acts
from papers.views.evidence import legend_of, svg_of
from regimens.views.access import requires

CHART_TITLE = "Papers by therapy class and year"
WEEKS = 8
LINES = 5
ACTS = 7
MAP_WIDTH = 800


@require_safe
@requires("papers.view_paper", is_public=True)
def dashboard(request: HttpRequest) -> HttpResponse:
    by_year = counts.classes_by_year()
    weeks = counts.added_per_week(weeks=WEEKS)
    page = {
        "counts": counts.library_counts(),
        "waiting": counts.waiting_papers(),
        "by_year": by_year,
        "years": _year_rows(by_year),
        "chart": _chart(by_year, ink=charts.themed),
        "weeks": weeks,
        "most_a_week": max(papers for _, papers in weeks),
        "added": sum(papers for _, papers in weeks),
        "newest": Paper.objects.for_list().order_by("-created_at", "-pk")[:LINES],
        "retracted": counts.retracted_but_tagged().for_list()[:LINES],
    }
    if by_year.years:
        page |= _map()
    if request.user.is_authenticated:
        page |= _of_the_team(request.user)
    return render(request, "papers/dashboard.html", page)


def _map() -> dict[str, object]:
    """The evidence map as it opens, without its table: that is one link away."""
    drawn = evidence_map(question(map_filter(QueryDict())))
    view = drawn.asked.view
    return {
        "map": svg_of(picture(drawn), view, width=MAP_WIDTH),
        "legend": legend_of(view),
        "map_retractions": retractions(drawn),
    }


def _of_the_team(user: User) -> dict[str, object]:
    """What only those who are signed in see: people, files, searches, work under way."""
    changed = counts.changed_since_tagged(user)
    last_word_at = counts.last_word_at(user)
    return {
        "last_word_at": last_word_at,
        "new_waiting": counts.waiting_since(last_word_at) if last_word_at else None,
        "pulls": Pull.objects.select_related("search", "seed").defer("plan")[:LINES],
        "changed_count": changed.count(),
        "changed": changed.for_list()[:LINES],
        "imports": Import.objects.select_related("by")[:LINES],
        "running": [*counts.open_pulls(), *counts.open_imports()],
        "proposals": counts.open_proposals().select_related("paper")[:LINES],
        "acts": latest_acts(ACTS),
    }


@require_safe
@requires("papers.view_paper", is_public=True)
def classes_by_year(request: HttpRequest, extension: str) -> HttpResponse:
    """The dashboard's chart, or its figures, as a file."""
    if extension not in FILES:
        raise Http404(f"This chart comes as {', '.join(FILES)}.")
    content_type, make = FILES[extension]
    by_year = counts.classes_by_year()
    answer = HttpResponse(content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="classes-by-year.{extension}"'
    make(answer, by_year)
    return answer


def _chart(by_year: counts.ClassesByYear, *, ink: charts.Ink) -> str:
    """Over the years that have something to show: one old paper would push all others aside."""
    columns = charts.year_columns(by_year.tagged_years or by_year.years)
    rows = [
        charts.Series(
            row.therapy_class.name,
            mark_kind(row.therapy_class),
            tuple(row.by_year.get(year, 0) for year in columns),
        )
        for row in by_year.classes
    ]
    svg = charts.papers_by_year(rows, columns, title=CHART_TITLE, ink=ink)
    return mark_safe(svg)


def _year_rows(by_year: counts.ClassesByYear) -> list[tuple[int | None, list[int], int]]:
    """(year, papers of each class, untagged papers), the newest first, empty years left out."""
    rows = [
        (
            year,
            [row.by_year.get(year, 0) for row in by_year.classes],
            by_year.untagged.get(year, 0),
        )
        for year in by_year.years
    ]
    return sorted(rows, key=lambda row: row[0] or 0, reverse=True)


def _write_svg(file: HttpResponse, by_year: counts.ClassesByYear) -> None:
    file.write(_chart(by_year, ink=charts.written))


def _write_png(file: HttpResponse, by_year: counts.ClassesByYear) -> None:
    svg = _chart(by_year, ink=charts.written)
    file.write(vl_convert.svg_to_png(str(svg), scale=3))


def _write_pdf(file: HttpResponse, by_year: counts.ClassesByYear) -> None:
    svg = _chart(by_year, ink=charts.written)
    file.write(vl_convert.svg_to_pdf(str(svg)))


def _write_csv(file: HttpResponse, by_year: counts.ClassesByYear) -> None:
    rows = csv.writer(file)
    rows.writerow(["year", *(row.therapy_class.slug for row in by_year.classes), "untagged"])
    for year, of_classes, untagged in _year_rows(by_year):
        rows.writerow(["" if year is None else year, *of_classes, untagged])


FILES: dict[str, tuple[str, Callable[[HttpResponse, counts.ClassesByYear], None]]] = {
    "svg": ("image/svg+xml", _write_svg),
    "png": ("image/png", _write_png),
    "pdf": ("application/pdf", _write_pdf),
    "csv": ("text/csv; charset=utf-8", _write_csv),
}
