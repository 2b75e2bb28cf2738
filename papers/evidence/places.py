"""One place of the evidence map: its figures, and how they are drawn.

One mark is one paper while all fit their places: filled when confirmed, dashed while they wait,
struck when retracted. Where there are more, the size of a mark stands for their number, those of
confirmed and of waiting papers each on a scale of its own, for the few that are confirmed would be
specks beside thousands that wait; in the *heat* view the shade of the place does. Then the figures
stand beside.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from papers.charts import Ink, shape
from papers.evidence.ink import strike, text

PITCH = 14
"""From one mark to the next where a mark is a paper."""

NARROW = 44
"""A column below this width holds no two figures side by side."""

MOST_STACKED, MOST_STACKED_NARROW = 3, 6
"""Marks above each other up to which one is one paper."""

SMALLEST, BETWEEN = 4.0, 6.0
"""Radius of the smallest bubble that can be told from a speck, and from one to the other."""

FEW_ROWS = 8
"""Up to so many rows there is room for large marks."""

SHADES = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row and a column meet. The retracted papers are among the others."""

    confirmed: int = 0
    waiting: int = 0
    confirmed_retracted: int = 0
    waiting_retracted: int = 0
    is_looked_for: bool = True

    @property
    def papers(self) -> int:
        return self.confirmed + self.waiting

    @property
    def is_retracted(self) -> bool:
        return bool(self.confirmed_retracted or self.waiting_retracted)

    @property
    def figure(self) -> str:
        """ "12 + 3", what is confirmed and what waits; † where some are retracted."""
        return " ".join(self.figures)

    @property
    def figures(self) -> list[str]:
        parts = [f"{self.confirmed:,}"] if self.confirmed else []
        parts += [f"+ {self.waiting:,}"] if self.waiting else []
        return [*parts[:-1], f"{parts[-1]}†"] if parts and self.is_retracted else parts

    @property
    def in_words(self) -> str:
        if not self.papers:
            return "searched, none" if self.is_looked_for else "not looked for"
        said = f"{self.confirmed} confirmed, {self.waiting} waiting"
        if self.is_retracted:
            said += f", of which {self.confirmed_retracted + self.waiting_retracted} retracted"
        return said if self.is_looked_for else f"{said}; not looked for"


@dataclass(frozen=True, slots=True)
class Grid:
    """The measures that all places of a picture share."""

    view: str
    ink: Ink
    right: int
    left: float
    width: float
    top: float
    most: int
    most_confirmed: int
    most_waiting: int
    rows: int

    @property
    def is_narrow(self) -> bool:
        return self.width < NARROW

    @property
    def floor(self) -> float:
        """Room below the marks for the figure."""
        return 2 if self.is_narrow else 18

    @property
    def rest(self) -> float:
        """How far below a row's top a single mark lies."""
        if self.view == "heat":
            return self.height / 2
        if self.has_units or self.is_narrow:
            return self.height - self.floor - PITCH / 2 - 1
        return 2 + (self.height - 4 - self.floor) / 2

    @property
    def abreast(self) -> int:
        return max(1, int((self.width - 6) // PITCH))

    @property
    def most_stacked(self) -> int:
        """Marks above each other in the fullest place, if a mark is a paper."""
        return math.ceil(self.most / self.abreast)

    @property
    def has_units(self) -> bool:
        """Whether one mark can be one paper everywhere."""
        return self.most_stacked <= (MOST_STACKED_NARROW if self.is_narrow else MOST_STACKED)

    @property
    def height(self) -> float:
        """Of a row: no more than its fullest place needs."""
        if self.view == "heat":
            return 36
        if self.has_units:
            return max(36, self.most_stacked * PITCH + self.floor + 8)
        if self.rows > FEW_ROWS:
            return 64 if self.is_narrow else 50
        return 92 if self.is_narrow else 66


def draw_place(
    kind: str, place: Place, left: float, top: float, grid: Grid, *, is_span: bool = False
) -> Iterator[str]:
    """What stands in a place. One of many years (``is_span``) has figures alone: no mark of it
    could be held against those of single years.
    """
    if not place.is_looked_for:
        yield (
            f'<rect x="{left + 1:.1f}" y="{top + 1:.1f}" width="{grid.width - 2:.1f}" '
            f'height="{grid.height - 2:.1f}" fill="url(#map-hatch)"/>'
        )
    if not place.papers:
        if place.is_looked_for:
            x, y = left + grid.width / 2, top + grid.rest
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" {grid.ink("none", "")}/>'
        return
    if is_span:
        yield from _figures(place, left, top, grid)
        return
    if grid.view == "heat":
        yield from _heat(kind, place, left, top, grid)
        return
    yield from (_units if grid.has_units else _bubbles)(kind, place, left, top, grid)
    if not grid.is_narrow:
        x, y = left + grid.width / 2, top + grid.height - 6
        yield text(x, y, place.figure, "figure mid", grid.ink)


def _units(kind: str, place: Place, left: float, top: float, grid: Grid) -> Iterator[str]:
    """The papers one by one from the floor up: confirmed, then waiting."""
    states = [("one", place.confirmed, place.confirmed_retracted)]
    states += [("maybe", place.waiting, place.waiting_retracted)]
    papers = [(part, n < struck) for part, count, struck in states for n in range(count)]
    in_row = min(len(papers), grid.abreast)
    start = left + (grid.width - in_row * PITCH) / 2 + PITCH / 2
    floor = top + grid.rest
    for number, (part, is_struck) in enumerate(papers):
        x = start + PITCH * (number % grid.abreast)
        y = floor - PITCH * (number // grid.abreast)
        yield shape(kind, x, y, 5.4, grid.ink(part, kind))
        if is_struck:
            yield strike(x, y, 6.5, grid.ink)


def _bubbles(kind: str, place: Place, left: float, top: float, grid: Grid) -> Iterator[str]:
    """A filled mark and a dashed one by it, over it where the column is narrow."""
    sizes = [
        (part, _radius(count, most, grid))
        for part, count, most in (
            ("one", place.confirmed, grid.most_confirmed),
            ("maybe", place.waiting, grid.most_waiting),
        )
        if count
    ]
    middle = left + grid.width / 2
    if grid.is_narrow:
        y = top + grid.height - grid.floor - 2
        for part, radius in sizes:
            yield shape(kind, middle, y - radius, radius, grid.ink(part, kind))
            y -= 2 * radius + BETWEEN / 2
        if place.is_retracted:
            yield text(middle, top + grid.height - 1, "†", "figure mid", grid.ink)
        return
    x = middle - sum(radius for _, radius in sizes) - BETWEEN * (len(sizes) - 1) / 2
    for part, radius in sizes:
        yield shape(kind, x + radius, top + grid.rest, radius, grid.ink(part, kind))
        x += 2 * radius + BETWEEN


def _radius(count: int, most: int, grid: Grid) -> float:
    room = grid.height - 4 - grid.floor
    largest = (
        min(grid.width / 2 - 1, (room - BETWEEN) / 4)
        if grid.is_narrow
        else min((grid.width - BETWEEN) / 4, room / 2)
    )
    return max(min(SMALLEST, largest), 0.95 * largest * math.sqrt(count / most))


def _heat(kind: str, place: Place, left: float, top: float, grid: Grid) -> Iterator[str]:
    """A shade for what is confirmed, a dashed frame where all waits, and the figures."""
    box = (
        f'x="{left + 1.5:.1f}" y="{top + 1.5:.1f}" width="{grid.width - 3:.1f}" '
        f'height="{grid.height - 3:.1f}"'
    )
    if place.confirmed:
        step = math.ceil(SHADES * math.sqrt(place.confirmed / grid.most_confirmed))
        yield f"<rect {box} {grid.ink(f'shade-{step}', kind)}/>"
    else:
        yield f"<rect {box} {grid.ink('maybe', kind)}/>"
    yield from _figures(place, left, top, grid)


def _figures(place: Place, left: float, top: float, grid: Grid) -> Iterator[str]:
    """The figures in the middle of a place, one above the other where it is narrow."""
    x, y = left + grid.width / 2, top + grid.height / 2 + 4
    if not grid.is_narrow:
        yield text(x, y, place.figure, "figure mid", grid.ink)
        return
    lines = [figure.replace("+ ", "+") for figure in place.figures]
    for number, words in enumerate(lines):
        drop = (2 * number - len(lines) + 1) * 6.5
        yield text(x, y + drop, words, "figure small mid", grid.ink)
