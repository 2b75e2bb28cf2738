"""Journals: a list to search, and a page for each with what rankings say of it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from papers.models import Journal, Paper
from regimens.views.access import requires

PAGE_SIZE = 25
ORDERINGS = {
    "title": ("Title", ["title", "pk"]),
    "-papers": ("Most papers", ["-paper_count", "title", "pk"]),
}


@require_safe
@requires("papers.view_journal", is_public=True)
def journal_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("search", "").strip()
    ordering = request.GET.get("ordering", "")
    ordering = ordering if ordering in ORDERINGS else "title"
    journals = Journal.objects.annotate(paper_count=Count("papers")).prefetch_related("metrics")
    if search:
        journals = journals.filter(_named_like(search))
    pages = Paginator(journals.order_by(*ORDERINGS[ordering][1]), PAGE_SIZE)
    return render(
        request,
        "papers/journal_list.html",
        {
            "page_obj": pages.get_page(request.GET.get("page")),
            "search": search,
            "ordering": ordering,
            "orderings": [(name, label) for name, (label, _) in ORDERINGS.items()],
        },
    )


def _named_like(search: str) -> Q:
    """Every word stands in the title or in the abbreviation; or it is an ISSN or NLM id."""
    in_title = in_short = Q()
    for word in search.split():
        in_title &= Q(title__icontains=word)
        in_short &= Q(iso_abbreviation__icontains=word)
    number = (
        Q(issn_linking__iexact=search)
        | Q(issn_print__iexact=search)
        | Q(issn_electronic__iexact=search)
        | Q(nlm_id=search)
    )
    return in_title | in_short | number


@require_safe
@requires("papers.view_journal", is_public=True)
def journal(request: HttpRequest, journal_id: int) -> HttpResponse:
    found = get_object_or_404(Journal, pk=journal_id)
    papers = Paper.objects.for_list().filter(journal=found)
    papers = papers.order_by(F("year").desc(nulls_last=True), "-pk")
    return render(
        request,
        "papers/journal.html",
        {
            "journal": found,
            "metrics": found.metrics.all(),
            "page_obj": Paginator(papers, PAGE_SIZE).get_page(request.GET.get("page")),
        },
    )
