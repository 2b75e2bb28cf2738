from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from regimens.models import Regimen, Trial


def test_list_groups_regimens_by_their_main_classes(reader, make_drug, make_regimen):
    vinca = make_drug("vincristine", "chemotherapy-vinca")
    mtor = make_drug("temsirolimus", "targeted-mtor")
    make_regimen("ld", ("lymphodepletion", [(vinca, "lymphodepletion")]))
    make_regimen("both", ("treatment", [(vinca, "backbone"), (mtor, "investigational")]))
    make_regimen("v", ("treatment", [(vinca, "backbone")]))

    groups = reader.get("/regimens/").context["groups"]

    shown = [([each.slug for each in g.classes], [r.slug for r in g.regimens]) for g in groups]
    assert shown == [
        (["chemotherapy"], ["v"]),
        (["chemotherapy", "targeted"], ["both"]),
        ([], ["ld"]),
    ]


def test_list_is_filtered_by_class_and_by_alias(reader, make_drug, make_regimen, words):
    make_regimen("v", ("treatment", [(make_drug("x", "chemotherapy-vinca"), "backbone")]))
    make_regimen("t", ("treatment", [(make_drug("y", "targeted-mtor"), "backbone")]))

    by_class = words(reader.get("/regimens/", {"therapy_class": "targeted", "search": ""}))
    by_alias = words(reader.get("/regimens/", {"therapy_class": "", "search": "v by another"}))

    assert "1 regimen " in by_class
    assert "t by another name" in by_class
    assert "v by another name" not in by_class
    assert "v by another name" in by_alias
    assert "t by another name" not in by_alias


def test_list_keeps_what_was_chosen(reader, make_class):
    make_class("targeted")

    page = html.fromstring(
        reader.get("/regimens/", {"therapy_class": "targeted", "search": "vac"}).content
    )

    assert page.xpath("//main//input[@name='search']/@value") == ["vac"]
    assert page.xpath("//option[@selected]/@value") == ["targeted"]


def test_list_says_what_to_do_when_nothing_is_found(reader, make_regimen, words):
    make_regimen("v")

    assert "No regimen has that name and class" in words(reader.get("/regimens/?search=zzz"))


def test_list_of_an_unknown_class_says_so(reader, make_regimen, words):
    make_regimen("v")

    shown = words(reader.get("/regimens/?therapy_class=nonsense"))

    assert "nonsense is not one of the available choices. Choose a class from the list" in shown
    assert "v by another name" not in shown


def test_list_of_an_empty_vocabulary_says_how_to_load_it(reader, words):
    assert "manage.py load_vocabulary" in words(reader.get("/regimens/"))


def test_page_of_mts_2008_shows_its_phases_in_order(reader, words, vocabulary):

    page = reader.get("/regimens/mts-2008/")

    shown = words(page)
    first = shown.index("1. IVADo, induction, 4 cycles, 12 weeks")
    second = shown.index("2. IVA, 5 cycles")
    third = shown.index("3. Vinorelbine and cyclophosphamide, maintenance, 12 cycles, 48 weeks")
    assert first < shown.index("doxorubicin Backbone 30 mg/m2 d1-2") < second < third
    assert "cyclophosphamide Maintenance 25 mg/m2/day oral oral low dose" in shown[third:]
    assert "Maintenance and metronomic chemotherapy from vinorelbine, cyclophosphamide" in shown
    assert "Put together from the domain pack" in shown
    links = html.fromstring(page.content).xpath("//main//a/@href")
    assert "https://clinicaltrials.gov/study/NCT00379457" in links


def test_page_tells_why_a_drug_gives_no_class(reader, make_drug, make_regimen, words):
    cells = make_drug("her2-car-t", "car_t-her2")
    fludarabine = make_drug("fludarabine", "chemotherapy-antimetabolite")
    make_regimen(
        "h",
        ("lymphodepletion", [(fludarabine, "lymphodepletion")]),
        ("cell_therapy", [(cells, "backbone")]),
    )

    shown = words(reader.get("/regimens/h/"))

    assert "car_t: car_t her2 from her2-car-t" in shown
    assert (
        "No class from fludarabine: lymphodepletion makes room for the cells (ruling 8)." in shown
    )
    assert "fludarabine Lymphodepletion (gives no class)" in shown


def test_page_shows_marks_beside_the_facts(reader, make_regimen, words):
    regimen = make_regimen("v", unverified=["components", "trials"], trial_names=["IRS-IV"])
    regimen.trials.add(
        Trial.objects.create(slug="t", acronym="T", outcome="5 of 7", unverified=["outcome"])
    )

    shown = words(reader.get("/regimens/v/"))

    assert "Phases and drugs unverified" in shown
    assert "Trials unverified Named by the source: IRS-IV." in shown
    assert "Dose and schedule as seen unverified" not in shown
    assert "5 of 7 unverified" in shown
    assert "unverified means: written from memory, not checked against a source." in shown
    assert "Here: components, trials." in shown


def test_page_names_regimens_with_the_same_drugs(reader, make_drug, make_regimen):
    vinca, other = make_drug("v", "chemotherapy-vinca"), make_drug("o", "targeted-mtor")
    make_regimen("one", ("treatment", [(vinca, "backbone")]))
    make_regimen("two", ("maintenance", [(vinca, "maintenance")]))
    make_regimen("three", ("treatment", [(vinca, "backbone"), (other, "backbone")]))

    same = reader.get("/regimens/one/").context["same"]

    assert [each.slug for each in same] == ["two"]


def test_page_of_a_regimen_without_drugs_opens(reader, make_regimen, words):
    make_regimen("empty")

    shown = words(reader.get("/regimens/empty/"))

    assert "No drug is listed, so there is no class." in shown
    assert "Same drugs as" not in shown


def test_page_links_its_papers(reader, make_regimen):
    make_regimen("v")

    page = html.fromstring(reader.get("/regimens/v/").content)

    assert page.xpath("//a[.='Papers on this regimen']/@href") == ["/papers/?regimen=v"]
    panel = page.xpath("//@hx-get")
    assert panel == ["/papers/panel/?regimen=v"]
    assert reader.get(panel[0]).status_code == 200


def test_edit_is_offered_to_editors_only(client, person, make_regimen, words):
    make_regimen("v")
    client.force_login(person("reader"))
    without = html.fromstring(client.get("/regimens/v/").content)
    client.force_login(person("editor"))
    with_it = html.fromstring(client.get("/regimens/v/").content)

    assert without.xpath("//main//a[.='Edit']") == []
    assert with_it.xpath("//main//a[.='Edit']/@href") == [
        f"/admin/regimens/regimen/{Regimen.objects.get().pk}/change/"
    ]


def test_unknown_regimen_is_not_found(reader):
    assert reader.get("/regimens/no-such/").status_code == 404


@pytest.mark.parametrize("path", ["/regimens/", "/regimens/regimen-2-0/"])
def test_page_takes_as_many_queries_for_50_regimens_as_for_two(reader, fill, path):
    fill(2)  # a regimen's page looks at the others too
    reader.get(path)
    with CaptureQueriesContext(connection) as two:
        reader.get(path)
    fill(50)
    with CaptureQueriesContext(connection) as fifty:
        reader.get(path)

    assert len(fifty) == len(two)
