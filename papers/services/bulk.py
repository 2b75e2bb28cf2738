"""Rows in bulk, faster than the ORM's ``bulk_create`` and with ids known beforehand.

A file of PubMed brings 100,000 authorships; building as many model instances costs more than
storing them. Only ``papers.services`` inserts through here, only into tables without signals
or history, and always inside its transaction.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar

from django.db import connection, models

from papers.copying import as_bytea, copy_rows

T = TypeVar("T")

PARAMETERS_A_QUERY = 10_000


def allocate_ids(model: type[models.Model], count: int) -> range | list[int]:
    """``count`` primary keys that nobody else will get, in ascending order."""
    table = model._meta.db_table
    if count == 0:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # The transaction is IMMEDIATE: nobody else can insert before it ends.
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            first = (row[0] if row else 0) + 1
            return range(first, first + count)
        # The sequence is looked up in a subquery, once; by itself it would be for every id.
        cursor.execute(
            "SELECT nextval((SELECT pg_get_serial_sequence(%s, 'id')::regclass)) "
            "FROM generate_series(1, %s)",
            [table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def in_slices(items: Collection[T]) -> Iterator[list[T]]:
    """The items in parts small enough for the parameters of one query: SQLite takes 32,766."""
    ordered = list(items)
    for start in range(0, len(ordered), PARAMETERS_A_QUERY):
        yield ordered[start : start + PARAMETERS_A_QUERY]


def insert_rows(
    model: type[models.Model], fields: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert ``rows``, whose values stand in the order of ``fields`` (names or column names)."""
    if not rows:
        return
    columns, converters = _columns(model, tuple(fields), connection.vendor)
    if converters:
        rows = _converted(rows, converters)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            copy_rows(cursor, f"{table} ({columns})", rows)
        else:
            marks = ", ".join(["%s"] * len(columns.split(",")))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def _converted(
    rows: Iterable[Sequence[Any]], converters: Sequence[tuple[int, Callable[[Any], Any]]]
) -> list[list[Any]]:
    converted = []
    for row in rows:
        values = list(row)
        for index, convert in converters:
            values[index] = convert(values[index])
        converted.append(values)
    return converted


@cache
def _columns(
    model: type[models.Model], fields: tuple[str, ...], vendor: str
) -> tuple[str, list[tuple[int, Callable[[Any], Any]]]]:
    columns: list[str] = []
    converters: list[tuple[int, Callable[[Any], Any]]] = []
    for index, name in enumerate(fields):
        column = model._meta.get_field(name)
        assert isinstance(column, models.Field), f"{name} is no column of {model}"
        columns.append(connection.ops.quote_name(str(column.column)))
        if isinstance(column, models.JSONField):
            converters.append((index, as_json))
        elif isinstance(column, models.DateTimeField):
            converters.append((index, _adapted_time))
        elif isinstance(column, models.BinaryField) and vendor == "postgresql":
            converters.append((index, as_bytea))
    return ", ".join(columns), converters


@lru_cache(maxsize=8)
def _adapted_time(value: dt.datetime) -> Any:
    """A batch has one time in all its rows."""
    return connection.ops.adapt_datetimefield_value(value)


# ``json.dumps`` would build an encoder for each of the 200,000 values of a large file.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def as_json(value: Any) -> str | None:
    """A JSON column's text; an empty list, the usual case, without a call to the encoder."""
    if value is None:
        return None
    if value == []:
        return "[]"
    return _encode(value)
