"""One paper: what the sources say, what people say, and where each word comes from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from papers.forms import CorrectionForm, TagForm, target_choices
from papers.marked_paper import marked_paper
from papers.models import Candidate, Correction, Paper, SourceRecord
from papers.services.correcting import correct_paper, dismiss_proposal, release_correction
from papers.services.corrections import CORRECTABLE, shown_text
from papers.services.quoting import spans_of
from papers.services.tagging import last_act, tag_papers
from papers.views.fragments import wants_fragment
from papers.views.history import told_history
from papers.views.tags_panel import tags_panel
from regimens.views.access import requires

AUTHORS_SHOWN = 30
"""Names that stand in the open; the rest are folded."""

FIELDS = {
    "title": "Title", "original_title": "Original title", "authors": "Authors",
    "journal": "Journal", "book": "Book", "publication_date": "Published",
    "electronic_date": "Published electronically", "volume": "Volume", "issue": "Issue",
    "pages": "Pages", "doi": "DOI", "pmid": "PMID", "pmcid": "PMCID",
    "semantic_scholar_id": "Semantic Scholar id", "languages": "Languages",
    "publication_types": "Publication types", "abstract": "Abstract",
    "mesh_headings": "MeSH headings", "supplementary_concepts": "Supplementary concepts",
    "keywords": "Keywords", "substances": "Substances",
    "trial_registrations": "Trial registrations", "grants": "Grants",
    "open_access": "Open access", "citation_count": "Citations", "reference_count": "References",
    "medline_status": "MEDLINE status", "publication_status": "Publication status",
    "url": "Link", "note": "Note", "tldr": "Summary by a machine",
}  # fmt: skip


_COUNTED = ("authors", "mesh_headings", "supplementary_concepts", "grants", "substances")
"""Fields that stand elsewhere on the page; the table of origins has their number."""


@require_safe
@vary_on_headers("HX-Request")
@requires("papers.view_paper", is_public=True)
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, pk)


def _show(request: HttpRequest, pk: int, form: TagForm | None = None) -> HttpResponse:
    """The page; htmx gets the part that tagging changes."""
    row = get_object_or_404(Paper.objects.for_reading(), pk=pk)
    can_tag = request.user.has_perm("papers.add_tag")
    spans = spans_of(row.suggestions.all(), row)
    tags = tags_panel(row, spans, can_tag=can_tag)
    context: dict[str, Any] = {"paper": row, "tags": tags, "form": form}
    if can_tag:
        context |= {
            "can_tag": True,
            "targets": target_choices(),
            "undoable": last_act(by=request.user),
        }
    if wants_fragment(request):
        return render(request, "papers/paper.html#tags", context)
    byline = list(row.authorships.all())
    context |= {
        "words": marked_paper(row, spans),
        "authors": byline[:AUTHORS_SHOWN],
        "more_authors": byline[AUTHORS_SHOWN:],
        "affiliated": [place for place in byline if place.affiliations],
        "facts": _facts(row),
        "history": told_history(row),
        "records": row.source_records.all(),
        "candidates": row.candidates.filter(state=Candidate.State.WAITING).count()
        if request.user.has_perm("papers.view_candidate")
        else 0,
        "findings": row.findings.select_related("search")
        if request.user.has_perm("papers.view_search")
        else (),
    }
    return render(request, "papers/paper.html", context)


@dataclass(frozen=True, slots=True)
class Fact:
    """One field as the table of origins shows it."""

    name: str
    label: str
    value: str
    source: SourceRecord | None
    by: str
    at: dt.datetime | None
    correction: Correction | None
    is_correctable: bool


def _facts(row: Paper) -> list[Fact]:
    records = {record.pk: record for record in row.source_records.all()}
    corrections = {fix.field: fix for fix in row.corrections.select_related("by", "proposed_from")}
    return [
        _fact(row, name, label, records, corrections.get(name)) for name, label in FIELDS.items()
    ]


def _fact(
    row: Paper,
    name: str,
    label: str,
    records: dict[int, SourceRecord],
    correction: Correction | None,
) -> Fact:
    origin = row.provenance.get(name)
    source = records.get(origin) if isinstance(origin, int) else None
    by = correction.by.get_username() if correction else ""
    at = correction.at if correction else source.fetched_at if source else None
    return Fact(name, label, _shown(row, name), source, by, at, correction, name in CORRECTABLE)


def _shown(row: Paper, name: str) -> str:
    """The value in a line; a long one by its size, for it stands elsewhere on the page."""
    if name == "publication_date" and row.publication_date_text:
        return row.publication_date_text
    value = shown_text(row, name) if name in CORRECTABLE else getattr(row, name)
    if name in _COUNTED:
        count = len(value.splitlines()) if isinstance(value, str) else len(value)
        return str(count) if count else ""
    if name == "abstract":
        return f"{len(value):,} characters" if value else ""
    if name == "open_access" and value:
        return {True: "yes", False: "no"}.get(value["is_open"], "")
    if isinstance(value, dict):
        return ", ".join(
            str(part) for part in value.values() if part and not isinstance(part, list)
        )
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return ", ".join(str(value).splitlines()) if value not in (None, "") else ""


@require_POST
@requires("papers.add_tag")
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """One statement on one paper. htmx gets the tags again, everybody else the page."""
    row = get_object_or_404(Paper, pk=pk)
    form = TagForm(request.POST)
    if form.is_valid():
        tag_papers(
            papers=[row.pk],
            statements=[form.statement],
            note=form.cleaned_data["note"],
            by=request.user,
        )
        return _show(request, pk) if request.htmx else redirect(row)
    if request.htmx:
        return _show(request, pk, form)
    for error in [error for errors in form.errors.values() for error in errors]:
        messages.error(request, error)
    return redirect(row)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("papers.add_correction")
def correct(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    row = get_object_or_404(Paper.objects.for_reading(), pk=pk)
    _known(field)
    initial = {"value": shown_text(row, field)}
    form = CorrectionForm(request.POST or None, field=field, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            correct_paper(
                paper=row,
                changes={field: form.cleaned_data["value"]},
                note=form.cleaned_data["note"],
                by=request.user,
            )
        except ValidationError as error:
            form.add_error("value", error.message_dict[field])
        else:
            messages.success(
                request, f"{CORRECTABLE[field].label} corrected. No source will change it now."
            )
            return redirect(row)
    context = {
        "paper": row,
        "form": form,
        "field": CORRECTABLE[field],
        "correction": row.corrections.filter(field=field).select_related("by").first(),
    }
    return render(request, "papers/correct.html", context, status=400 if form.errors else 200)


@require_POST
@requires("papers.delete_correction")
def release(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """Let the sources speak again."""
    row = get_object_or_404(Paper, pk=pk)
    _known(field)
    if release_correction(paper=row, field=field, by=request.user):
        messages.success(request, f"{CORRECTABLE[field].label} follows the sources again.")
    return redirect(row)


@require_POST
@requires("papers.add_correction")
def dismiss(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """Keep the correction against what a source says now."""
    row = get_object_or_404(Paper, pk=pk)
    _known(field)
    if dismiss_proposal(paper=row, field=field, by=request.user):
        messages.success(request, f"{CORRECTABLE[field].label} stays as corrected.")
    return redirect(row)


def _known(field: str) -> None:
    if field not in CORRECTABLE:
        raise Http404(f"{field} is no field that can be corrected.")


@require_safe
@requires("papers.view_sourcerecord")
def source(request: HttpRequest, pk: int, record: int) -> HttpResponse:
    """The bytes that a source sent, as text: never as a page of ours."""
    row = get_object_or_404(SourceRecord, pk=record, paper=pk)
    return HttpResponse(row.raw, content_type="text/plain; charset=utf-8")
