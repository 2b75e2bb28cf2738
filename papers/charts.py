"""Charts as SVG markup, from numbers alone.

A chart is drawn once and inked twice: ``themed`` gives its shapes the classes that the page's
style sheet colours, so that it follows light, dark and print; ``written`` puts the light colours
into the file itself, for manuscripts and slides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

Ink = Callable[[str, str], str]
"""(part of a chart, kind of mark) -> the attributes that colour it."""

NO_YEAR = "no year"

WIDTH = 760
LEFT, RIGHT = 128, 44
ROW, TOP, AXIS = 58, 8, 24
MARGIN, HEAD = 16, 28
"""Round a file's chart, and above it for its title; a page has margins and headings of its own."""

BAR_ROOM = 42
"""Height of the tallest bar; the rest of a row is air."""

MOST_UNITS = 4
"""Papers in the fullest year up to which one mark is one paper; above, bars."""

LIGHT = {"c": "#1a4f86", "t": "#984f0c", "i": "#16776a", "k": "#6d2348", "x": "#4a4c50"}
_WRITTEN = {
    "label": 'fill="#4a4c50" font-family="Helvetica, Arial, sans-serif" font-size="12"',
    "label end": (
        'fill="#4a4c50" font-family="Helvetica, Arial, sans-serif" font-size="12" text-anchor="end"'
    ),
    "label mid": (
        'fill="#4a4c50" font-family="Helvetica, Arial, sans-serif" font-size="12" '
        'text-anchor="middle"'
    ),
    "title": (
        'fill="#1c1d1f" font-family="Helvetica, Arial, sans-serif" font-size="15" font-weight="600"'
    ),
    "axis": 'stroke="#c9c5ba"',
}


@dataclass(frozen=True, slots=True)
class Series:
    """One row of the chart: a name, the kind of its mark (c, t, i, k, x), papers per column."""

    name: str
    kind: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


def themed(part: str, kind: str) -> str:
    """Ink for a page: classes of the style sheet."""
    return f'class="{f"{part} m-{kind}" if kind else part}"'


def written(part: str, kind: str) -> str:
    """Ink for a file: the colours themselves."""
    return f'fill="{LIGHT[kind]}"' if part == "bar" else _WRITTEN[part]


def year_columns(years: Iterable[int | None]) -> list[int | None]:
    """Every year from the first to the last, then None where papers have no year."""
    years = set(years)
    known = [year for year in years if year is not None]
    columns: list[int | None] = list(range(min(known), max(known) + 1)) if known else []
    return [*columns, None] if None in years else columns


def papers_by_year(
    series: Sequence[Series], columns: Sequence[int | None], *, title: str, ink: Ink
) -> str:
    """One row of bars a series over the years, all on one scale; an <svg> element."""
    height = TOP + ROW * len(series) + AXIS
    tallest = max((count for row in series for count in row.counts), default=0)
    parts = [
        _opening(height, ink),
        f'<title id="chart-title">{escape(title)}</title>',
        f'<desc id="chart-words">{escape(in_words(series, columns))}</desc>',
    ]
    if ink is written:
        left, top, width, tall = _file_box(height)
        parts += [
            f'<rect x="{left}" y="{top}" width="{width}" height="{tall}" fill="#ffffff"/>',
            f'<text y="{8 - HEAD}" {ink("title", "")}>{escape(title)}</text>',
        ]
    for place, row in enumerate(series):
        floor = TOP + ROW * (place + 1)
        parts += _row(row, columns, floor, tallest, ink)
    parts += _year_labels(columns, height, ink)
    return "".join([*parts, "</svg>"])


def _opening(height: int, ink: Ink) -> str:
    left, top, width, tall = _file_box(height) if ink is written else (0, 0, WIDTH, height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {width} {tall}" '
        f'width="{width}" height="{tall}" role="img" aria-labelledby="chart-title chart-words"'
        + (">" if ink is written else ' class="chart">')
    )


def _file_box(height: int) -> tuple[int, int, int, int]:
    return -MARGIN, -MARGIN - HEAD, WIDTH + 2 * MARGIN, height + 2 * MARGIN + HEAD


def in_words(series: Sequence[Series], columns: Sequence[int | None]) -> str:
    """What the chart shows, for those who do not see it."""
    return " ".join(_row_in_words(row, columns) for row in series)


def _row_in_words(row: Series, columns: Sequence[int | None]) -> str:
    if not row.total:
        return f"{row.name}: no paper."
    most = max(row.counts)
    when = _column_name(columns[row.counts.index(most)])
    return f"{row.name}: {_papers(row.total)}, most in {when} ({most})."


def _row(
    row: Series, columns: Sequence[int | None], floor: int, tallest: int, ink: Ink
) -> list[str]:
    parts = [
        f'<line x1="0" x2="{WIDTH}" y1="{floor}" y2="{floor}" {ink("axis", "")}/>',
        shape(row.kind, 9, floor - 12, 7, ink("bar", row.kind)),
        f'<text x="22" y="{floor - 8}" {ink("label", "")}>{escape(row.name)}</text>',
        f'<text x="{WIDTH}" y="{floor - 8}" {ink("label end", "")}>{row.total}</text>',
    ]
    width = _column_width(columns)
    for place, (column, count) in enumerate(zip(columns, row.counts, strict=True)):
        if count:
            words = f"{row.name}, {_column_name(column)}: {_papers(count)}"
            left = LEFT + width * place
            drawn = _column(row.kind, count, left, width, floor, tallest, ink)
            parts.append(f"<g><title>{escape(words)}</title>{drawn}</g>")
    return parts


def _column(
    kind: str, count: int, left: float, width: float, floor: int, tallest: int, ink: Ink
) -> str:
    if tallest <= MOST_UNITS:
        radius = min(BAR_ROOM / MOST_UNITS, width - 1) / 2
        middle = left + width / 2
        return "".join(
            shape(kind, middle, floor - 2 - radius * (2 * unit + 1), radius - 0.4, ink("bar", kind))
            for unit in range(count)
        )
    bar = max(2.0, BAR_ROOM * count / tallest)
    gap = min(2.0, width / 4)
    return (
        f'<rect x="{left + gap / 2:.1f}" y="{floor - bar:.1f}" width="{width - gap:.1f}" '
        f'height="{bar:.1f}" {ink("bar", kind)}/>'
    )


def shape(kind: str, x: float, y: float, r: float, colour: str) -> str:
    """The mark of a class: circle, square, diamond, hexagon; a triangle for none of them."""
    if kind == "c":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {colour}/>'
    if kind == "t":
        half = r * 0.9
        return (
            f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half:.1f}" '
            f'height="{2 * half:.1f}" {colour}/>'
        )
    points = " ".join(f"{x + r * dx:.1f},{y + r * dy:.1f}" for dx, dy in _CORNERS[kind])
    return f'<polygon points="{points}" {colour}/>'


_CORNERS = {
    "i": ((0, -1.1), (1.1, 0), (0, 1.1), (-1.1, 0)),
    "k": ((0, -1), (0.87, -0.5), (0.87, 0.5), (0, 1), (-0.87, 0.5), (-0.87, -0.5)),
    "x": ((0, -0.9), (1, 0.9), (-1, 0.9)),
}


def _year_labels(columns: Sequence[int | None], height: int, ink: Ink) -> list[str]:
    """As many years as stand apart legibly, and the column of papers without one."""
    width = _column_width(columns)
    known = sum(column is not None for column in columns)
    every = next((step for step in (1, 2, 5, 10, 20) if step * width >= 38), 50)
    labels = []
    for place, column in enumerate(columns):
        is_crowded = column is not None and known != len(columns) and (known - place) * width < 44
        if column is not None and (column % every or is_crowded):
            continue
        x = LEFT + width * (place + 0.5)
        text = escape(_column_name(column))
        labels.append(f'<text x="{x:.1f}" y="{height - 7}" {ink("label mid", "")}>{text}</text>')
    return labels


def _column_width(columns: Sequence[int | None]) -> float:
    return min(48.0, (WIDTH - LEFT - RIGHT) / max(1, len(columns)))


def _column_name(column: int | None) -> str:
    return NO_YEAR if column is None else str(column)


def _papers(count: int) -> str:
    return "1 paper" if count == 1 else f"{count} papers"
