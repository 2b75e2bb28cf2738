"""Authors: a list to search, and a page for each."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from papers.models import Author, Paper
from regimens.views.access import requires

PAGE_SIZE = 25
ORDERINGS = {
    "name": ("Name", ["name", "pk"]),
    "-papers": ("Most papers", ["-paper_count", "name", "pk"]),
}


@requires("papers.view_author", is_public=True)
def author_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("search", "").strip()
    ordering = request.GET.get("ordering", "")
    ordering = ordering if ordering in ORDERINGS else "name"
    authors = Author.objects.annotate(paper_count=Count("authorships__paper", distinct=True))
    for word in search.split():
        authors = authors.filter(Q(name__icontains=word) | Q(orcid__iexact=word))
    pages = Paginator(authors.order_by(*ORDERINGS[ordering][1]), PAGE_SIZE)
    return render(
        request,
        "papers/author_list.html",
        {
            "page_obj": pages.get_page(request.GET.get("page")),
            "search": search,
            "ordering": ordering,
            "orderings": [(name, label) for name, (label, _) in ORDERINGS.items()],
        },
    )


@requires("papers.view_author", is_public=True)
def author(request: HttpRequest, author_id: int) -> HttpResponse:
    person = get_object_or_404(Author, pk=author_id)
    papers = Paper.objects.for_list().filter(pk__in=person.authorships.values("paper"))
    page = Paginator(papers.order_by(F("year").desc(nulls_last=True), "-pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    places = {place.paper_id: place for place in person.authorships.filter(paper__in=list(page))}
    return render(
        request,
        "papers/author.html",
        {
            "author": person,
            "page_obj": page,
            "rows": [(paper, places[paper.pk]) for paper in page],
        },
    )
