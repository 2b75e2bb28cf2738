"""The forms in which a list of the API streams, whole and without pages."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from rest_framework.renderers import BaseRenderer

from papers.formats.spreadsheet.cells import disarm

Row = Mapping[str, Any]


class StreamRenderer(BaseRenderer):
    """Turns rows into pieces of a file. ``papers.api.lists`` hands the pieces on as they come."""

    charset = "utf-8"

    def render(self, data: Any, *_: Any) -> bytes:
        return b"".join(self.pieces(data, []))

    def pieces(self, rows: Iterable[Row], columns: list[str]) -> Iterator[bytes]:
        raise NotImplementedError


class NDJSONRenderer(StreamRenderer):
    """One JSON object a line."""

    media_type = "application/x-ndjson"
    format = "ndjson"
    export_format = "jsonl"

    def pieces(self, rows: Iterable[Row], columns: list[str]) -> Iterator[bytes]:
        for row in rows:
            yield json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False).encode() + b"\n"


class CSVRenderer(StreamRenderer):
    """One row a line under a header; a cell that is a list or an object holds it as JSON."""

    media_type = "text/csv"
    format = "csv"
    export_format = "csv"

    def pieces(self, rows: Iterable[Row], columns: list[str]) -> Iterator[bytes]:
        yield _line(columns)
        for row in rows:
            yield _line(_cell(row[column]) for column in columns)


def _line(cells: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(item, str) and ";" not in item for item in value):
        return disarm("; ".join(value))
    if isinstance(value, list | dict):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return disarm(str(value)) if isinstance(value, str) else str(value)
