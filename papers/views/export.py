"""The filtered library as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from papers.filters import PaperFilter
from papers.models import Paper
from papers.services.exporting import EXPORT_FORMATS, write_export
from regimens.views.access import requires


@require_safe
@requires("papers.view_paper", is_public=True)
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """What the library's page shows for the same filters, whole, as ``?format=``."""
    chosen = EXPORT_FORMATS.get(request.GET.get("format", ""))
    found = PaperFilter(request.GET, queryset=Paper.objects.all())
    if chosen is None or not found.is_valid():
        context = {"formats": EXPORT_FORMATS, "filter": found, "query": _filters_alone(request)}
        return render(request, "papers/export.html", context, status=400)
    pieces = write_export(
        request.GET["format"], found.qs, with_people=request.user.is_authenticated
    )
    name = f"rms-review-{timezone.localdate():%Y-%m-%d}{chosen.suffix}"
    return StreamingHttpResponse(
        pieces,
        content_type=f"{chosen.media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _filters_alone(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("format", None)
    return query.urlencode()
