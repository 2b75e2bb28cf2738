"""The chart of papers by class and year."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from papers import charts
from papers.charts import Series

SVG = "{http://www.w3.org/2000/svg}"
COLUMNS = [2019, 2020, 2021, None]
SERIES = [Series("Chemotherapy", "c", (2, 0, 9, 1)), Series("CAR-T <cells>", "k", (0, 0, 1, 0))]


def draw(series=SERIES, columns=COLUMNS, ink=charts.themed) -> ElementTree.Element:
    return ElementTree.fromstring(charts.papers_by_year(series, columns, title="By year", ink=ink))


def test_year_columns_have_no_gap_and_end_with_no_year():
    assert charts.year_columns([2021, None, 2018]) == [2018, 2019, 2020, 2021, None]


def test_year_columns_of_nothing_are_none():
    assert charts.year_columns([]) == []


def test_papers_by_year_names_every_bar():
    titles = [title.text for title in draw().iter(f"{SVG}title")]

    assert titles == [
        "By year",
        "Chemotherapy, 2019: 2 papers",
        "Chemotherapy, 2021: 9 papers",
        "Chemotherapy, no year: 1 paper",
        "CAR-T <cells>, 2021: 1 paper",
    ]


def test_papers_by_year_draws_all_rows_on_one_scale():
    heights = [float(bar.get("height")) for bar in draw().iter(f"{SVG}rect")]

    assert heights == [pytest.approx(n / 9 * charts.BAR_ROOM, abs=0.1) for n in (2, 9, 1, 1)]


def test_papers_by_year_draws_one_mark_a_paper_while_they_are_few():
    series = [Series("Targeted therapy", "t", (3, 0)), Series("Immunotherapy", "i", (1, 2))]

    svg = draw(series, [2020, 2021])

    assert len(list(svg.iter(f"{SVG}rect"))) == 3 + 1  # the papers, and the mark of the row
    assert len(list(svg.iter(f"{SVG}polygon"))) == 3 + 1


def test_papers_by_year_says_in_words_what_it_shows():
    words = draw().find(f"{SVG}desc").text

    assert words == (
        "Chemotherapy: 12 papers, most in 2021 (9). CAR-T <cells>: 1 paper, most in 2021 (1)."
    )


def test_papers_by_year_of_no_papers_still_names_the_classes():
    words = draw([Series("Chemotherapy", "c", ())], []).find(f"{SVG}desc").text

    assert words == "Chemotherapy: no paper."


def test_written_ink_needs_no_style_sheet():
    svg = draw(ink=charts.written)

    assert [part.tag for part in svg.iter() if part.get("class") or part.get("style")] == []
    assert svg.find(f"{SVG}text").text == "By year"
    assert svg.find(f"{SVG}rect").get("fill") == "#ffffff"


def test_themed_ink_has_no_colour_of_its_own():
    svg = draw(ink=charts.themed)

    assert [part.tag for part in svg.iter() if part.get("fill") or part.get("style")] == []


@pytest.mark.parametrize("ink", [charts.themed, charts.written])
@pytest.mark.parametrize("kind", ["c", "t", "i", "k", "x"])
def test_every_kind_of_mark_is_drawn_in_both_inks(kind, ink):
    svg = draw([Series("Class", kind, (1,))], [2020], ink)

    colour = ("class", f"bar m-{kind}") if ink is charts.themed else ("fill", charts.LIGHT[kind])
    marks = [
        part.tag.removeprefix(SVG)
        for part in svg.iter()
        if part.get(colour[0]) == colour[1] and part.tag != f"{SVG}text"
    ]
    assert marks == [SHAPES[kind]] * 2  # the mark of the row, and the paper


SHAPES = {"c": "circle", "t": "rect", "i": "polygon", "k": "polygon", "x": "polygon"}


def test_a_century_of_years_labels_some_of_them():
    columns = charts.year_columns([1925, 2025, None])
    series = [Series("Chemotherapy", "c", tuple(1 for _ in columns))]

    svg = draw(series, columns)

    labels = [text.text for text in svg.iter(f"{SVG}text")][2:]
    assert labels == [
        "1930",
        "1940",
        "1950",
        "1960",
        "1970",
        "1980",
        "1990",
        "2000",
        "2010",
        "no year",
    ]
