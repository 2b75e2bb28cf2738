"""A few lines on the papers of a class, a drug or a regimen, for the pages of the vocabulary."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.http import require_safe

from papers.filters import PaperFilter
from papers.models import Paper
from papers.search.engine import has_tag_state
from regimens.views.access import requires

SHOWN = 5


@require_safe
@requires("papers.view_paper", is_public=True)
def panel(request: HttpRequest) -> HttpResponse:
    found = PaperFilter(request.GET, queryset=Paper.objects.for_list())
    if not found.is_valid():
        return HttpResponseBadRequest("There is no such class, drug or regimen.")
    context = {
        "count": found.qs.count(),
        "untagged": found.qs.filter(has_tag_state("none")).count(),
        "papers": found.qs[:SHOWN],
        "query": request.GET.urlencode(),
    }
    return render(request, "papers/panel.html", context)
