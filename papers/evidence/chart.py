"""The evidence map as SVG markup, from numbers alone; inked twice, as ``papers.charts`` does it.

A dot is searched and none; hatching is not looked for, and shows behind papers that came some
other way. What fills a place is drawn in ``papers.evidence.places``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from xml.sax.saxutils import escape

from papers.charts import Ink, shape
from papers.evidence.ink import LEGEND, SHADED, SIZES, hatching, sample, text, written
from papers.evidence.places import NARROW, Grid, Place, draw_place

WIDTH = 1240
RIGHT = 78
LEFT, LEFT_OPENED = 166, 296
"""Room for the names of classes; of sub-classes too."""

INDENT = 14
LINE = 14
MARGIN = 20
CHARACTER = 6.8
"""Width of a letter, about: there is nobody here to ask."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row. ``kind`` is the shape of its marks (c, t, i, k, x)."""

    name: str
    kind: str
    places: tuple[Place, ...]
    total: Place
    level: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    title: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    spans: frozenset[int] = frozenset()
    """Numbers of the columns that hold many years."""

    notes: tuple[str, ...] = ()
    """What a file says below itself: of which papers, counted when."""


def evidence_map(picture: Picture, *, view: str, ink: Ink, width: int = WIDTH) -> str:
    """The picture as an <svg> element; in a file with its title, its legend and its notes."""
    grid = _grid(picture, view, ink, width)
    height = grid.top + grid.height * len(picture.lines) + (22 if grid.is_narrow else 6)
    body = [hatching(ink), *_columns(picture, grid, height)]
    for number, line in enumerate(picture.lines):
        body += _line(picture, line, grid, grid.top + grid.height * number)
    if ink is written:
        tail, below = _tail(picture, grid, height + 14)
        body += tail
        box = (-MARGIN, -MARGIN - 26.0, grid.right + 2 * MARGIN, below + 2 * MARGIN + 26)
    else:
        tail, box = [], (0, 0.0, grid.right, height)
    return "".join([*_opening(picture, box, ink), *body, "</svg>"])


def _grid(picture: Picture, view: str, ink: Ink, room: int = WIDTH) -> Grid:
    left = LEFT_OPENED if any(line.level for line in picture.lines) else LEFT
    width = min(150.0, (room - left - RIGHT) / max(1, len(picture.columns)))
    places = [
        place
        for line in picture.lines
        for number, place in enumerate(line.places)
        if number not in picture.spans
    ]
    lines = max((len(_wrapped(name, width)) for name in picture.columns), default=1)
    return Grid(
        view=view,
        ink=ink,
        right=room,
        left=left,
        width=width,
        top=4 if width < NARROW else lines * LINE + 10,
        most=max((place.papers for place in places), default=0),
        most_confirmed=max((place.confirmed for place in places), default=0),
        most_waiting=max((place.waiting for place in places), default=0),
        rows=len(picture.lines),
    )


def _opening(picture: Picture, box: tuple[float, float, float, float], ink: Ink) -> Iterator[str]:
    left, top, width, height = box
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:g} {top:g} {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" aria-labelledby="map-title map-words"'
        + (">" if ink is written else ' class="chart map-chart">')
    )
    yield f'<title id="map-title">{escape(picture.title)}</title>'
    yield f'<desc id="map-words">{escape(in_words(picture))}</desc>'
    if ink is written:
        yield f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" fill="#fff"/>'
        yield f'<text y="{4 - 26}" {ink("title", "")}>{escape(picture.title)}</text>'


def in_words(picture: Picture) -> str:
    """What the picture shows, for those who do not see it."""
    return " ".join(f"{line.name}: {line.total.in_words}." for line in picture.lines)


def _columns(picture: Picture, grid: Grid, height: float) -> Iterator[str]:
    for number, name in enumerate(picture.columns):
        x = grid.left + grid.width * (number + 0.5)
        if grid.is_narrow:
            if _is_labelled(picture.columns, number):
                if name.isdecimal():
                    yield f'<path d="M{x:.1f} 0V{height - 20:g}" {grid.ink("axis", "")}/>'
                yield text(x, height - 6, name, "label mid", grid.ink)
            continue
        for line, words in enumerate(_wrapped(name, grid.width)):
            yield text(x, LINE * (line + 1) - 2, words, "label mid", grid.ink)
    if not grid.is_narrow:
        yield text(grid.right, LINE - 2, "All", "label end", grid.ink)


def _wrapped(name: str, width: float) -> list[str]:
    most = max(8, int((width - 2) / CHARACTER))
    fitting = " ".join(_hyphenated(word) if len(word) > most else word for word in name.split())
    return wrap(fitting, most, break_long_words=False, break_on_hyphens=False) or [""]


def _hyphenated(word: str) -> str:
    """In two parts: next to another column's name a long word would run into it."""
    middle = len(word) // 2 + 1
    return f"{word[:middle]}- {word[middle:]}"


def _is_labelled(columns: Sequence[str], number: int) -> bool:
    """Every fifth year, and what is no single year, where it does not stand in another's way."""
    name = columns[number]
    if not name.isdecimal():
        return True
    nearest = min(
        (abs(other - number) for other, word in enumerate(columns) if not word.isdecimal()),
        default=len(columns),
    )
    return len(columns) <= 12 or (not int(name) % 5 and nearest > 1)


def _line(picture: Picture, line: Line, grid: Grid, top: float) -> Iterator[str]:
    floor = top + grid.height
    yield f'<path d="M0 {floor:g}H{grid.right}" {grid.ink("axis", "")}/>'
    middle = top + grid.rest  # on one line with the marks
    left = 22 + INDENT * max(0, line.level)
    if line.level == 0:
        yield from mark(line.kind, 9, middle, grid.ink)
    room = int((grid.left - left - 6) / CHARACTER)
    name = line.name if len(line.name) <= room else f"{line.name[: room - 1]}…"
    part = "strong" if line.level == 0 else "label"
    yield text(left, middle + 4, name, part, grid.ink)
    for number, (column, place) in enumerate(zip(picture.columns, line.places, strict=True)):
        words = f"{line.name}, {column}: {place.in_words}"
        start = grid.left + grid.width * number
        drawn = draw_place(line.kind, place, start, top, grid, is_span=number in picture.spans)
        yield f"<g><title>{escape(words)}</title>{''.join(drawn)}</g>"
    yield text(
        grid.right, middle + 4, line.total.figure or _nothing(line.total), "label end", grid.ink
    )


def _nothing(total: Place) -> str:
    return "none" if total.is_looked_for else "n/l"


def mark(kind: str, x: float, y: float, ink: Ink) -> Iterator[str]:
    """A class's mark with its letter."""
    yield shape(kind, x, y, 8, ink("one", kind))
    if kind != "x":
        yield text(x, y + 3.6, kind.upper(), "letter", ink)


def _tail(picture: Picture, grid: Grid, top: float) -> tuple[list[str], float]:
    """The legend and the notes of a file, and where they end."""
    parts: list[str] = []
    for name, x in zip(LEGEND, (0, 160, 350, 530, 700), strict=True):
        parts.append(
            f'<g transform="translate({x} {top:g})">{sample(name, grid.view, grid.ink)}</g>'
        )
        parts.append(text(x + 24, top + 14, LEGEND[name], "label", grid.ink))
    y = top + 20
    if grid.view != "heat" and not grid.has_units:
        y += LINE + 4
        parts.append(text(0, y, SIZES, "label", grid.ink))
    if grid.view == "heat":
        y += LINE + 4
        parts.append(text(0, y, SHADED, "label", grid.ink))
    for note in picture.notes:
        for line in wrap(note, int(grid.right / CHARACTER)):
            y += LINE + 4
            parts.append(text(0, y, line, "label", grid.ink))
    return parts, y


def has_sizes(picture: Picture, view: str) -> bool:
    """Whether a mark stands for several papers."""
    return view == "bubble" and not _grid(picture, view, written).has_units
