"""The vocabulary's files: whole, linked and marked."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from regimens.models import Component, Phase

FILES = {"therapy_classes": 50, "drugs": 88, "trials": 60, "regimens": 48, "settings": 9,
         "study_designs": 12}  # fmt: skip


@pytest.mark.parametrize(("name", "count"), FILES.items())
def test_file_holds_every_row_once(rows, name, count):
    slugs = [row["slug"] for row in rows(name)]

    assert len(slugs) == count
    assert [slug for slug, times in Counter(slugs).items() if times > 1] == []


@pytest.mark.parametrize("name", FILES)
def test_rows_of_a_file_have_the_same_fields_and_say_where_they_come_from(rows, name):
    shapes = {tuple(sorted(row)) for row in rows(name)}

    assert len(shapes) == 1
    assert [row["slug"] for row in rows(name) if not row["provenance"]] == []


@pytest.mark.parametrize("name", ["drugs", "trials", "regimens"])
def test_unverified_marks_name_fields_of_their_row(rows, name):
    allowed = {"phases": "components"}

    unknown = [
        (row["slug"], mark)
        for row in rows(name)
        for mark in row["unverified"]
        if mark not in {allowed.get(field, field) for field in row}
    ]

    assert unknown == []


def test_unverified_marks_of_the_source_are_carried_over(rows, shared):
    names = {"mechanism_target": "mechanism", "dose": "schedule", "FaR-RMS arm name": "trials"}
    for file in ("drugs", "regimens"):
        path = shared / "domain" / f"{file}.json"
        if not path.is_file():
            pytest.skip("needs ../shared/domain")
        ours = {row["slug"]: row["unverified"] for row in rows(file)}

        for row in json.loads(path.read_text(encoding="utf-8")):
            marks = [names.get(mark, mark) for mark in row["unverified"]]
            assert ours[row["id"].lower().replace("_", "-")] == marks


def test_tree_has_four_main_classes_with_their_letters(rows):
    main = [(row["slug"], row["letter"]) for row in rows("therapy_classes") if not row["parent"]]

    assert main == [
        ("chemotherapy", "C"),
        ("targeted", "T"),
        ("immunotherapy", "I"),
        ("car_t", "K"),
    ]


def test_sub_classes_follow_their_class_and_carry_its_slug(rows):
    seen = set()
    for row in rows("therapy_classes"):
        if row["parent"]:
            assert row["parent"] in seen
            assert row["slug"].startswith(f"{row['parent']}-")
        seen.add(row["slug"])


def test_every_class_is_defined(rows):
    assert [row["slug"] for row in rows("therapy_classes") if not row["definition"]] == []
    assert [
        row["slug"]
        for row in rows("therapy_classes")
        if not row["parent"] and not row["exclusions"]
    ] == []


def test_settings_are_the_controlled_list_in_two_levels(rows):
    assert [(row["slug"], row["parent"]) for row in rows("settings")] == [
        ("first_line_metastatic", None),
        ("localised", None),
        ("maintenance", None),
        ("consolidation", None),
        ("relapsed_refractory", None),
        ("first_relapse", "relapsed_refractory"),
        ("later_relapse", "relapsed_refractory"),
        ("refractory", "relapsed_refractory"),
        ("mixed", None),
    ]


def test_study_designs_are_the_controlled_list(rows):
    assert [row["slug"] for row in rows("study_designs")] == [
        "rct", "phase_3", "phase_2", "phase_1", "pooled_analysis", "cohort", "case_series",
        "case_report", "systematic_review", "review", "preclinical", "other",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["settings", "study_designs"])
def test_every_setting_and_design_is_defined_and_stands_in_its_order(rows, name):
    orders = [row["order"] for row in rows(name)]

    assert [row["slug"] for row in rows(name) if not row["definition"]] == []
    assert orders == sorted(set(orders))


def test_every_drug_stands_under_a_sub_class(rows):
    parents = {row["slug"]: row["parent"] for row in rows("therapy_classes")}

    assert [row["slug"] for row in rows("drugs") if not parents[row["therapy_class"]]] == []


def test_a_drug_has_each_synonym_once_and_never_its_own_name(rows):
    for row in rows("drugs"):
        names = [row["inn"], *(each["name"] for each in row["synonyms"])]
        assert len(names) == len(set(names)), row["slug"]


def test_remark_in_brackets_is_a_note_of_the_synonym(rows):
    vincristine = next(row for row in rows("drugs") if row["slug"] == "vincristine")

    assert vincristine["synonyms"][-1] == {"name": "Marqibo", "note": "liposomal"}


def test_components_name_drugs_that_exist_and_roles_that_are_known(rows):
    drugs = {row["slug"] for row in rows("drugs")}
    for regimen in rows("regimens"):
        assert regimen["phases"]
        for phase in regimen["phases"]:
            assert phase["kind"] in Phase.Kind.values
            assert phase["components"]
            for component in phase["components"]:
                assert component["drug"] in drugs
                assert component["role"] in Component.Role.values


def test_regimens_link_trials_that_exist(rows):
    trials = {row["slug"] for row in rows("trials")}

    assert {slug for row in rows("regimens") for slug in row["trials"]} <= trials


def test_trials_name_main_classes(rows):
    named = {slug for row in rows("trials") for slug in row["therapy_classes"]}

    assert named == {"chemotherapy", "targeted", "immunotherapy", "car_t"}


def test_no_drug_of_the_source_is_lost_from_a_regimen(rows, shared):
    path = shared / "domain" / "regimens.json"
    if not path.is_file():
        pytest.skip("needs ../shared/domain")
    ours = {
        row["slug"]: {part["drug"] for phase in row["phases"] for part in phase["components"]}
        for row in rows("regimens")
    }
    # BERNIE's maintenance names its drugs only in the list of trials.
    added = {"ivado-bev": {"vinorelbine", "cyclophosphamide"}}

    for row in json.loads(path.read_text(encoding="utf-8")):
        slug = row["id"].lower().replace("_", "-")
        source = {part["drug"].replace("_", "-") for part in row["components"]}
        assert ours[slug] == source | added.get(slug, set()), slug


def test_mts_2008_is_three_phases_with_the_doses_that_the_source_gives(rows):
    mts = next(row for row in rows("regimens") if row["slug"] == "mts-2008")

    phases = [
        (
            phase["kind"],
            phase["cycles"],
            phase["weeks"],
            {part["drug"]: part["dose"] for part in phase["components"]},
        )
        for phase in mts["phases"]
    ]

    assert phases == [
        (
            "induction",
            4,
            12,
            {
                "ifosfamide": "3 g/m2 d1-2",
                "vincristine": "1.5 mg/m2 weekly for first 7 weeks then d1",
                "dactinomycin": "1.5 mg/m2 d1",
                "doxorubicin": "30 mg/m2 d1-2",
            },
        ),
        (
            "treatment",
            5,
            None,
            {
                "ifosfamide": "3 g/m2 d1-2",
                "vincristine": "1.5 mg/m2 d1",
                "dactinomycin": "1.5 mg/m2 d1",
            },
        ),
        (
            "maintenance",
            12,
            48,
            {
                "vinorelbine": "25 mg/m2 d1,8,15 every 28 days",
                "cyclophosphamide": "25 mg/m2/day",
            },
        ),
    ]
    assert mts["trials"] == ["mts2008"]


def test_phrases_name_classes_that_there_are_and_say_what_they_are(rows):
    classes = {row["slug"] for row in rows("therapy_classes")}
    kinds = {"phrase", "agent", "supportive", "local", "target", "disease"}

    phrases = rows("phrases")

    assert [row["name"] for row in phrases if row["kind"] not in kinds] == []
    assert {row["therapy_class"] for row in phrases} - {None} <= classes
    assert [
        row["name"] for row in phrases if row["kind"] == "agent" and not row["unverified"]
    ] == []
    pairs = [(row["name"].lower(), row["therapy_class"], row["kind"]) for row in phrases]
    assert len(pairs) == len(set(pairs))
