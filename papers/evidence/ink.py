"""The inks of the evidence map's picture, its signs, and what they mean."""

from __future__ import annotations

from xml.sax.saxutils import escape

from papers import charts
from papers.charts import LIGHT, Ink, shape

_TEXT = 'font-family="Helvetica, Arial, sans-serif" font-size="12"'
_WRITTEN = {
    "label": f'fill="#4a4c50" {_TEXT}',
    "label mid": f'fill="#4a4c50" {_TEXT} text-anchor="middle"',
    "label end": f'fill="#4a4c50" {_TEXT} text-anchor="end"',
    "strong": f'fill="#1c1d1f" {_TEXT} font-weight="600"',
    "figure mid": f'fill="#1c1d1f" {_TEXT} text-anchor="middle"',
    "figure small mid": (
        'fill="#1c1d1f" font-family="Helvetica, Arial, sans-serif" font-size="10" '
        'text-anchor="middle"'
    ),
    "letter": (
        'fill="#ffffff" font-family="Helvetica, Arial, sans-serif" font-size="10" '
        'font-weight="700" text-anchor="middle"'
    ),
    "title": (
        'fill="#1c1d1f" font-family="Helvetica, Arial, sans-serif" font-size="16" font-weight="600"'
    ),
    "axis": 'stroke="#c9c5ba"',
    "none": 'fill="#5f6166"',
    "hatch": 'stroke="#a8a498" stroke-width="1"',
    "strike": 'stroke="#a3191f" stroke-width="1.6"',
}


def themed(part: str, kind: str = "") -> str:
    """Ink for a page: classes of the style sheet."""
    return charts.themed(part, kind)


def written(part: str, kind: str = "") -> str:
    """Ink for a file: the colours themselves."""
    if part == "one":
        return f'fill="{LIGHT[kind]}"'
    if part == "maybe":
        return f'fill="none" stroke="{LIGHT[kind]}" stroke-width="1.3" stroke-dasharray="2.2 1.6"'
    if part.startswith("shade-"):
        return f'fill="{LIGHT[kind]}" fill-opacity="{0.075 * int(part[-1]):.3f}"'
    return _WRITTEN[part]


LEGEND = {
    "one": "Confirmed",
    "maybe": "Waiting, undecided",
    "none": "Searched, none",
    "hatch": "Not looked for",
    "strike": "Retracted (†)",
}
SIZES = (
    "The larger a mark, the more papers, confirmed and waiting each on a scale of its own; 12 + 3 is "
    "12 confirmed and 3 waiting."
)
SHADED = "The stronger the shade, the more are confirmed; 12 + 3 is 12 confirmed and 3 waiting."


def sample(name: str, view: str, ink: Ink) -> str:
    """The sign of a state as it stands in the legend of a view, in a box of 20 by 20."""
    box = 'x="1" y="1" width="18" height="18"'
    match name, view:
        case "none", _:
            return f'<circle cx="10" cy="10" r="2.2" {ink("none", "")}/>'
        case "hatch", _:
            return f'<rect {box} fill="url(#map-hatch)"/>'
        case "one", "heat":
            return f"<rect {box} {ink('shade-4', 'c')}/>"
        case "maybe", "heat":
            return f"<rect {box} {ink('maybe', 'c')}/>"
        case "strike", "heat":
            return text(10, 14, "†", "figure mid", ink)
        case "strike", _:
            return shape("c", 10, 10, 7, ink("one", "c")) + strike(10, 10, 8.5, ink)
    return shape("c", 10, 10, 7, ink(name, "c"))


def hatching(ink: Ink) -> str:
    """What stands for "not looked for", to be drawn once a picture."""
    return (
        '<defs><pattern id="map-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><path d="M0 0V6" {ink("hatch", "")}/></pattern></defs>'
    )


def strike(x: float, y: float, reach: float, ink: Ink) -> str:
    return (
        f'<path d="M{x - reach:.1f} {y + reach:.1f}L{x + reach:.1f} {y - reach:.1f}" '
        f"{ink('strike', '')}/>"
    )


def text(x: float, y: float, words: str, part: str, ink: Ink) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {ink(part, "")}>{escape(words)}</text>'
