from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html


def test_list_shows_names_class_and_number_of_regimens(reader, make_drug, make_regimen, words):
    vinca = make_drug(
        "vincristine", "chemotherapy-vinca", mechanism="tubulin", unverified=["mechanism"]
    )
    make_regimen("va", ("treatment", [(vinca, "backbone")]))

    shown = words(reader.get("/drugs/"))

    assert "1 drug " in shown
    assert (
        "vincristine chemotherapy: chemotherapy vinca vincristine trade name (liposomal) "
        "tubulin unverified 1"
    ) in shown


def test_list_is_filtered_by_class_and_by_synonym(reader, make_drug):
    make_drug("vincristine", "chemotherapy-vinca")
    make_drug("temsirolimus", "targeted-mtor")

    by_class = reader.get("/drugs/?therapy_class=chemotherapy").context["drugs"]
    by_name = reader.get("/drugs/?search=sirolimus+trade").context["drugs"]

    assert [each.slug for each in by_class] == ["vincristine"]
    assert [each.slug for each in by_name] == ["temsirolimus"]


def test_list_says_what_to_do_when_nothing_is_found(reader, make_drug, words):
    assert "manage.py load_vocabulary" in words(reader.get("/drugs/"))
    make_drug("vincristine")
    assert "No drug has that name and class" in words(reader.get("/drugs/?search=zzz"))


def test_page_shows_codes_as_links_and_what_was_not_seen(reader, make_drug, words):
    make_drug("vincristine", "chemotherapy-vinca", atc="L01CA02", ncit="C933", unverified=["ncit"])

    page = reader.get("/drugs/vincristine/")

    shown, links = words(page), html.fromstring(page.content).xpath("//main//dd/a/@href")
    assert "ATC L01CA02 NCI Thesaurus C933 unverified RxNorm not seen" in shown
    assert links == [
        "https://atcddd.fhi.no/atc_ddd_index/?code=L01CA02",
        "https://ncithesaurus.nci.nih.gov/ncitbrowser/ConceptReport.jsp"
        "?dictionary=NCI_Thesaurus&code=C933",
    ]


def test_page_lists_regimens_and_links_papers(reader, make_drug, make_regimen):
    vinca = make_drug("vincristine", "chemotherapy-vinca")
    make_regimen("va", ("treatment", [(vinca, "backbone")]))
    make_regimen("other")

    page = html.fromstring(reader.get("/drugs/vincristine/").content)

    assert page.xpath("//section[@aria-labelledby='regimens']//a/@href") == ["/regimens/va/"]
    assert page.xpath("//a[.='Papers that mention this drug']/@href") == [
        "/papers/?drug=vincristine"
    ]


def test_page_of_a_supportive_drug_says_that_it_has_no_class(reader, make_drug, words):
    make_drug("mesna")

    shown = words(reader.get("/drugs/mesna/"))

    assert "No therapy class: no treatment of the tumour" in shown
    assert "No regimen of the vocabulary contains it." in shown


def test_page_escapes_what_people_wrote(reader, make_drug):
    make_drug("x", use="<script>alert(1)</script>")

    assert b"<script>alert" not in reader.get("/drugs/x/").content


def test_unknown_drug_is_not_found(reader):
    assert reader.get("/drugs/no-such/").status_code == 404


@pytest.mark.parametrize("path", ["/drugs/", "/drugs/drug-1-0/"])
def test_page_takes_as_many_queries_for_50_drugs_as_for_one(reader, fill, path):
    fill(1)
    reader.get(path)
    with CaptureQueriesContext(connection) as one:
        reader.get(path)
    fill(50)
    with CaptureQueriesContext(connection) as fifty:
        reader.get(path)

    assert len(fifty) == len(one)
