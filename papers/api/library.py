"""Authors, journals, and the feed of changes, to read."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from rest_framework.viewsets import ReadOnlyModelViewSet

from papers.api.lists import StreamedList
from papers.models import Author, Authorship, Change, Journal, Paper
from papers.serializers.library import AuthorSerializer, ChangeSerializer, JournalSerializer
from regimens.parameters import WholeNumberFilter


def _counted(rows: QuerySet[Any], field: str, what: str) -> Coalesce:
    """How many of ``rows`` point here with ``field``, counted for the page's rows alone."""
    here = rows.filter(**{field: OuterRef("pk")}).order_by().values(field)
    return Coalesce(Subquery(here.annotate(n=Count(what, distinct=True)).values("n")), 0)


class AuthorFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(method="by_words", label="Words of the name")
    orcid = django_filters.CharFilter(lookup_expr="iexact", label="ORCID")

    class Meta:
        model = Author
        fields: list[str] = []

    def by_words(self, authors: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        for word in value.split():
            authors = authors.filter(name__icontains=word)
        return authors


class AuthorViewSet(StreamedList, ReadOnlyModelViewSet):
    """People and groups who wrote the library's papers."""

    queryset = Author.objects.annotate(papers=_counted(Authorship.objects, "author", "paper"))
    queryset = queryset.order_by("name", "pk")
    serializer_class = AuthorSerializer
    filterset_class = AuthorFilter
    lookup_value_converter = "int"
    is_public = True
    required_permissions = {"list": "papers.view_author", "retrieve": "papers.view_author"}


class JournalFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(method="by_words", label="Words of the title")
    issn = django_filters.CharFilter(method="by_issn", label="ISSN")

    class Meta:
        model = Journal
        fields: list[str] = []

    def by_words(self, journals: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        for word in value.split():
            journals = journals.filter(
                Q(title__icontains=word) | Q(iso_abbreviation__icontains=word)
            )
        return journals

    def by_issn(self, journals: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return journals.filter(
            Q(issn_linking__iexact=value)
            | Q(issn_print__iexact=value)
            | Q(issn_electronic__iexact=value)
        )


class JournalViewSet(StreamedList, ReadOnlyModelViewSet):
    """Journals with what rankings say of them."""

    queryset = (
        Journal.objects.annotate(paper_count=_counted(Paper.objects, "journal", "pk"))
        .prefetch_related("metrics")
        .order_by("title", "pk")
    )
    serializer_class = JournalSerializer
    filterset_class = JournalFilter
    lookup_value_converter = "int"
    is_public = True
    required_permissions = {"list": "papers.view_journal", "retrieve": "papers.view_journal"}


class ChangeFilter(django_filters.FilterSet):
    since = WholeNumberFilter("id", "gt", label="Changes after the one with this id")
    paper = WholeNumberFilter("paper_id", label="Paper")
    kind = django_filters.MultipleChoiceFilter(choices=Change.Kind.choices, label="Kind")

    class Meta:
        model = Change
        fields: list[str] = []


class ChangeViewSet(StreamedList, ReadOnlyModelViewSet):
    """What changed, the earliest first.

    To keep a copy in step, remember the last id you saw and ask for `?since=` it.
    """

    queryset = Change.objects.select_related("by").order_by("id")
    serializer_class = ChangeSerializer
    filterset_class = ChangeFilter
    lookup_value_converter = "int"
    required_permissions = {"list": "papers.view_change", "retrieve": "papers.view_change"}
