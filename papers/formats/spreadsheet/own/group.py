"""One or more columns of our own spreadsheets: how they are written, how they are read back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from papers.formats.json_input import whole_number
from papers.formats.remarks import valid_or_remark
from papers.formats.spreadsheet.cells import as_json, join_list, split_semicolons
from papers.formats.spreadsheet.own.structures import plain, structured
from papers.formats.text import clean, plain_and_html
from papers.records import Record

Cells = Mapping[str, str]
Fields = dict[str, object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that are written from, and read into, the same fields."""

    columns: tuple[str, ...]
    write: Callable[[Record], Sequence[str]]
    read: Callable[[Cells, list[str]], Fields]


def readable_or_json(text: str, value: tuple[T, ...], read: Callable[[str], tuple[T, ...]]) -> str:
    """The readable form where it reads back the same, else JSON."""
    return text if read(text) == value else as_json(plain(value))


def items_of(kind: type[T], cell: str) -> tuple[T, ...] | None:
    """What a cell holds in JSON; None where it holds its readable form."""
    if not cell.startswith("[{"):
        return None
    try:
        found = json.loads(cell)
        return tuple(structured(kind, item) for item in found)
    except (ValueError, TypeError, RecursionError):
        return None


def markup_of(text: str | None, written: object) -> str | None:
    """The markup, sanitised again, as long as it is that of the text beside it."""
    plain, markup = plain_and_html(written if isinstance(written, str) else None)
    return markup if plain == text else None


def title_columns() -> Group:
    def write(record: Record) -> Sequence[str]:
        return (record.title or "", record.title_html or "")

    def read(cells: Cells, _: list[str]) -> Fields:
        title = clean(cells["title"])
        return {"title": title, "title_html": markup_of(title, cells["title_html"])}

    return Group(("title", "title_html"), write, read)


def text_column(name: str) -> Group:
    def write(record: Record) -> Sequence[str]:
        return (getattr(record, name) or "",)

    return Group((name,), write, lambda cells, _: {name: clean(cells[name])})


def lines_column(name: str) -> Group:
    """A text that may have line ends."""

    def write(record: Record) -> Sequence[str]:
        return (getattr(record, name) or "",)

    return Group((name,), write, lambda cells, _: {name: cells[name].replace("\r\n", "\n") or None})


def list_column(name: str) -> Group:
    def write(record: Record) -> Sequence[str]:
        return (join_list(getattr(record, name)),)

    return Group((name,), write, lambda cells, _: {name: split_semicolons(cells[name])})


def count_column(name: str) -> Group:
    def write(record: Record) -> Sequence[str]:
        value = getattr(record, name)
        return ("" if value is None else str(value),)

    return Group((name,), write, lambda cells, _: {name: whole_number(cells[name])})


def identifier_column(name: str, label: str, normalise: Callable[[object], str | None]) -> Group:
    def write(record: Record) -> Sequence[str]:
        return (getattr(record, name) or "",)

    def read(cells: Cells, remarks: list[str]) -> Fields:
        return {name: valid_or_remark(label, cells[name], normalise, remarks)}

    return Group((name,), write, read)
