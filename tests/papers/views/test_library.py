"""The library's page: what it shows, finds, counts and keeps."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from papers.models import Paper
from papers.services.suggesting import read_awaiting

LIBRARY = reverse("papers:library")

VAC = {
    "title": "VAC in relapse",
    "PMID": "101",
    "DOI": "10.1000/vac",
    "container-title": "Cancer",
    "issued": {"date-parts": [[2021]]},
    "author": [
        {"family": name, "given": "A"} for name in ("Li", "Rossi", "Meyer", "Okafor", "Bisogno")
    ],
}
IVA = {"title": "IVA at diagnosis", "PMID": "102", "issued": {"date-parts": [[2015]]}}
TCELLS = {"title": "T cells against FGFR4", "PMID": "103", "issued": {"date-parts": [[2024]]}}


@pytest.fixture
def reader(sign_in):
    return sign_in("reader")


@pytest.fixture
def papers(acquire):
    return acquire(VAC, IVA, TCELLS)


def titles(answer) -> list[str]:
    return [paper.title for paper in answer.context["page_obj"]]


def text(answer) -> str:
    return unescape(answer.content.decode())


def test_library_shows_a_paper_as_one_row(reader, papers):
    row = text(reader.get(LIBRARY, {"search": "VAC"})).split('<ol class="rows">')[1]

    assert f'href="{papers[0].get_absolute_url()}">VAC in relapse</a>' in row
    assert "Li, Rossi, Meyer, + 1, Bisogno" in row
    assert "<i>Cancer</i>" in row
    assert "PMID 101" in row
    assert ">2021</span>" in row
    assert "not tagged yet" in row


def test_library_shows_what_waits_beside_what_is_confirmed(sign_in, acquire, say, vocabulary):
    [paper] = acquire({"title": "Temsirolimus and pembrolizumab in rhabdomyosarcoma"})
    list(read_awaiting())
    say("confirmed", "immunotherapy", paper)

    page = text(sign_in("curator").get(LIBRARY))
    row = page.split('<ol class="rows">')[1].split("</ol>")[0]

    assert re.findall(r'<span class="hidden-visually">, (\w+)</span>', row) == [
        "confirmed",
        "waiting",
    ]
    assert '<span class="cls m-t is-waiting">' in row
    assert f"{reverse('papers:bulk_desk')}?min_score=0.5" in page


def test_library_leads_readers_to_no_desk(reader, papers):
    assert reverse("papers:bulk_desk") not in text(reader.get(LIBRARY))


@pytest.mark.parametrize(
    ("families", "shown"),
    [
        (["Li"], "Li"),
        (["Li", "Rossi", "Meyer"], "Li, Rossi, Meyer"),
        (["Li", "Rossi", "Meyer", "Okafor"], "Li, Rossi, Meyer, Okafor"),
        (["Li", "Rossi", "Meyer", "Okafor", "Roe"], "Li, Rossi, Meyer, + 1, Roe"),
        ([], "No author given"),
    ],
)
def test_library_names_the_first_authors_and_the_last(reader, acquire, families, shown):
    acquire({"title": "One", "PMID": "104", "author": [{"family": name} for name in families]})

    assert f'<span dir="auto">{shown}</span>' in text(reader.get(LIBRARY))


def test_library_shows_newest_first_and_sorts_as_asked(reader, papers):
    assert titles(reader.get(LIBRARY)) == [TCELLS["title"], IVA["title"], VAC["title"]]
    by_year = reader.get(LIBRARY, {"ordering": "year"})
    assert titles(by_year) == [IVA["title"], VAC["title"], TCELLS["title"]]


def test_library_offers_relevance_only_to_a_search(reader, papers):
    assert "relevance" not in dict(reader.get(LIBRARY).context["orderings"])
    searched = reader.get(LIBRARY, {"search": "VAC"})
    assert searched.context["ordering"] == "relevance"
    assert 'value="relevance" selected' in text(searched)


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"search": "author:Rossi"}, ["VAC in relapse"]),
        ({"year_min": "2016", "year_max": "2022"}, ["VAC in relapse"]),
        ({"therapy_class": ["chemotherapy", "car_t"]}, [TCELLS["title"], "VAC in relapse"]),
        ({"tag_state": "none"}, ["IVA at diagnosis"]),
        ({"tag_state": "rejected", "therapy_class": "car_t"}, ["VAC in relapse"]),
        ({"setting": "relapsed_refractory"}, ["VAC in relapse"]),
        ({"study_design": ["preclinical", "rct"]}, [TCELLS["title"]]),
    ],
)
def test_library_finds(reader, papers, say, parameters, found):
    say("confirmed", "chemotherapy", papers[0])
    say("rejected", "car_t", papers[0])
    say("confirmed", "car_t", papers[2])
    say("confirmed", "first_relapse", papers[0])
    say("confirmed", "preclinical", papers[2])

    assert titles(reader.get(LIBRARY, parameters)) == found


def test_library_says_when_there_is_no_such_class(reader, papers):
    answer = reader.get(LIBRARY, {"therapy_class": "cellular"})

    assert "There is no therapy class “cellular”." in text(answer)
    assert "page_obj" not in answer.context


def test_library_counts_classes_with_their_sub_classes(reader, papers, say):
    say("confirmed", "chemotherapy", papers[0])
    facet = reader.get(LIBRARY).context["facets"][0]

    counts = {choice.value: choice.count for choice in facet.choices if not choice.level}
    assert counts == {"chemotherapy": 1, "targeted": 0, "immunotherapy": 0, "car_t": 0}


def test_library_offers_settings_and_designs_that_papers_have(reader, papers, say):
    say("confirmed", "first_relapse", papers[0])
    say("confirmed", "rct", papers[0], papers[2])

    found = {facet.name: facet for facet in reader.get(LIBRARY).context["facets"]}

    assert [
        (choice.value, choice.count, choice.level)
        for name in ("setting", "study_design")
        for choice in found[name].choices
        if choice.count
    ] == [("relapsed_refractory", 1, 0), ("first_relapse", 1, 1), ("rct", 2, 0)]


def test_library_says_that_no_paper_has_a_setting_yet(reader, papers, vocabulary):
    facet = text(reader.get(LIBRARY)).split("<legend>Setting</legend>")[1].split("</fieldset>")[0]

    assert "none" in facet
    assert "<input" not in facet


def test_library_says_what_kind_a_setting_and_a_design_are(reader, papers, say):
    say("confirmed", "mixed", papers[0])
    say("rejected", "other", papers[0])

    row = text(reader.get(LIBRARY, {"search": "VAC"})).split('<ol class="rows">')[1]

    assert 'Setting: Mixed<span class="hidden-visually">, setting, confirmed</span>' in row
    assert 'Design: <s>Other</s><span class="hidden-visually">, design, rejected</span>' in row
    assert "not tagged yet" in row


def test_library_does_not_call_a_tagged_paper_untagged(reader, papers, say):
    say("confirmed", "mixed", papers[0])
    say("confirmed", "ivado", papers[0])

    row = text(reader.get(LIBRARY, {"search": "VAC"})).split('<ol class="rows">')[1]

    assert "not tagged yet" not in row


def test_library_takes_settings_and_designs_off_again(reader, papers, vocabulary):
    answer = reader.get(f"{LIBRARY}?setting=mixed&setting=maintenance&study_design=rct")

    assert [tuple(chip) for chip in answer.context["chips"]] == [
        ("Setting: Mixed", "?setting=maintenance&study_design=rct"),
        ("Setting: Maintenance", "?setting=mixed&study_design=rct"),
        ("Study design: Randomised trial", "?setting=mixed&setting=maintenance"),
    ]


def test_library_shows_a_decision_with_its_state(reader, papers, say):
    say("rejected", "car_t", papers[0])

    row = text(reader.get(LIBRARY, {"search": "VAC"})).split('<ol class="rows">')[1]

    assert "is-rejected" in row
    assert "CAR-T" in row
    assert ", rejected</span>" in row


def test_library_says_that_a_paper_is_retracted(reader, papers):
    type(papers[0]).objects.filter(pk=papers[0].pk).update(status="retracted")

    assert '<strong class="label is-danger">Retracted</strong>' in text(reader.get(LIBRARY))


def test_library_shows_each_filter_as_a_chip_that_leads_to_the_rest(reader, papers):
    answer = reader.get(LIBRARY, {"search": "VAC", "year_min": "2020", "page": "1"})

    assert [tuple(chip) for chip in answer.context["chips"]] == [
        ("Search: VAC", "?year_min=2020"),
        ("From year: 2020", "?search=VAC"),
    ]


def test_library_chip_names_what_a_filter_means(reader, papers, vocabulary):
    query = {"therapy_class": ["chemotherapy", "car_t"], "journal": papers[0].journal_id}

    chips = reader.get(LIBRARY, query).context["chips"]

    assert [chip.label for chip in chips] == [
        "Therapy class: Chemotherapy",
        "Therapy class: CAR-T cells",
        "Journal: Cancer",
    ]


def test_library_chip_takes_away_what_it_names_whatever_the_order(reader, papers, vocabulary):
    answer = reader.get(f"{LIBRARY}?therapy_class=car_t&therapy_class=chemotherapy")

    assert [tuple(chip) for chip in answer.context["chips"]] == [
        ("Therapy class: CAR-T cells", "?therapy_class=chemotherapy"),
        ("Therapy class: Chemotherapy", "?therapy_class=car_t"),
    ]


def test_library_shows_one_chip_for_what_is_heard_once(reader, papers):
    answer = reader.get(f"{LIBRARY}?search=IVA&search=VAC&year_min=2020")

    assert [tuple(chip) for chip in answer.context["chips"]] == [
        ("Search: VAC", "?year_min=2020"),
        ("From year: 2020", "?search=IVA&search=VAC"),
    ]


def test_library_gives_one_set_of_papers_one_address(reader, papers):
    answer = reader.get(LIBRARY, {"search": "VAC", "year_min": "", "tag_state": " "})

    assert answer.status_code == 302
    assert answer.url == f"{LIBRARY}?search=VAC"
    assert reader.get(LIBRARY, {"search": ""}).url == LIBRARY


def test_library_keeps_filters_when_one_searches_again(reader, papers):
    answer = reader.get(
        LIBRARY, {"search": "VAC", "year_min": "2020"}, headers={"HX-Request": "true"}
    )

    assert '<input type="hidden" form="query" name="year_min" value="2020">' in text(answer)
    assert 'form="query" name="search"' not in text(answer)


def test_library_answers_htmx_with_the_part_and_its_address(reader, papers):
    answer = reader.get(LIBRARY, {"search": "VAC"}, headers={"HX-Request": "true"})

    assert text(answer).lstrip().startswith('<div id="found"')
    assert "<html" not in text(answer)
    assert answer["HX-Push-Url"] == f"{LIBRARY}?search=VAC"
    assert "HX-Request" in answer["Vary"]


def test_library_answers_htmx_going_back_with_the_whole_page(reader, papers):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert "<html" in text(reader.get(LIBRARY, {"search": "VAC"}, headers=headers))


def test_library_comes_in_pages_that_keep_the_filter(reader, acquire):
    acquire(*({"title": f"VAC {n}", "PMID": str(200 + n)} for n in range(30)))

    second = reader.get(LIBRARY, {"search": "VAC", "ordering": "-id", "page": "2"})

    assert titles(second) == ["VAC 4", "VAC 3", "VAC 2", "VAC 1", "VAC 0"]
    assert "?search=VAC&ordering=-id&page=1" in text(second)


def test_library_without_papers_leads_to_the_import(reader):
    page = text(reader.get(LIBRARY))

    assert "The library is empty." in page
    assert reverse("papers:import_list") in page


def test_library_without_a_hit_says_what_each_filter_hides(reader, papers):
    answer = reader.get(LIBRARY, {"search": "VAC", "year_max": "2016"})

    assert "No paper matches." in text(answer)
    assert [(chip.label, count) for chip, count in answer.context["loosened"]] == [
        ("Search: VAC", 1),
        ("To year: 2016", 1),
    ]


def test_library_says_when_no_single_filter_is_the_reason(reader, papers):
    answer = reader.get(LIBRARY, {"search": "nothing", "year_max": "1990"})

    assert answer.context["loosened"] == []
    assert "No single filter is the reason." in text(answer)


def test_library_names_the_field_that_it_cannot_read(reader, papers):
    assert "<b>From year:</b> Enter a whole number." in text(reader.get(LIBRARY, {"year_min": "x"}))


def test_library_keeps_a_search_that_it_cannot_read(reader, papers):
    answer = reader.get(LIBRARY, {"search": '"relapse" year:soon', "year_min": "2020"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="&quot;relapse&quot; year:soon"' in page
    assert 'aria-invalid="true"' in page
    assert answer.context["mended"] == f"{LIBRARY}?year_min=2020"
    assert '<ol class="rows">' not in page


def test_library_exports_what_it_shows(reader, papers):
    page = text(reader.get(LIBRARY, {"search": "VAC", "page": "1"}))

    for name in ("ris", "bibtex", "csl_json", "csv", "xlsx", "jsonl"):
        assert page.count(f"{reverse('papers:export')}?search=VAC&format={name}") == 1


def test_library_shows_a_title_with_a_script_as_text(reader, acquire):
    acquire({"title": "Relapse <script>alert(1)</script>", "PMID": "104"})

    page = reader.get(LIBRARY).content.decode()

    assert "<script>alert" not in page
    assert "Relapse" in page


def test_library_lets_a_title_run_from_right_to_left(reader, acquire):
    acquire({"title": "ساركوما", "PMID": "105"})

    assert '<p class="title" dir="auto">' in text(reader.get(LIBRARY))


def test_library_shows_the_markup_of_a_title_and_no_other(reader, acquire):
    acquire({"title": "One", "PMID": "104"})
    Paper.objects.update(title_html='CD<sup>8</sup><img src=x onerror="x"><a href="//e">e</a>')

    assert ">CD<sup>8</sup>e</a></p>" in text(reader.get(LIBRARY))


def test_library_that_is_public_names_nobody_and_tags_nothing(client, papers, say, settings):
    say("confirmed", "car_t", *papers)
    settings.PUBLIC_READ = True

    page = text(client.get(LIBRARY))

    assert "CAR-T" in page
    assert "colleague" not in page
    assert "data-bulk" not in page
    assert reverse("papers:undo") not in page


def test_library_that_is_not_public_asks_strangers_to_sign_in(client, papers):
    assert client.get(LIBRARY).url == f"{reverse('account_login')}?next={LIBRARY}"


@pytest.mark.parametrize(
    "query",
    [
        "updated_since=9999-12-31T23:59:59-12:00", "updated_since=soon", f"year_min={'9' * 30}",
        f"author={'9' * 30}", "search=%00", "pmid=0", "doi=x", "status=x", "ordering=evil",
        "has_abstract=maybe", "publication_type=%00",
    ],
)  # fmt: skip
def test_library_says_what_it_cannot_read(reader, papers, query):
    answer = reader.get(f"{LIBRARY}?{query}")

    assert answer.status_code == 200
    assert list(answer.context["filter"].errors) == [query.split("=")[0]]
    assert '<div class="note is-danger" role="alert">' in text(answer)
    assert "page_obj" not in answer.context


@pytest.mark.parametrize(("page", "shown"), [("x", 1), ("0", 2), ("9999", 2), ("-1", 2)])
def test_library_shows_a_page_for_any_number(reader, acquire, page, shown):
    acquire(*({"title": f"VAC {n}", "PMID": str(200 + n)} for n in range(30)))

    assert reader.get(LIBRARY, {"page": page}).context["page_obj"].number == shown


def test_library_lets_only_those_tag_who_may(sign_in, papers):
    assert "data-bulk" not in text(sign_in("reader").get(LIBRARY))
    assert "data-bulk" in text(sign_in("curator").get(LIBRARY))


@pytest.mark.parametrize("count", [1, 50])
def test_library_asks_a_constant_number_of_queries(
    sign_in, acquire, say, count, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("papers.views.library.PAGE_SIZE", 50)
    papers = acquire(
        *(
            {**VAC, "title": f"VAC {n}", "PMID": str(200 + n), "DOI": f"10.1000/{n}",
             "container-title": f"Journal {n}"}
            for n in range(count)
        )
    )  # fmt: skip
    say("confirmed", "chemotherapy", *papers)
    curator = sign_in("curator")
    curator.get(LIBRARY)

    with django_assert_num_queries(QUERIES):
        assert len(titles(curator.get(LIBRARY))) == count


QUERIES = 30
"""Two of them are for each of the facets of settings and designs, two for the menu of the bulk bar."""


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"pmid": "7"}, "Untitled (PMID 7)"),
        ({"semantic_scholar_id": "649def34" * 5}, "Untitled (Semantic Scholar 649def34…)"),
        ({}, "Untitled (paper 1)"),
    ],
)
def test_paper_without_a_title_is_called_by_its_identifier(fields, shown):
    assert str(Paper(pk=1, **fields)) == shown
