from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html


def test_tree_shows_each_class_with_its_sub_classes(reader, make_class, make_drug, words):
    make_class("car_t", definition="T cells with a receptor.")
    make_drug("gd2-car-t", "car_t-gd2")

    page = reader.get("/therapy-classes/")

    tree = {main.slug: [each.slug for each in subs] for main, subs in page.context["tree"].items()}
    assert tree == {"car_t": ["car_t-gd2"]}
    assert "T cells with a receptor." in words(page)
    assert "car_t gd2 1" in words(page)


def test_tree_of_an_empty_vocabulary_says_how_to_load_it(reader, words):
    assert "manage.py load_vocabulary" in words(reader.get("/therapy-classes/"))


def test_page_shows_what_counts_what_does_not_and_the_rulings(reader, words, vocabulary):

    shown = words(reader.get("/therapy-classes/car_t/"))

    assert "T cells that carry a gene for a chimeric antigen receptor" in shown
    assert "What does not count CAR-NK cells; T cells armed with a bispecific antibody" in shown
    assert "Ruling 8: CAR-T after Flu/Cy is CAR-T only." in shown
    assert "Drugs 5" in shown
    assert "Regimens 2 B7-H3 CAR-T SCRI-CARB7H3, 3CAR HER2 CAR-T + lymphodepletion" in shown


def test_page_of_a_use_says_why_no_drug_stands_there(reader, words, vocabulary):

    shown = words(reader.get("/therapy-classes/chemotherapy-maintenance/"))

    assert "No drug of the vocabulary stands here: the use decides, not the drug." in shown
    assert "EpSSG MTS 2008" in shown


def test_page_of_a_sub_class_leads_up_and_to_its_papers(reader, make_class):
    make_class("car_t")
    make_class("car_t-gd2")

    page = html.fromstring(reader.get("/therapy-classes/car_t-gd2/").content)

    assert page.xpath("//ol[@class='crumbs']//a/@href") == [
        "/therapy-classes/",
        "/therapy-classes/car_t/",
    ]
    assert page.xpath("//a[.='Papers tagged with this class']/@href") == [
        "/papers/?therapy_class=car_t-gd2"
    ]


def test_unknown_class_is_not_found(reader):
    assert reader.get("/therapy-classes/no-such/").status_code == 404


@pytest.mark.parametrize("path", ["/therapy-classes/", "/therapy-classes/targeted/"])
def test_page_takes_as_many_queries_for_50_classes_as_for_one(reader, fill, path):
    fill(1)
    reader.get(path)
    with CaptureQueriesContext(connection) as one:
        reader.get(path)
    fill(50)
    with CaptureQueriesContext(connection) as fifty:
        reader.get(path)

    assert len(fifty) == len(one)
