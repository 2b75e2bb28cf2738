"""The map as a picture: pure, from numbers."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from papers.evidence import chart, ink
from papers.evidence.chart import Line, Picture
from papers.evidence.places import Place

SVG = "{http://www.w3.org/2000/svg}"
NOTHING = Place()
UNSOUGHT = Place(is_looked_for=False)


def line(*places: Place, name: str = "Chemotherapy", kind: str = "c", level: int = 0) -> Line:
    return Line(name, kind, places, places[0], level)


def picture(*lines: Line, columns: tuple[str, ...] = ("Relapse", "Maintenance")) -> Picture:
    return Picture("By <setting>", columns, lines, notes=("Counted on 1 May.",))


def draw(
    drawn: Picture, view: str = "bubble", inked=ink.themed, width: int = chart.WIDTH
) -> ElementTree.Element:
    return ElementTree.fromstring(chart.evidence_map(drawn, view=view, ink=inked, width=width))


def classes(svg: ElementTree.Element) -> list[str]:
    """What stands in the places, by the classes of its shapes."""
    return [
        shape.get("class", "").split()[0]
        for group in svg.iter(f"{SVG}g")
        for shape in group
        if shape.tag not in (f"{SVG}title", f"{SVG}text")
    ]


def words(svg: ElementTree.Element) -> list[str]:
    return [text.text for text in svg.iter(f"{SVG}text")]


def test_one_mark_is_one_paper_while_they_are_few():
    svg = draw(picture(line(Place(2, 3), Place(0, 1))))

    assert classes(svg) == ["one"] * 2 + ["maybe"] * 3 + ["maybe"]


def radii(svg: ElementTree.Element) -> list[float]:
    return [
        float(mark.get("r")) for group in svg.iter(f"{SVG}g") for mark in group if mark.get("r")
    ]


def test_many_papers_are_one_mark_of_each_state_by_area():
    svg = draw(picture(line(Place(400, 100), Place(100, 0))))

    first, waiting, second = radii(svg)
    assert classes(svg) == ["one", "maybe", "one"]
    assert first / second == pytest.approx(2, rel=0.02)
    assert waiting == first, "each state has a scale of its own"


def test_few_confirmed_papers_are_no_specks_beside_many_that_wait():
    years = tuple(map(str, range(2000, 2030)))
    wide = radii(draw(picture(line(Place(1, 5000), Place(8, 1)))))
    narrow = radii(draw(picture(line(*[Place(1, 5000), *[Place(8, 1)] * 29]), columns=years)))

    assert min(wide + narrow) >= 4
    assert wide[2] > 2 * wide[0]


def test_three_kinds_of_nothing_are_drawn_apart():
    svg = draw(picture(line(NOTHING, UNSOUGHT)))

    groups = list(svg.iter(f"{SVG}g"))
    assert [shape.get("class") for shape in groups[0][1:]] == ["none"]
    assert [shape.get("fill") for shape in groups[1][1:]] == ["url(#map-hatch)"]
    assert [group[0].text for group in groups] == [
        "Chemotherapy, Relapse: searched, none",
        "Chemotherapy, Maintenance: not looked for",
    ]


def test_hatching_shows_behind_papers_that_no_search_looked_for():
    svg = draw(picture(line(Place(1, is_looked_for=False), NOTHING)))

    group = next(svg.iter(f"{SVG}g"))
    assert [shape.tag.removeprefix(SVG) for shape in group] == ["title", "rect", "circle", "text"]


@pytest.mark.parametrize("view", ["bubble", "heat"])
def test_every_place_says_its_figures(view):
    svg = draw(picture(line(Place(12, 3), Place(0, 4))), view)

    assert {"12 + 3", "+ 4"} <= set(words(svg))


def test_heat_shades_by_what_is_confirmed_and_frames_what_waits():
    svg = draw(picture(line(Place(25, 3), Place(1, 0)), line(Place(0, 2), NOTHING)), "heat")

    assert classes(svg) == ["shade-5", "shade-1", "maybe", "none"]


def test_retracted_papers_are_struck_and_bear_a_dagger():
    svg = draw(picture(line(Place(2, 1, confirmed_retracted=1), NOTHING)))

    group = next(svg.iter(f"{SVG}g"))
    assert group[0].text.endswith("2 confirmed, 1 waiting, of which 1 retracted")
    assert classes(svg) == ["one", "strike", "one", "maybe", "none"]
    assert "2 + 1†" in words(svg)


def test_years_are_narrow_and_labelled_where_they_stand_apart():
    years = tuple(map(str, range(1997, 2027)))
    svg = draw(picture(line(*[Place(1)] * 31), columns=(*years, "No year")))

    shown = [text for text in words(svg) if text.isdecimal() or text == "No year"]
    assert shown == ["2000", "2005", "2010", "2015", "2020", "2025", "No year", "1"]


@pytest.mark.parametrize("view", ["bubble", "heat"])
def test_a_column_of_many_years_has_figures_alone_and_leaves_the_scale_to_single_years(view):
    drawn = Picture("By year", ("to 1996", "1997"), (line(Place(5000), Place(1)),), frozenset({0}))

    svg = draw(drawn, view)
    assert classes(svg) == ["one" if view == "bubble" else "shade-5"]
    assert "5,000" in words(svg)


@pytest.mark.parametrize("view", ["bubble", "heat"])
def test_nothing_is_drawn_outside_of_its_place(view):
    years = tuple(map(str, range(2000, 2030)))
    svg = draw(picture(line(*[Place(300, 200, 1, 1)] * 30), columns=years), view)

    left = chart.LEFT
    for number, group in enumerate(svg.iter(f"{SVG}g")):
        width = (chart.WIDTH - chart.LEFT - chart.RIGHT) / 30
        for mark in group.iter(f"{SVG}circle"):
            reach = float(mark.get("cx")) - left - width * number
            assert float(mark.get("r")) <= reach <= width - float(mark.get("r"))


def test_a_picture_says_in_words_what_it_shows():
    svg = draw(
        picture(line(Place(2, 3), NOTHING), line(UNSOUGHT, UNSOUGHT, name="CAR-T", kind="k"))
    )

    assert svg.get("role") == "img"
    assert svg.find(f"{SVG}title").text == "By <setting>"
    assert svg.find(f"{SVG}desc").text == (
        "Chemotherapy: 2 confirmed, 3 waiting. CAR-T: not looked for."
    )


def test_a_file_carries_title_legend_notes_and_its_own_colours():
    svg = draw(picture(line(Place(2, 3), UNSOUGHT)), inked=ink.written)

    assert {"By <setting>", "Counted on 1 May.", *ink.LEGEND.values()} <= set(words(svg))
    assert not [shape for shape in svg.iter() if shape.get("class")]


@pytest.mark.parametrize("view", ["bubble", "heat"])
def test_both_inks_draw_the_same_shapes(view):
    drawn = picture(line(Place(9, 3, 1), NOTHING), line(UNSOUGHT, Place(0, 2)))

    themed = [shape.tag for group in draw(drawn, view).iter(f"{SVG}g") for shape in group]
    written = draw(drawn, view, ink.written)
    places = [group for group in written.iter(f"{SVG}g") if group.get("transform") is None]
    assert [shape.tag for group in places for shape in group] == themed


def test_a_picture_without_columns_or_papers_is_one_still():
    assert draw(picture(columns=())).get("viewBox") == f"0 0 {chart.WIDTH} 30"


def test_inner_rows_stand_in_and_bear_no_mark():
    svg = draw(picture(line(NOTHING, NOTHING), line(NOTHING, NOTHING, name="Taxanes", level=1)))

    names = {text.text: text for text in svg.iter(f"{SVG}text")}
    assert float(names["Taxanes"].get("x")) > float(names["Chemotherapy"].get("x"))
    assert words(svg).count("C") == 1


def test_a_long_word_over_a_column_is_hyphenated_and_never_runs_into_the_next():
    columns = ("Consolidation", "Mixed", "Relapsed or refractory", "Maintenance", "Localised", "A")
    svg = draw(picture(line(*[Place(1)] * 6), columns=columns), width=760)

    found = words(svg)
    assert {"Consoli-", "dation", "Maintenance"} <= set(found)
    heads = [node for node in svg.iter(f"{SVG}text") if node.text in ("Localised", "Mixed")]
    room = abs(float(heads[0].get("x")) - float(heads[1].get("x"))) / 3
    assert max(len(word) for word in found if word != "Chemotherapy") * chart.CHARACTER <= room
