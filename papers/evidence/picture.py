"""The map as a picture, and as lines for a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from papers.evidence.chart import Line, Picture
from papers.evidence.figures import Cell, EvidenceMap, Row
from papers.evidence.places import Place
from papers.evidence.question import AXES


def title_of(drawn: EvidenceMap) -> str:
    return f"Therapy class by {AXES[drawn.asked.by].lower()}"


def picture(drawn: EvidenceMap, filters: Sequence[str] = ()) -> Picture:
    """What is drawn. ``filters``: those that are active, in words."""
    return Picture(
        title=f"Evidence map: {title_of(drawn)[0].lower()}{title_of(drawn)[1:]}",
        columns=tuple(column.name for column in drawn.columns),
        lines=tuple(_line(row) for row in drawn.rows),
        spans=frozenset(n for n, column in enumerate(drawn.columns) if column.is_span),
        notes=tuple(notes(drawn, filters)),
    )


def _line(row: Row) -> Line:
    places = tuple(_place(cell) for cell in row.cells)
    return Line(row.heading.name, row.heading.mark, places, _place(row.total), row.heading.level)


def _place(cell: Cell) -> Place:
    return Place(
        cell.confirmed.papers,
        cell.waiting.papers,
        cell.confirmed.retracted,
        cell.waiting.retracted,
        cell.is_looked_for,
    )


def notes(drawn: EvidenceMap, filters: Sequence[str]) -> Iterator[str]:
    """What must stand below the figure wherever it goes."""
    papers = drawn.papers
    counted = date_format(timezone.localtime(drawn.counted_at), "j F Y")
    of_which = f"{papers.papers} paper{'' if papers.papers == 1 else 's'}"
    if waiting := drawn.total.waiting.papers:
        of_which += f", and + {waiting} whose proposals wait"
    yield f"RMS Review, counted on {counted}, of {of_which}. {' '.join(_filtered(filters))}"
    yield retractions(drawn)
    yield (
        "A paper of two classes stands in both rows and counts once in their total. Confirmed: "
        "people said so of all that row and column name. Not looked for: no finished search "
        "covers it."
    )


def _filtered(filters: Sequence[str]) -> Iterator[str]:
    yield f"Filters: {'; '.join(filters)}." if filters else "No filter."


def retractions(drawn: EvidenceMap) -> str:
    """Whether retracted papers are among those that are counted, and how many."""
    if drawn.asked.data.get("is_retracted", "").lower() in ("false", "0"):
        return "Retracted papers are left out."
    if not drawn.retracted:
        return "No paper of the map is retracted."
    if drawn.retracted == 1:
        return "One paper of the map is retracted; it is counted, and marked †."
    return f"{drawn.retracted} papers of the map are retracted; they are counted, and marked †."


CSV_COLUMNS = (
    "map", "row_kind", "row", "row_name", "level", "parent", "column", "column_name",
    "confirmed", "confirmed_retracted", "waiting", "waiting_retracted", "looked_for",
    "last_looked_for", "confirmed_url", "waiting_url", "counted_at", "filters",
)  # fmt: skip
ALL = "all"
"""The slug of a total's row or column."""


def flat(
    drawn: EvidenceMap, *, address: Callable[[str], str], filters: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """Every cell as a line, totals among them. ``address``: a query string as a list's URL."""
    always = {
        "map": title_of(drawn),
        "counted_at": drawn.counted_at.isoformat(timespec="seconds"),
        "filters": "; ".join(filters),
    }
    columns = [(column.slug, column.name) for column in drawn.columns]
    for row in drawn.rows:
        heading = {
            "row_kind": row.heading.kind,
            "row": row.heading.slug,
            "row_name": row.heading.name,
            "level": row.heading.level,
            "parent": row.heading.parent,
            "last_looked_for": row.looked_on.isoformat() if row.looked_on else "",
        }
        cells = zip([*columns, (ALL, "All")], [*row.cells, row.total], strict=True)
        for (slug, name), cell in cells:
            yield {**always, **heading, "column": slug, "column_name": name, **_flat(cell, address)}
    total = {"row_kind": "total", "row": ALL, "row_name": "All", "level": 0, "parent": ""}
    for (slug, name), cell in zip(
        [*columns, (ALL, "All")], [*drawn.totals, drawn.total], strict=True
    ):
        place = {"column": slug, "column_name": name, "last_looked_for": ""}
        yield {**always, **total, **place, **_flat(cell, address)}


def _flat(cell: Cell, address: Callable[[str], str]) -> dict[str, Any]:
    return {
        "confirmed": cell.confirmed.papers,
        "confirmed_retracted": cell.confirmed.retracted,
        "waiting": cell.waiting.papers,
        "waiting_retracted": cell.waiting.retracted,
        "looked_for": cell.is_looked_for,
        "confirmed_url": address(cell.confirmed.query),
        "waiting_url": address(cell.waiting.query),
    }
