"""The evidence map: its figures as JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import MethodNotAllowed, ValidationError
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from papers.api.parameters import refuse_unknown
from papers.evidence.figures import Cell, EvidenceMap, Figure, Row, evidence_map
from papers.evidence.picture import ALL, CSV_COLUMNS, flat, title_of
from papers.evidence.question import MapFilter, map_filter, question
from papers.models import Paper
from papers.renderers import CSVRenderer
from papers.serializers.evidence import MapSerializer


class MapCSVRenderer(CSVRenderer):
    """Every cell of the map as a row."""

    def render(self, data: Any, *_: Any) -> bytes:
        return b"".join(self.pieces(data, list(CSV_COLUMNS)))


class MapViewSet(GenericViewSet):
    """The evidence map: therapy class by setting, year or study design."""

    queryset = Paper.objects.all()
    serializer_class = MapSerializer
    filterset_class = MapFilter
    pagination_class = None
    is_public = True
    required_permissions = {"list": "papers.view_paper"}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if self.action is None:  # before anything else about the request is found wanting
            raise MethodNotAllowed(str(request.method))
        super().initial(request, *args, **kwargs)

    def get_renderers(self) -> list[BaseRenderer]:
        renderers = super().get_renderers()
        if getattr(self, "action", None) == "list":  # no other answer is a table
            renderers.append(MapCSVRenderer())
        return renderers

    @extend_schema(
        operation_id="map_retrieve",
        responses=forced_singular_serializer(MapSerializer),
        filters=True,
    )
    def list(self, request: Request) -> Response:
        """Count the map. The filters are those of papers; each figure has the list behind it."""
        refuse_unknown(request, list(MapFilter.base_filters))
        asked = map_filter(request.query_params)
        if not asked.is_valid():
            raise ValidationError(asked.errors)
        drawn = evidence_map(question(asked))
        lists = request.build_absolute_uri(reverse("api:paper-list"))

        def address(query: str) -> str:
            return f"{lists}?{query}" if query else lists

        if isinstance(request.accepted_renderer, MapCSVRenderer):
            lines = flat(drawn, address=address, filters=_said(asked))
            return Response(lines, headers={"Content-Disposition": _DOWNLOAD})
        return Response(MapSerializer(_Body(drawn, address).as_dict()).data)


_DOWNLOAD = 'attachment; filename="map.csv"'


def _said(asked: MapFilter) -> list[str]:
    """The active filters as they were sent."""
    return [f"{name}={value}" for name, value in question(asked).pairs if value]


class _Body:
    def __init__(self, drawn: EvidenceMap, address: Any) -> None:
        self.drawn, self.address = drawn, address

    def as_dict(self) -> dict[str, Any]:
        drawn = self.drawn
        return {
            "title": title_of(drawn),
            "by": drawn.asked.by,
            "counted_at": drawn.counted_at,
            "papers": self._figure(drawn.papers),
            "columns": [{"slug": each.slug, "name": each.name} for each in drawn.columns],
            "rows": [_row(row) for row in drawn.rows],
            "cells": list(self._cells()),
        }

    def _cells(self) -> Iterator[dict[str, Any]]:
        columns = [*(column.slug for column in self.drawn.columns), ALL]
        lines = [(row.heading.slug, [*row.cells, row.total]) for row in self.drawn.rows]
        lines.append((ALL, [*self.drawn.totals, self.drawn.total]))
        for slug, cells in lines:
            for column, cell in zip(columns, cells, strict=True):
                yield self._cell(slug, column, cell)

    def _cell(self, row: str, column: str, cell: Cell) -> dict[str, Any]:
        return {
            "row": row,
            "column": column,
            "confirmed": self._figure(cell.confirmed),
            "waiting": self._figure(cell.waiting),
            "looked_for": cell.is_looked_for,
        }

    def _figure(self, figure: Figure) -> dict[str, Any]:
        return {
            "papers": figure.papers,
            "retracted": figure.retracted,
            "papers_url": self.address(figure.query),
        }


def _row(row: Row) -> dict[str, Any]:
    heading = row.heading
    return {
        "kind": heading.kind,
        "slug": heading.slug,
        "name": heading.name,
        "level": heading.level,
        "parent": heading.parent or None,
        "looked_for": bool(row.looked),
        "last_looked_for": row.looked_on,
    }
