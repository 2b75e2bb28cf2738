"""Query parameters of the API: a name or a value that is not known is refused, never ignored.

Apart from the views, because the settings load this module before there are any.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from papers.renderers import StreamRenderer


class Negotiation(DefaultContentNegotiation):
    """``?format=`` with a form that there is not is told so, and is not a missing page."""

    def filter_renderers(self, renderers: list[BaseRenderer], format: str) -> list[BaseRenderer]:
        chosen = [renderer for renderer in renderers if renderer.format == format]
        if not chosen:
            known = ", ".join(renderer.format for renderer in renderers)
            raise ValidationError(
                {"format": [f"There is no format “{format}” here. Known: {known}."]}
            )
        return chosen


class StrictFilterBackend(DjangoFilterBackend):
    """Filters lists, and refuses parameters that would do nothing.

    A filter with a slip in its name would quietly return the whole library.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        if view.detail:  # one thing is asked for by its address
            return queryset
        filterset = self.get_filterset_class(view, queryset)
        known = list(filterset.base_filters) if filterset else []
        if not isinstance(request.accepted_renderer, StreamRenderer):  # a stream has no pages
            known += ["page", "page_size"]
        refuse_unknown(request, known)
        return super().filter_queryset(request, queryset, view)


def refuse_unknown(request: Request, known: Iterable[str]) -> None:
    """Raises ValidationError for a query parameter that is neither ``known`` nor ``format``."""
    names = [*known, "format"]
    unknown = {
        name: [f"There is no parameter “{name}” here. Known: {', '.join(names)}."]
        for name in request.query_params
        if name not in names
    }
    if unknown:
        raise ValidationError(unknown)
