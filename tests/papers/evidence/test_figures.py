"""The map's figures: the library's counts, whatever is asked."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from papers.evidence.figures import Cell, EvidenceMap, Figure, evidence_map
from papers.evidence.question import AXES, map_filter, question
from papers.filters import PaperFilter
from papers.models import Journal, Paper
from regimens.models import Drug, Regimen, Setting, StudyDesign, TherapyClass

ROUNDS = 8
FIGURES_A_ROUND = 40


def draw(query: str = "") -> EvidenceMap:
    asked = map_filter(QueryDict(query))
    assert asked.is_valid(), asked.errors
    return evidence_map(question(asked))


def figures(drawn: EvidenceMap) -> Iterator[tuple[str, Figure]]:
    """Every figure of a map with a name."""
    yield "papers", drawn.papers
    for name, cell in _cells(drawn):
        yield f"{name}, confirmed", cell.confirmed
        yield f"{name}, waiting", cell.waiting


def _cells(drawn: EvidenceMap) -> Iterator[tuple[str, Cell]]:
    columns = [column.slug for column in drawn.columns]
    for row in drawn.rows:
        for column, cell in zip(columns, row.cells, strict=True):
            yield f"{row.heading.slug} by {column}", cell
        yield f"{row.heading.slug}, all", row.total
    for column, cell in zip(columns, drawn.totals, strict=True):
        yield f"all by {column}", cell
    yield "all", drawn.total


def of_library(query: str) -> tuple[int, int]:
    found = PaperFilter(QueryDict(query), queryset=Paper.objects.all())
    assert found.is_valid(), found.errors
    return found.qs.count(), found.qs.filter(status="retracted").count()


def any_query(chance: random.Random) -> str:
    """A question with some filters, an axis and some opened rows."""
    data = QueryDict(mutable=True)
    data["by"] = chance.choice(list(AXES))
    classes = list(TherapyClass.objects.values_list("slug", flat=True))
    data.setlist("open", chance.sample(classes, chance.choice((0, 2, 5))))
    values = {
        "search": ["rhabdomyosarcoma", "-relapse", "class:chemotherapy", "year:2000-", "tag:none"],
        "therapy_class": classes,
        "setting": list(Setting.objects.values_list("slug", flat=True)),
        "study_design": list(StudyDesign.objects.values_list("slug", flat=True)),
        "regimen": list(Regimen.objects.values_list("slug", flat=True)[:60]),
        "drug": list(Drug.objects.values_list("slug", flat=True)),
        "year_min": ["1980", "2000", "2018", "2998"],
        "year_max": ["1980", "2012", "2024", "3000"],
        "journal": [str(pk) for pk in Journal.objects.values_list("pk", flat=True)],
        "status": ["published", "retracted", "corrected"],
        "is_retracted": ["true", "false"],
        "has_abstract": ["true", "false"],
        "has_year": ["true", "false"],
        "has_setting": ["true", "false"],
        "has_study_design": ["true", "false"],
    }
    several = ("therapy_class", "setting", "study_design", "regimen", "drug", "journal", "status")
    for name in chance.sample(sorted(values), chance.choice((0, 1, 2, 3))):
        count = chance.choice((1, 2)) if name in several else 1
        data.setlist(name, chance.sample(values[name], count))
    return data.urlencode()


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_figure_is_the_count_of_the_list_that_its_link_opens(generate, seed):
    generate(250, seed=seed)
    chance = random.Random(seed)
    wrong = []
    for _ in range(3):
        query = any_query(chance)
        shown = list(figures(draw(query)))
        for name, figure in chance.sample(shown, min(FIGURES_A_ROUND, len(shown))):
            if of_library(figure.query) != (figure.papers, figure.retracted):
                wrong.append((query, name, figure, of_library(figure.query)))

    assert wrong == []


def row_of(drawn: EvidenceMap, slug: str):
    return next(row for row in drawn.rows if row.heading.slug == slug)


def cell_of(drawn: EvidenceMap, row: str, column: str) -> Cell:
    place = [each.slug for each in drawn.columns].index(column)
    return row_of(drawn, row).cells[place]


def slugs(drawn: EvidenceMap) -> list[str]:
    return [row.heading.slug for row in drawn.rows]


MAINS = ["chemotherapy", "targeted", "immunotherapy", "car_t"]


def test_generated_libraries_have_something_in_every_kind_of_figure(generate):
    generate(250, seed=1)

    drawn = draw("open=chemotherapy")
    assert drawn.total.confirmed.papers > 50
    assert drawn.total.waiting.papers > 5
    assert drawn.retracted > 5
    assert all(cell.confirmed.papers for cell in drawn.totals)
    assert all(row.total.waiting.papers for row in drawn.rows if not row.heading.level)


def test_every_paper_of_a_class_stands_in_some_column(generate):
    generate(200, seed=2)

    for by in AXES:
        for row in draw(f"by={by}").rows:
            shown = [cell.confirmed.papers + cell.waiting.papers for cell in row.cells]
            assert sum(shown) >= row.total.confirmed.papers


def test_rows_are_the_classes_and_what_is_below_the_opened_ones(vocabulary):
    assert slugs(draw()) == MAINS
    opened = draw("open=car_t&open=car_t-gd2&open=targeted-mtor")

    below = slugs(opened)[4:]
    assert below[:3] == ["car_t-her2", "car_t-gd2", next(
        iter(Drug.objects.filter(therapy_class__slug="car_t-gd2").values_list("slug", flat=True))
    )]  # fmt: skip
    assert [row.heading.level for row in opened.rows][3:7] == [0, 1, 1, 2]
    assert row_of(opened, "car_t-gd2").heading.parent == "car_t"
    assert "targeted-mtor" not in slugs(opened)  # its own class is closed


def test_a_filter_on_the_classes_chooses_rows(vocabulary):
    assert slugs(draw("therapy_class=car_t&therapy_class=targeted-mtor")) == [
        "targeted-mtor", "car_t",
    ]  # fmt: skip
    assert draw("therapy_class=targeted-mtor").rows[0].heading.name.startswith("Targeted")


def test_a_filter_on_what_is_across_chooses_columns(vocabulary):
    chosen = draw("setting=refractory&setting=first_relapse")

    assert [column.slug for column in chosen.columns] == ["first_relapse", "refractory"]
    assert "none" in [column.slug for column in draw("setting=refractory&by=year").columns]


def test_a_filter_on_papers_that_have_something_leaves_no_column_for_the_rest(vocabulary):
    for query in ("has_setting=true", "by=year&year_min=2000", "by=study_design&study_design=rct"):
        assert "none" not in [column.slug for column in draw(query).columns]


def test_years_stand_without_a_gap_and_far_ones_together(generate):
    generate(200, seed=3)
    Paper.objects.filter(year=2999).update(year=2998)

    columns = [column.slug for column in draw("by=year").columns]
    this_year = timezone.localdate().year
    years = [str(year) for year in range(this_year - 29, this_year + 1)]
    assert columns == [f"to_{int(years[0]) - 1}", *years, f"from_{this_year + 1}", "none"]


def test_nothing_found_says_whether_anybody_looked(vocabulary, searched):
    searched("rhabdomyosarcoma AND vincristine")
    drawn = draw("open=chemotherapy&open=chemotherapy-vinca")

    looked = {row.heading.slug: row.total.is_looked_for for row in drawn.rows}
    assert [slug for slug, is_looked in looked.items() if is_looked] == [
        "chemotherapy", "chemotherapy-vinca", "vincristine",
    ]  # fmt: skip
    assert cell_of(drawn, "chemotherapy", "mixed").is_empty
    assert drawn.total.is_looked_for


def test_a_year_after_the_last_search_is_not_looked_for_yet(vocabulary, searched):
    searched("rhabdomyosarcoma", on=timezone.now() - dt.timedelta(days=800))
    year = timezone.localdate().year

    drawn = draw("by=year")
    looked = {
        column.slug: cell.is_looked_for
        for column, cell in zip(drawn.columns, drawn.totals, strict=True)
    }
    assert looked[str(year)] is False
    assert looked[str(year - 3)] is True
    assert looked["none"] is True


def test_retracted_papers_are_counted_and_can_be_left_out(generate):
    generate(200, seed=4)
    everything, without = draw(), draw("is_retracted=false")

    assert everything.retracted > 0
    assert without.retracted == 0
    assert (
        everything.total.confirmed.papers - without.total.confirmed.papers
        == everything.total.confirmed.retracted
    )


@pytest.mark.parametrize("query", ["", "by=year", "by=study_design&open=chemotherapy"])
def test_the_map_asks_a_constant_number_of_queries(generate, searched, query):
    searched("rhabdomyosarcoma")
    generate(3)
    draw(query)
    with CaptureQueriesContext(connection) as few:
        draw(query)
    generate(80, seed=1)
    searched("nivolumab")
    with CaptureQueriesContext(connection) as many:
        draw(query)

    assert len(many) == len(few)


def test_an_opened_row_costs_one_query_a_drug(vocabulary, generate):
    generate(5)
    drugs = Drug.objects.filter(therapy_class__slug="chemotherapy-vinca").count()
    draw("")  # what is remembered for a minute
    with CaptureQueriesContext(connection) as closed:
        draw("open=chemotherapy&open=car_t-other")
    with CaptureQueriesContext(connection) as opened:
        draw("open=chemotherapy&open=chemotherapy-vinca")

    assert len(opened) == len(closed) + drugs + 1  # and their synonyms


REFUSED = {
    "by=colour": "by",
    "view=pie": "view",
    "open=nothing": "open",
    "therapy_class=nothing": "therapy_class",
    "year_min=soon": "year_min",
    "has_setting=maybe": "has_setting",
    "is_retracted=maybe": "is_retracted",
    "tag_state=waiting": "tag_state",
    "ordering=year": "ordering",
    "search=AND": "search",
}


@pytest.mark.parametrize(("query", "name"), REFUSED.items(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_with_a_sentence(vocabulary, query, name):
    asked = map_filter(QueryDict(query))

    assert not asked.is_valid()
    assert list(asked.errors) == [name]
    with pytest.raises(ValueError, match="no question"):
        question(asked)
