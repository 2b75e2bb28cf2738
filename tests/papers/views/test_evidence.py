"""The evidence map's page and its files."""

from __future__ import annotations

import csv
import io
import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from papers.models import Paper, Pull, Search, Suggestion
from regimens.models import Setting, TherapyClass

MAP = "/map/"


@pytest.fixture
def papers(acquire, say) -> list[Paper]:
    """Four papers: two on chemotherapy in relapse, one of them retracted; one that waits for CAR-T;
    one of which nothing is said.
    """
    found = acquire(
        *({"title": f"Paper {n}", "issued": {"date-parts": [[2018 + n]]}} for n in range(4))
    )
    say("confirmed", "chemotherapy", *found[:2])
    say("confirmed", "relapsed_refractory", *found[:2])
    Paper.objects.filter(pk=found[1].pk).update(status="retracted")
    Suggestion.objects.create(
        paper=found[2], therapy_class=TherapyClass.objects.get(slug="car_t"), score=0.9, rule="r",
        made_at=timezone.now(),
    )  # fmt: skip
    return found


@pytest.fixture
def searched(db) -> Pull:
    search = Search.objects.create(name="Trials of CAR-T", source="pubmed", query="CAR-T")
    return Pull.objects.create(
        search=search, source="pubmed", query="CAR-T", state="done", finished_at=timezone.now()
    )


def links(page: str) -> dict[str, str]:
    """The addresses of the figures by their names."""
    found = re.findall(r'<a (?:class="waits" )?href="(/papers/\?[^"]*)" aria-label="([^"]*)"', page)
    return {label: address.replace("&amp;", "&") for address, label in found}


def test_map_shows_figures_whose_links_open_their_lists(sign_in, papers):
    browser = sign_in("reader")
    page = browser.get(MAP).content.decode()

    found = links(page)
    assert "2 confirmed: Chemotherapy, Relapsed or refractory; of which 1 retracted" in found
    assert "+ 1 waiting: CAR-T cells, No setting" in found
    for label, address in found.items():
        answer = browser.get(address)
        assert answer.context["page_obj"].paginator.count == int(re.search(r"\d+", label)[0]), label


def test_map_tells_three_kinds_of_nothing_apart(sign_in, papers, searched):
    page = sign_in("reader").get(MAP).content.decode()

    cells = re.findall(r"<tr[^>]*>.*?</tr>", page, re.DOTALL)
    chemotherapy, *_, car_t = (row for row in cells if '<th scope="row"><a' in row)
    assert "is-unsought" in chemotherapy
    assert "is-none" not in chemotherapy
    assert "is-none" in car_t
    assert "is-undecided" in car_t
    assert "is-unsought" not in car_t


def test_map_says_which_searches_looked(sign_in, papers, searched):
    page = sign_in("reader").get(MAP).content.decode()

    assert f'<a href="{searched.search.get_absolute_url()}">Trials of CAR-T</a>, last on' in page
    assert "Not looked for: no finished search covers it." in page


def test_map_shows_strangers_no_search(client, settings, papers, searched):
    settings.PUBLIC_READ = True

    page = client.get(MAP).content.decode()
    assert "1 search, the last on" in page
    assert "Trials of CAR-T" not in page


def test_map_keeps_its_filters_in_every_address(sign_in, papers):
    page = (
        sign_in("reader").get(f"{MAP}?by=year&view=heat&year_min=2019&open=car_t").content.decode()
    )

    for href in (
        "?by=setting&amp;view=heat&amp;year_min=2019&amp;open=car_t",
        "?by=year&amp;view=bubble&amp;year_min=2019&amp;open=car_t",
        "?by=year&amp;view=heat&amp;year_min=2019&amp;open=car_t&amp;open=targeted#",
        "map.svg?by=year&amp;view=heat&amp;year_min=2019&amp;open=car_t",
    ):
        assert href in page, href
    assert "From year: 2019" in page


def test_map_form_keeps_what_it_has_no_field_for(sign_in, papers):
    query = "by=year&open=car_t&therapy_class=car_t-gd2&setting=mixed&has_abstract=true"
    page = sign_in("reader").get(f"{MAP}?{query}").content.decode()

    form = page[page.index('<form class="form" action="/map/"') :].partition("</form>")[0]
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    assert kept == [
        ("by", "year"), ("open", "car_t"), ("therapy_class", "car_t-gd2"), ("has_abstract", "true"),
    ]  # fmt: skip
    assert '<input type="checkbox" name="setting" value="mixed" checked>' in page


def test_map_leaves_empty_fields_of_its_form_out_of_the_address(sign_in, papers):
    answer = sign_in("reader").get(f"{MAP}?search=&by=year&is_retracted=")

    assert answer.status_code == 302
    assert answer["Location"] == f"{MAP}?by=year"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("by=colour", "Select a valid choice"),
        ("open=nothing", "There is no therapy class “nothing” to open."),
        ("tag_state=waiting", "leave tag_state out"),
        ("setting=nothing", "There is no setting “nothing”."),
    ],
)
def test_map_says_what_it_cannot_read(sign_in, vocabulary, query, sentence):
    browser = sign_in("reader")
    page = browser.get(f"{MAP}?{query}&year_min=2000").content.decode()

    assert escape(sentence) in page
    assert f'href="{MAP}?year_min=2000"' in page
    assert browser.get(f"/map/map.svg?{query}").status_code == 400


def test_map_without_a_vocabulary_says_so(sign_in):
    assert "There are no therapy classes yet." in sign_in("reader").get(MAP).content.decode()


@pytest.mark.parametrize("query", ["", "?by=year", "?by=study_design&view=heat"])
def test_map_asks_a_constant_number_of_queries(sign_in, acquire, say, query):
    browser = sign_in("curator")
    counts = []
    for count in (1, 30):
        found = acquire(*({"title": f"Paper {count} {n}"} for n in range(count)))
        say("confirmed", "chemotherapy", *found)
        say("confirmed", "mixed", *found)
        browser.get(MAP + query)
        with CaptureQueriesContext(connection) as asked:
            browser.get(MAP + query)
        counts.append(len(asked))

    assert counts[0] == counts[1]


FILES = [
    ("svg", "image/svg+xml", b"<svg "),
    ("png", "image/png", b"\x89PNG\r\n\x1a\n"),
    ("pdf", "application/pdf", b"%PDF-"),
]


@pytest.mark.parametrize(("extension", "content_type", "beginning"), FILES)
@pytest.mark.parametrize("query", ["by=setting", "by=year&view=heat", "by=study_design&open=car_t"])
def test_map_comes_as_a_picture(sign_in, papers, extension, content_type, beginning, query):
    answer = sign_in("reader").get(f"/map/map.{extension}?{query}")

    assert answer["Content-Type"] == content_type
    assert answer["Content-Disposition"].endswith(f'.{extension}"')
    assert answer.content.startswith(beginning)
    assert len(answer.content) > 2000


def test_map_file_carries_title_date_filters_and_retractions(sign_in, papers):
    answer = sign_in("reader").get("/map/map.svg?year_min=2018&setting=relapsed_refractory")

    svg = ElementTree.fromstring(answer.content)
    words = " ".join(text.text for text in svg.iter("{http://www.w3.org/2000/svg}text"))
    assert "Evidence map: therapy class by setting" in words
    assert f"counted on {timezone.localdate():%-d %B %Y}, of 2 papers" in words
    assert "Filters: Setting: Relapsed or refractory; From year: 2018." in words
    assert "One paper of the map is retracted; it is counted, and marked †." in words


def test_map_file_says_how_many_papers_wait_beside_those_it_counts(sign_in, papers):
    svg = sign_in("reader").get("/map/map.svg").content.decode()

    assert "and + 1 whose proposals wait" in svg


def test_map_file_says_when_retracted_papers_are_left_out(sign_in, papers):
    answer = sign_in("reader").get("/map/map.svg?is_retracted=false")

    assert "Retracted papers are left out." in answer.content.decode()
    assert "1†" not in answer.content.decode()


def test_map_comes_as_csv_with_every_cell_and_its_links(sign_in, papers):
    browser = sign_in("reader")
    answer = browser.get("/map/map.csv?open=car_t")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    columns = Setting.objects.filter(parent=None).count() + 2
    assert (
        len(rows) == (4 + TherapyClass.objects.filter(parent__slug="car_t").count() + 1) * columns
    )
    cell = next(
        row
        for row in rows
        if (row["row"], row["column"]) == ("chemotherapy", "relapsed_refractory")
    )
    assert (cell["confirmed"], cell["confirmed_retracted"], cell["waiting"]) == ("2", "1", "0")
    assert browser.get(cell["confirmed_url"]).context["page_obj"].paginator.count == 2
    assert {row["parent"] for row in rows if row["level"] == "1"} == {"car_t"}


def test_map_of_an_unknown_kind_of_file_is_not_found(sign_in, vocabulary):
    assert sign_in("reader").get("/map/map.gif").status_code == 404


def test_dashboard_shows_the_map_and_leads_to_it(sign_in, papers):
    page = sign_in("reader").get("/").content.decode()

    assert 'id="map-words">Chemotherapy: 2 confirmed, 0 waiting' in page
    assert f'href="{reverse("papers:map")}?by=year"' in page
