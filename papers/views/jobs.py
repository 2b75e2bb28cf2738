"""All work outside requests: what runs, what waits, what failed and why."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from papers.models import OPEN_STATES, Import, Pull
from papers.services.activity import EndedJobs
from regimens.views.access import requires

PAGE_SIZE = 25


@require_safe
@requires("papers.view_import")
def job_list(request: HttpRequest) -> HttpResponse:
    """Unfinished work above, finished work below; htmx gets the part that moves."""
    imports = Import.objects.select_related("by").filter(state__in=OPEN_STATES)
    pulls = (
        Pull.objects.select_related("by", "search", "seed")
        .defer("plan")
        .filter(state__in=OPEN_STATES)
    )
    finished = Paginator(EndedJobs(), PAGE_SIZE)
    context = {
        "open_jobs": [*pulls, *imports],
        "page_obj": finished.get_page(request.GET.get("page")),
    }
    name = "papers/job_list.html"
    return render(request, f"{name}#jobs" if request.htmx else name, context)
