"""Files on their way into the library: choosing them, following them, what became of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from papers import tasks
from papers.formats import FORMATS, RAW_LIMIT
from papers.forms import ImportForm
from papers.models import OPEN_STATES, Import, Paper, SourceRecord
from papers.services.imports import store_upload
from papers.services.jobs import cancel as cancel_job
from papers.services.jobs import resume as resume_job
from papers.services.rejected import rejected_file, rejected_suffix
from regimens.views.access import requires

PAGE_SIZE = 25
REJECTED_SHOWN = 100
"""Rejected pieces on one page of an import; the download has them all."""


@require_safe
@requires("papers.view_import")
def import_list(request: HttpRequest) -> HttpResponse:
    return _show_list(request, ImportForm())


@require_POST
@requires("papers.add_import")
def upload(request: HttpRequest) -> HttpResponse:
    """Keep the files, queue their imports; one file leads to its page, several to the list."""
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show_list(request, form, status=400)
    jobs = [
        _queue(
            store_upload(
                name=file.name,
                chunks=file.chunks(),
                forced_format=form.cleaned_data["format"],
                by=request.user,
            )
        )
        for file in form.cleaned_data["files"]
    ]
    if len(jobs) == 1:
        return redirect(jobs[0])
    messages.success(request, f"{len(jobs)} files are on their way into the library.")
    return redirect("papers:import_list")


@require_safe
@requires("papers.view_import")
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole page; htmx gets the part of it that moves."""
    job = get_object_or_404(Import.objects.select_related("by", "stopped_by"), pk=pk)
    pieces = Paginator(job.rejected_pieces.all(), REJECTED_SHOWN)
    context = {
        "job": job,
        "is_fragment": bool(request.htmx),
        "summary": _in_words(job),
        "doubtful": 0 if job.is_open else _doubtful(job),
        "format": FORMATS.get(job.format),
        "raw_limit": RAW_LIMIT,
        "page_obj": pieces.get_page(request.GET.get("page")),
    }
    name = "papers/import.html"
    return render(request, f"{name}#report" if request.htmx else name, context)


@require_POST
@requires("papers.change_import")
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Import, pk=pk)
    if not cancel_job(job, by=request.user):
        messages.info(request, "The import had ended already.")
    return redirect(job)


@require_POST
@requires("papers.change_import")
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Import, pk=pk)
    if resume_job(job):
        _queue(job)
    else:
        messages.info(request, "There is nothing to go on with: the import is done or running.")
    return redirect(job)


@require_safe
@requires("papers.view_rejectedpiece")
def rejected(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The rejected pieces as one file of the import's format, to be mended and sent again."""
    job = get_object_or_404(Import, pk=pk)
    stem = slugify(Path(job.name).stem)[:60] or "import"
    name = f"{stem}-rejected{rejected_suffix(job)}"
    return StreamingHttpResponse(
        rejected_file(job),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _show_list(request: HttpRequest, form: ImportForm, status: int = 200) -> HttpResponse:
    pages = Paginator(Import.objects.select_related("by"), PAGE_SIZE)
    context = {
        "form": form,
        "limit": settings.MAX_UPLOAD_BYTES,
        "has_open": Import.objects.filter(state__in=OPEN_STATES).exists(),
        "page_obj": pages.get_page(request.GET.get("page")),
    }
    name = "papers/import_list.html"
    return render(request, f"{name}#imports" if request.htmx else name, context, status=status)


def _queue(job: Import) -> Import:
    transaction.on_commit(partial(tasks.run_import.delay, job.pk))
    return job


def _doubtful(job: Import) -> int:
    """Papers of an import that say of something that it was left out."""
    records = SourceRecord.objects.filter(job=job).order_by()
    return Paper.objects.filter(pk__in=records.values("paper")).exclude(remarks=[]).count()


def _in_words(job: Import) -> str:
    """What an import did, as one sentence."""
    if not job.read:
        return "No record was read."
    parts = [
        _counted(job.created, "new paper", "new papers"),
        f"{job.matched} known already"
        + (f" ({job.updated} of them changed)" if job.updated else ""),
        f"{job.rejected} rejected",
    ]
    return f"{_counted(job.read, 'record', 'records')} read: {', '.join(parts)}."


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
