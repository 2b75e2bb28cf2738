"""Authors: a list to search, and a page for each."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from papers.models import Author, Authorship, Paper
from regimens.views.access import requires

PAGE_SIZE = 25
ORDERINGS = {
    "name": ("Name", ["name", "pk"]),
    "-papers": ("Most papers", ["-places", "name", "pk"]),
}


@require_safe
@requires("papers.view_author", is_public=True)
def author_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("search", "").strip()
    ordering = request.GET.get("ordering", "")
    ordering = ordering if ordering in ORDERINGS else "name"
    authors = Author.objects.all()
    for word in search.split():
        authors = authors.filter(Q(name__icontains=word) | Q(orcid__iexact=word))
    if ordering == "-papers":
        authors = authors.annotate(places=Count("authorships"))
    pages = Paginator(authors.order_by(*ORDERINGS[ordering][1]), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page"))
    return render(
        request,
        "papers/author_list.html",
        {
            "page_obj": page,
            "rows": _with_paper_counts(page.object_list),
            "search": search,
            "ordering": ordering,
            "orderings": [(name, label) for name, (label, _) in ORDERINGS.items()],
        },
    )


def _with_paper_counts(authors: Iterable[Author]) -> list[tuple[Author, int]]:
    """Counted for the shown ones only: a count over all authors would cost half a second."""
    authors = list(authors)
    places = Authorship.objects.filter(author__in=authors).order_by()
    counts = dict(places.values_list("author").annotate(papers=Count("paper", distinct=True)))
    return [(author, counts.get(author.pk, 0)) for author in authors]


@require_safe
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
