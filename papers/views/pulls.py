"""One run of a search, live: how far it is, what it asked, found, added and could not get."""

from __future__ import annotations

from functools import partial
from itertools import takewhile

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from papers import tasks
from papers.formats import RAW_LIMIT
from papers.models import Pull
from papers.services.jobs import cancel as cancel_job
from papers.services.jobs import resume as resume_job
from papers.services.pulls import queue_enrichment
from papers.services.rejected import rejected_file, rejected_suffix
from regimens.views.access import requires

REJECTED_SHOWN = 100
REQUESTS_SHOWN = 50

WORTH_SAYING = 2
"""Requests one after another that brought nothing; one alone happens every day."""


@require_safe
@requires("papers.view_pull")
def pull(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole page; htmx gets the part of it that moves."""
    job = get_object_or_404(
        Pull.objects.select_related("by", "stopped_by", "search", "seed").defer("plan"), pk=pk
    )
    pieces = Paginator(job.rejected_pieces.all(), REJECTED_SHOWN)
    exchanges = list(job.exchanges.defer("payload").order_by("-id")[:REQUESTS_SHOWN])
    unanswered = list(takewhile(lambda exchange: exchange.problem, exchanges))
    context = {
        "job": job,
        "is_fragment": bool(request.htmx),
        "new": job.first_findings.count(),
        "exchanges": exchanges,
        "unanswered": unanswered if len(unanswered) >= WORTH_SAYING else [],
        "raw_limit": RAW_LIMIT,
        "page_obj": pieces.get_page(request.GET.get("page")),
    }
    name = "papers/pull.html"
    return render(request, f"{name}#report" if request.htmx else name, context)


@require_POST
@requires("papers.add_pull")
def enrich(request: HttpRequest) -> HttpResponse:
    """Queue asking Semantic Scholar what it knows of every paper, and show it."""
    job = queue_enrichment(by=request.user)
    transaction.on_commit(partial(tasks.run_pull.delay, job.pk))
    return redirect(job)


@require_POST
@requires("papers.change_pull")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Pull, pk=pk)
    if not cancel_job(job, by=request.user):
        messages.info(request, "The pull had ended already.")
    return redirect(job)


@require_POST
@requires("papers.change_pull")
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a pull that waits, failed or was stopped, where it stopped."""
    job = get_object_or_404(Pull, pk=pk)
    if resume_job(job):
        transaction.on_commit(partial(tasks.run_pull.delay, job.pk))
    else:
        messages.info(request, "There is nothing to go on with: the pull is done or running.")
    return redirect(job)


@require_safe
@requires("papers.view_rejectedpiece")
def rejected(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The rejected pieces as one file, to be mended and imported."""
    job = get_object_or_404(Pull, pk=pk)
    name = f"{slugify(str(job))[:60] or 'pull'}-rejected{rejected_suffix(job)}"
    return StreamingHttpResponse(
        rejected_file(job),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
