"""The evidence map over the API."""

from __future__ import annotations

import csv
import io

import pytest
from django.utils import timezone

from papers.models import Paper, Pull
from papers.services.tagging import Statement, tag_papers
from regimens.models import Setting, TherapyClass

MAP = "/api/v1/map/"


@pytest.fixture
def papers(vocabulary, add_papers, person) -> list[int]:
    """Two papers on CAR-T in relapse, one of them retracted; one of which nothing is said."""
    ids = add_papers(
        *({"title": f"Paper {n}", "issued": {"date-parts": [[2020]]}} for n in range(3))
    )
    said = [TherapyClass.objects.get(slug="car_t"), Setting.objects.get(slug="first_relapse")]
    statements = [Statement(target, "confirmed") for target in said]
    tag_papers(papers=ids[:2], statements=statements, by=person("curator"))
    Paper.objects.filter(pk=ids[0]).update(status="retracted")
    return ids


def test_map_has_axes_cells_and_the_list_behind_each_figure(api, papers):
    client = api("reader")
    answer = client.get(MAP, {"by": "setting"}).json()

    assert list(answer) == ["title", "by", "counted_at", "papers", "columns", "rows", "cells"]
    assert [row["slug"] for row in answer["rows"]] == [
        "chemotherapy", "targeted", "immunotherapy", "car_t",
    ]  # fmt: skip
    columns = [column["slug"] for column in answer["columns"]]
    assert [(cell["row"], cell["column"]) for cell in answer["cells"]] == [
        (row, column)
        for row in ("chemotherapy", "targeted", "immunotherapy", "car_t", "all")
        for column in (*columns, "all")
    ]
    assert answer["papers"]["papers"] == 3
    for cell in answer["cells"]:
        for figure in (cell["confirmed"], cell["waiting"]):
            assert client.get(figure["papers_url"]).json()["count"] == figure["papers"]


def test_map_says_how_many_are_retracted_and_leaves_them_out_when_asked(api, papers):
    client = api("reader")

    def total(**query: str) -> dict[str, int]:
        figure = client.get(MAP, query).json()["cells"][-1]["confirmed"]
        return {name: figure[name] for name in ("papers", "retracted")}

    assert total() == {"papers": 2, "retracted": 1}
    assert total(is_retracted="false") == {"papers": 1, "retracted": 0}


def test_map_says_what_was_looked_for(api, papers):
    Pull.objects.create(source="pubmed", query="CAR-T", state="done", finished_at=timezone.now())

    rows = api("reader").get(MAP).json()["rows"]
    assert [(row["slug"], row["looked_for"], row["last_looked_for"]) for row in rows] == [
        ("chemotherapy", False, None),
        ("targeted", False, None),
        ("immunotherapy", False, None),
        ("car_t", True, f"{timezone.localdate():%Y-%m-%d}"),
    ]


def test_map_opens_rows(api, papers):
    rows = api("reader").get(MAP, {"open": ["car_t", "car_t-gd2"]}).json()["rows"]

    inner = [row for row in rows if row["level"]]
    assert inner[0] == {
        "kind": "therapy_class", "slug": "car_t-her2", "name": inner[0]["name"], "level": 1,
        "parent": "car_t", "looked_for": False, "last_looked_for": None,
    }  # fmt: skip
    assert [(row["kind"], row["parent"]) for row in inner if row["level"] == 2] == [
        ("drug", "car_t-gd2")
    ]


@pytest.mark.parametrize("ask", [{"query": {"format": "csv"}}, {"accept": "text/csv"}])
def test_map_comes_as_csv(api, papers, ask):
    headers = {"Accept": ask["accept"]} if "accept" in ask else {}
    answer = api("reader").get(MAP, ask.get("query", {}) | {"by": "year"}, headers=headers)

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="map.csv"'
    cell = next(row for row in rows if (row["row"], row["column"]) == ("car_t", "2020"))
    assert (cell["confirmed"], cell["confirmed_retracted"], cell["waiting"]) == ("2", "1", "0")
    assert cell["confirmed_url"].startswith("http://testserver/api/v1/papers/?")


@pytest.mark.parametrize(
    ("query", "name", "sentence"),
    [
        ("by=colour", "by", "Select a valid choice."),
        ("open=nothing", "open", "There is no therapy class “nothing” to open."),
        ("tag_state=waiting", "tag_state", "There is no parameter “tag_state” here."),
        ("ordering=year", "ordering", "There is no parameter “ordering” here."),
        ("bz=year", "bz", "There is no parameter “bz” here."),
        ("year_min=soon", "year_min", "Enter a whole number."),
        ("search=AND", "search", "AND needs something on both sides"),
        ("format=xml", "format", "There is no format “xml” here."),
    ],
)
def test_map_refuses_what_it_cannot_read(api, vocabulary, query, name, sentence):
    answer = api("reader").get(f"{MAP}?{query}")

    assert answer.status_code == 400
    assert sentence in answer.json()[name][0]


@pytest.mark.parametrize("method", ["options", "post", "delete"])
def test_only_the_map_itself_is_a_table(api, vocabulary, method):
    answer = getattr(api("reader"), method)(MAP, headers={"Accept": "text/csv"})

    assert answer.status_code in (403, 405, 406)
    assert answer["Content-Type"] == "application/json"


def test_map_is_public_with_the_library(api, settings, papers):
    assert api().get(MAP).status_code == 401
    settings.PUBLIC_READ = True
    assert api().get(MAP).status_code == 200
