"""What all lists of the API have in common: known parameters, and streams of the whole list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from papers.api.parameters import refuse_unknown
from papers.renderers import CSVRenderer, NDJSONRenderer, StreamRenderer

CHUNK = 500
"""Rows of a stream that are in memory at a time."""


class StreamedList(GenericViewSet):
    """A viewset whose list also comes whole, as NDJSON or CSV, while it is being read.

    Other actions take no query parameter but ``format`` and those in ``parameters``.
    """

    parameters: Mapping[str, Sequence[str]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if self.action is None:  # before anything else about the request is found wanting
            raise MethodNotAllowed(str(request.method))
        super().initial(request, *args, **kwargs)
        if self.action != "list":
            refuse_unknown(request, self.parameters.get(self.action, ()))

    def get_renderers(self) -> list[BaseRenderer]:
        renderers = super().get_renderers()
        if getattr(self, "action", None) == "list":
            renderers += [NDJSONRenderer(), CSVRenderer()]
        return renderers

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        renderer = request.accepted_renderer
        if not isinstance(renderer, StreamRenderer):
            return super().list(request, *args, **kwargs)
        found = self.filter_queryset(self.get_queryset())
        return StreamingHttpResponse(
            self.stream(found, renderer),
            content_type=f"{renderer.media_type}; charset={renderer.charset}",
            headers={
                "Content-Disposition": f'attachment; filename="{self.basename}.{renderer.format}"',
                "Vary": "Accept, Authorization, Cookie",
            },
        )

    def stream(self, found: QuerySet, renderer: StreamRenderer) -> Iterator[bytes]:
        columns = list(self.get_serializer().fields)
        return renderer.pieces(self._rows(found), columns)

    def _rows(self, found: QuerySet) -> Iterator[dict[str, Any]]:
        rows = found.iterator(chunk_size=CHUNK)
        while chunk := list(islice(rows, CHUNK)):
            yield from self.get_serializer(chunk, many=True).data
