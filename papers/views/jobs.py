"""All work outside requests: what runs, what waits, what failed and why."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from papers.models import Import
from regimens.views.access import requires

PAGE_SIZE = 25
OPEN_STATES = (Import.State.QUEUED, Import.State.RUNNING)


@require_safe
@requires("papers.view_import")
def job_list(request: HttpRequest) -> HttpResponse:
    """Unfinished work above, finished work below; htmx gets the part that moves."""
    jobs = Import.objects.select_related("by")
    finished = Paginator(jobs.exclude(state__in=OPEN_STATES), PAGE_SIZE)
    context = {
        "open_jobs": jobs.filter(state__in=OPEN_STATES),
        "page_obj": finished.get_page(request.GET.get("page")),
    }
    name = "papers/job_list.html"
    return render(request, f"{name}#jobs" if request.htmx else name, context)
