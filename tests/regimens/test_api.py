"""The vocabulary over the API. The viewsets are called without a router: that one is the house's."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIRequestFactory, force_authenticate

from papers.roles import PERMISSIONS
from papers.services.roles import give_role
from regimens.api import (
    DrugViewSet,
    RegimenViewSet,
    SettingViewSet,
    StudyDesignViewSet,
    TherapyClassViewSet,
)
from regimens.models import Trial

VIEWSETS = (TherapyClassViewSet, DrugViewSet, RegimenViewSet, SettingViewSet, StudyDesignViewSet)


@pytest.fixture
def get(person):
    """``get(DrugViewSet, slug, search=…)`` as a reader, as ``user``, or as nobody with None."""
    reader = person("reader")

    def call(viewset, slug=None, user=reader, **query):
        request = APIRequestFactory().get("/", query)
        if user:
            force_authenticate(request, user=user)
        if slug:
            return viewset.as_view({"get": "retrieve"})(request, slug=slug)
        return viewset.as_view({"get": "list"})(request)

    return call


def slugs(response):
    assert response.status_code == 200, response.data
    return [row["slug"] for row in response.data["results"]]


def test_therapy_class_shows_its_place_in_the_tree(get, make_class):
    make_class("car_t", letter="K", definition="T cells with a receptor.", exclusions="CAR-NK.")
    make_class(
        "car_t-gd2", name="GD2 CAR-T", rulings=["Ruling 8: only CAR-T."], provenance="Handbook"
    )

    main, sub = get(TherapyClassViewSet, "car_t").data, get(TherapyClassViewSet, "car_t-gd2").data

    assert main == {
        "slug": "car_t",
        "name": "car_t",
        "letter": "K",
        "parent": None,
        "children": ["car_t-gd2"],
        "definition": "T cells with a receptor.",
        "exclusions": "CAR-NK.",
        "rulings": [],
        "provenance": "",
        "url": "http://testserver/therapy-classes/car_t/",
    }
    assert (sub["parent"], sub["children"], sub["rulings"]) == (
        "car_t",
        [],
        ["Ruling 8: only CAR-T."],
    )


def test_drug_shows_names_codes_and_marks(get, make_drug):
    make_drug(
        "vincristine", "chemotherapy-vinca", kind="vinca alkaloid", mechanism="tubulin",
        use="VA", atc="L01CA02", unverified=["synonyms"], provenance="Domain pack",
    )  # fmt: skip

    assert get(DrugViewSet, "vincristine").data == {
        "slug": "vincristine",
        "inn": "vincristine",
        "synonyms": [{"name": "vincristine trade name", "note": "liposomal"}],
        "therapy_class": "chemotherapy-vinca",
        "kind": "vinca alkaloid",
        "codes": {"atc": "L01CA02", "ncit": "", "rxnorm": ""},
        "mechanism": "tubulin",
        "use": "VA",
        "unverified": ["synonyms"],
        "provenance": "Domain pack",
        "url": "http://testserver/drugs/vincristine/",
    }


def test_regimen_shows_phases_and_computed_classes(get, make_drug, make_regimen):
    cells = make_drug("her2-car-t", "car_t-her2", inn="HER2-specific CAR T cells")
    fludarabine = make_drug("fludarabine", "chemotherapy-antimetabolite")
    regimen = make_regimen(
        "her2cart",
        ("lymphodepletion", [(fludarabine, "lymphodepletion")]),
        ("cell_therapy", [(cells, "backbone")]),
        settings=["relapsed-refractory"],
        trial_names=["NCT00902044"],
        unverified=["trials"],
        provenance="Domain pack",
    )
    trial = Trial.objects.create(slug="her2-cart", acronym="HEROS", registrations=["NCT00902044"])
    trial.therapy_classes.add(cells.therapy_class)
    regimen.trials.add(trial)

    shown = get(RegimenViewSet, "her2cart").data

    assert shown["name"] == "HER2CART"
    assert shown["aliases"] == [{"name": "her2cart by another name", "note": ""}]
    assert (shown["therapy_classes"], shown["sub_classes"]) == (["car_t"], ["car_t-her2"])
    assert [(phase["position"], phase["kind"]) for phase in shown["phases"]] == [
        (1, "lymphodepletion"),
        (2, "cell_therapy"),
    ]
    assert shown["phases"][0]["components"] == [
        {
            "drug": "fludarabine",
            "inn": "fludarabine",
            "role": "lymphodepletion",
            "dose": "",
            "route": "",
            "note": "",
            "counts": False,
        }
    ]
    assert shown["settings"] == ["relapsed-refractory"]
    assert [
        (each["acronym"], each["registrations"], each["therapy_classes"])
        for each in shown["trials"]
    ] == [("HEROS", ["NCT00902044"], ["car_t-her2"])]
    assert shown["trial_names"] == ["NCT00902044"]
    assert (shown["unverified"], shown["provenance"]) == (["trials"], "Domain pack")
    assert shown["url"] == "http://testserver/regimens/her2cart/"


def test_setting_shows_its_place_in_the_tree(get, make_setting):
    above = make_setting("relapsed_refractory", name="Relapsed or refractory")
    make_setting("refractory", above, definition="Progression.", provenance="Handbook")

    assert get(SettingViewSet, "relapsed_refractory").data == {
        "slug": "relapsed_refractory",
        "name": "Relapsed or refractory",
        "parent": None,
        "children": ["refractory"],
        "definition": "",
        "provenance": "",
    }
    assert get(SettingViewSet, "refractory").data == {
        "slug": "refractory",
        "name": "refractory",
        "parent": "relapsed_refractory",
        "children": [],
        "definition": "Progression.",
        "provenance": "Handbook",
    }


def test_study_design_shows_its_definition(get, make_design):
    make_design("rct", name="Randomised trial", definition="By chance.", provenance="Handbook")

    assert get(StudyDesignViewSet, "rct").data == {
        "slug": "rct",
        "name": "Randomised trial",
        "definition": "By chance.",
        "provenance": "Handbook",
    }


def test_settings_and_designs_are_filtered(get, make_setting, make_design):
    make_setting("refractory", make_setting("relapsed_refractory", order=1))
    make_setting("mixed", order=2)
    make_design("case_report"), make_design("rct", name="Randomised trial")

    assert slugs(get(SettingViewSet, parent="relapsed_refractory")) == ["refractory"]
    assert slugs(get(SettingViewSet, search="MIX")) == ["mixed"]
    assert slugs(get(StudyDesignViewSet, search="random")) == ["rct"]


def test_drugs_are_filtered_by_class_and_by_any_name(get, make_drug):
    make_drug("vincristine", "chemotherapy-vinca")
    make_drug("temsirolimus", "targeted-mtor")

    assert slugs(get(DrugViewSet, therapy_class="targeted")) == ["temsirolimus"]
    assert slugs(get(DrugViewSet, therapy_class=["targeted-mtor", "chemotherapy"])) == [
        "temsirolimus",
        "vincristine",
    ]
    assert slugs(get(DrugViewSet, search="vincristine TRADE")) == ["vincristine"]


def test_regimens_are_filtered_by_class_drug_and_name(get, make_drug, make_regimen):
    vincristine, other = (
        make_drug("vincristine", "chemotherapy-vinca"),
        make_drug("x", "targeted-mek"),
    )
    make_regimen("v", ("treatment", [(vincristine, "backbone")]))
    make_regimen("x", ("treatment", [(other, "backbone")]))

    assert slugs(get(RegimenViewSet, therapy_class="chemotherapy-vinca")) == ["v"]
    assert slugs(get(RegimenViewSet, drug="x")) == ["x"]
    assert slugs(get(RegimenViewSet, search="x by another")) == ["x"]
    assert slugs(get(RegimenViewSet)) == ["v", "x"]


def test_therapy_classes_are_filtered_by_parent_and_name(get, make_class):
    make_class("car_t")
    make_class("car_t-gd2")
    make_class("targeted")

    assert slugs(get(TherapyClassViewSet, parent="car_t")) == ["car_t-gd2"]
    assert slugs(get(TherapyClassViewSet, search="gd2")) == ["car_t-gd2"]


@pytest.mark.parametrize(
    ("viewset", "query"),
    [
        (DrugViewSet, {"therapy_class": "no-such"}),
        (RegimenViewSet, {"therapy_class": "no-such"}),
        (RegimenViewSet, {"drug": "no-such"}),
        (TherapyClassViewSet, {"parent": "no-such"}),
        (SettingViewSet, {"parent": "no-such"}),
    ],
)
def test_unknown_slug_in_a_filter_is_refused_with_a_sentence(get, viewset, query):
    response = get(viewset, **query)

    assert response.status_code == 400
    assert list(response.data) == list(query)
    assert str(next(iter(response.data.values()))[0]).startswith("Select a valid choice.")


@pytest.mark.parametrize("viewset", VIEWSETS)
def test_unknown_slug_is_not_found(get, viewset):
    assert get(viewset, "no-such").status_code == 404


@pytest.mark.parametrize("viewset", VIEWSETS)
@pytest.mark.parametrize("role", sorted(PERMISSIONS))
def test_every_role_may_read(get, viewset, role):
    user = get_user_model().objects.create_user("somebody")
    give_role(user=user, role=role)

    assert get(viewset, user=user).status_code == 200


@pytest.mark.parametrize("viewset", VIEWSETS)
def test_without_a_role_or_an_account_there_is_nothing_to_read(get, person, viewset, settings):
    assert get(viewset, user=person()).status_code == 403
    assert get(viewset, user=None).status_code == 401

    settings.PUBLIC_READ = True
    assert get(viewset, user=None).status_code == 200


@pytest.mark.parametrize("viewset", VIEWSETS)
def test_nobody_may_write(viewset):
    assert set(viewset.required_permissions) == {"list", "retrieve"}
    assert not any(hasattr(viewset, action) for action in ("create", "update", "destroy"))


@pytest.mark.parametrize("viewset", VIEWSETS)
def test_list_takes_as_many_queries_for_50_rows_as_for_one(get, fill, viewset):
    fill(1)
    get(viewset)  # asks for the reader's permissions once
    with CaptureQueriesContext(connection) as one:
        assert len(get(viewset, page_size=200).data["results"]) >= 1
    fill(50)
    with CaptureQueriesContext(connection) as fifty:
        assert len(get(viewset, page_size=200).data["results"]) >= 50

    assert len(fifty) == len(one)
