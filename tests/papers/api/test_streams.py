"""Lists without pages: NDJSON and CSV, as they are read."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db

PAPERS = "/api/v1/papers/"


def body(reply) -> str:
    assert reply.streaming
    return b"".join(reply.streaming_content).decode("utf-8-sig")


@pytest.mark.parametrize(
    "ask",
    [
        {"data": {"format": "ndjson", "ordering": "id"}},
        {"data": {"ordering": "id"}, "headers": {"Accept": "application/x-ndjson"}},
    ],
)
def test_papers_stream_as_ndjson_without_pages(api, add_papers, ask):
    ids = add_papers(*({"title": f"Paper {n}"} for n in range(230)))

    reply = api("reader").get(PAPERS, **ask)

    lines = [json.loads(line) for line in body(reply).splitlines()]
    assert reply["Content-Type"] == "application/x-ndjson; charset=utf-8"
    assert [line["id"] for line in lines] == ids


def test_streamed_papers_are_those_of_the_filter(api, add_papers):
    _old, new = add_papers(
        {"title": "Old", "issued": {"date-parts": [[1999]]}},
        {"title": "New", "issued": {"date-parts": [[2021]]}},
    )

    reply = api("reader").get(PAPERS, {"format": "ndjson", "year_min": 2000})

    assert [json.loads(line)["id"] for line in body(reply).splitlines()] == [new]


def test_line_of_an_export_is_the_paper_as_the_api_shows_it(api, rich, tmp_path):
    reader = api("reader")
    call_command("export", str(tmp_path / "papers.jsonl"), "--format", "jsonl")

    [line] = (tmp_path / "papers.jsonl").read_text().splitlines()
    assert json.loads(line) == reader.get(f"{PAPERS}{rich.pk}/").json()
    assert line == body(reader.get(PAPERS, {"format": "ndjson"})).rstrip("\n")


@pytest.mark.parametrize("ask", [{"data": {"format": "csv"}}, {"headers": {"Accept": "text/csv"}}])
def test_papers_stream_as_csv(api, rich, ask):
    reply = api("reader").get(PAPERS, **ask)

    rows = list(csv.DictReader(io.StringIO(body(reply))))
    assert reply["Content-Type"] == "text/csv; charset=utf-8"
    assert [(row["pmid"], row["doi"]) for row in rows] == [("21000001", "10.1000/rich.1")]


@pytest.mark.parametrize(
    "place", ["authors", "journals", "therapy-classes", "drugs", "regimens", "tags", "changes"]
)
def test_every_list_streams_what_its_pages_show(api, rich, vocabulary, place):
    reader = api("reader")

    pages = reader.get(f"/api/v1/{place}/", {"page_size": 200}).json()
    lines = body(reader.get(f"/api/v1/{place}/", {"format": "ndjson"})).splitlines()
    rows = list(csv.reader(io.StringIO(body(reader.get(f"/api/v1/{place}/", {"format": "csv"})))))

    assert [json.loads(line) for line in lines] == pages["results"]
    assert len(rows) == pages["count"] + 1
    assert not pages["results"] or rows[0] == list(pages["results"][0])


def test_csv_disarms_formulas(api, add_papers):
    add_papers({"title": "T", "author": [{"family": "=cmd()", "given": "A"}]})

    rows = list(csv.DictReader(io.StringIO(body(api("reader").get("/api/v1/authors/?format=csv")))))

    assert [row["family"] for row in rows] == ["'=cmd()"]


def test_refusal_of_a_stream_is_json(api, db):
    reply = api("reader").get(PAPERS, {"year_max": "x"}, headers={"Accept": "text/csv"})

    assert (reply.status_code, reply["Content-Type"]) == (400, "application/json")
    assert reply.json() == {"year_max": ["Enter a whole number."]}
