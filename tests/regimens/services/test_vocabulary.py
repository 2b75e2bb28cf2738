"""Loading the vocabulary: once, again, beside people's edits, and from a wrong file."""

from __future__ import annotations

import json

import pytest
from django.forms.models import model_to_dict

from regimens.models import Component, Drug, Regimen, Setting, StudyDesign, TherapyClass, Trial
from regimens.services.vocabulary import FOLDER, Loaded, VocabularyError, load_vocabulary

MODELS = (TherapyClass, Drug, Trial, Regimen, Setting, StudyDesign)


@pytest.fixture
def files(tmp_path):
    """A small vocabulary in files of its own; ``files(drugs=[…])`` replaces one."""
    small = {
        "therapy_classes": [
            therapy_class("chemotherapy"),
            therapy_class("chemotherapy-vinca", "chemotherapy"),
        ],
        "drugs": [drug("vincristine")],
        "trials": [trial("irs-i")],
        "regimens": [regimen("v", "vincristine")],
        "settings": [setting("relapsed_refractory"), setting("refractory", "relapsed_refractory")],
        "study_designs": [design("rct")],
    }

    def write(**changed):
        for name, rows in {**small, **changed}.items():
            (tmp_path / f"{name}.json").write_text(json.dumps({"rows": rows}), encoding="utf-8")
        return tmp_path

    return write


def therapy_class(slug, parent=None):
    return {
        "slug": slug, "name": slug, "letter": "", "parent": parent, "order": 1, "definition": "",
        "exclusions": "", "rulings": [], "provenance": "",
    }  # fmt: skip


def drug(slug, **changed):
    return {
        "slug": slug, "inn": slug, "therapy_class": "chemotherapy-vinca", "kind": "",
        "mechanism": "", "use": "", "atc": "", "ncit": "", "rxnorm": "",
        "synonyms": [{"name": "VCR", "note": ""}], "unverified": [], "provenance": "", **changed,
    }  # fmt: skip


def trial(slug, **changed):
    return {
        "slug": slug, "acronym": slug, "group": "", "phase": "", "population": "", "arms": [],
        "therapy_classes": ["chemotherapy"], "registrations": [], "participants": None,
        "outcome": "", "publication": "", "unverified": [], "provenance": "", **changed,
    }  # fmt: skip


def regimen(slug, *drugs, **changed):
    components = [
        {"drug": each, "role": "backbone", "dose": "", "route": "", "note": ""} for each in drugs
    ]
    phase = {
        "kind": "treatment",
        "name": "",
        "cycles": None,
        "weeks": None,
        "components": components,
    }
    return {
        "slug": slug, "name": slug, "aliases": [], "settings": [], "schedule": "",
        "phases": [phase], "trials": ["irs-i"], "trial_names": [], "unverified": [],
        "provenance": "", **changed,
    }  # fmt: skip


def setting(slug, parent=None, **changed):
    return {
        "slug": slug, "name": slug, "order": 1, "parent": parent, "definition": "",
        "provenance": "", **changed,
    }  # fmt: skip


def design(slug, **changed):
    return {
        "slug": slug, "name": slug, "order": 1, "definition": "", "provenance": "", **changed,
    }  # fmt: skip


def history():
    return [model.history.count() for model in MODELS]


def edited(instance, by, **fields):
    for name, value in fields.items():
        setattr(instance, name, value)
    instance._history_user = by
    instance.save()


def test_load_brings_every_row_of_the_projects_files(db):
    loaded = load_vocabulary()

    assert loaded == Loaded(created=267, updated=0, unchanged=0, kept=0)
    assert [model.objects.count() for model in MODELS] == [50, 88, 60, 48, 9, 12]


def test_load_again_changes_nothing(db):
    load_vocabulary()
    before = history(), list(Component.objects.values_list("pk", flat=True))

    loaded = load_vocabulary()

    assert loaded == Loaded(created=0, updated=0, unchanged=267, kept=0)
    assert (history(), list(Component.objects.values_list("pk", flat=True))) == before


def test_load_takes_every_field_of_a_row(db):
    load_vocabulary()
    source = json.loads((FOLDER / "drugs.json").read_text(encoding="utf-8"))["rows"][0]

    vincristine = Drug.objects.get(slug="vincristine")

    shown = model_to_dict(vincristine)
    for field in ("inn", "kind", "mechanism", "use", "atc", "unverified", "provenance"):
        assert shown[field] == source[field]
    assert vincristine.therapy_class.slug == "chemotherapy-vinca"
    assert list(vincristine.synonyms.values("name", "note")) == source["synonyms"]


def test_load_changes_a_row_that_differs_and_only_that_one(db, files):
    load_vocabulary(folder=files())

    loaded = load_vocabulary(
        folder=files(regimens=[regimen("v", "vincristine", schedule="weekly")])
    )

    assert loaded == Loaded(created=0, updated=1, unchanged=7, kept=0)
    assert Regimen.objects.get().schedule == "weekly"
    assert Regimen.history.count() == 2


def test_load_changes_a_setting_and_a_design_that_differ(db, files):
    load_vocabulary(folder=files())

    loaded = load_vocabulary(
        folder=files(
            settings=[setting("relapsed_refractory"), setting("refractory")],
            study_designs=[design("rct", name="Randomised trial")],
        )
    )

    assert loaded == Loaded(created=0, updated=2, unchanged=6, kept=0)
    assert Setting.objects.get(slug="refractory").parent is None
    assert StudyDesign.objects.get().name == "Randomised trial"


def test_load_replaces_synonyms_that_differ(db, files):
    load_vocabulary(folder=files())

    load_vocabulary(
        folder=files(drugs=[drug("vincristine", synonyms=[{"name": "O", "note": "x"}])])
    )

    assert list(Drug.objects.get().synonyms.values_list("name", "note")) == [("O", "x")]


def test_load_replaces_phases_that_differ(db, files):
    load_vocabulary(folder=files())
    both = [drug("vincristine"), drug("vinorelbine")]

    load_vocabulary(folder=files(drugs=both, regimens=[regimen("v", "vinorelbine", "vincristine")]))

    drugs = Component.objects.order_by("position").values_list("drug__slug", flat=True)
    assert list(drugs) == ["vinorelbine", "vincristine"]


def test_load_keeps_a_row_that_a_person_edited(db, files, person):
    load_vocabulary(folder=files())
    edited(Drug.objects.get(), person("editor"), use="my words")
    Drug.objects.get().synonyms.create(name="mine")

    loaded = load_vocabulary(folder=files(drugs=[drug("vincristine", use="the file's words")]))

    assert loaded == Loaded(created=0, updated=0, unchanged=7, kept=1)
    assert Drug.objects.get().use == "my words"
    assert list(Drug.objects.get().synonyms.values_list("name", flat=True)) == ["VCR", "mine"]


def test_load_keeps_the_edit_of_a_person_whose_account_is_gone(db, files, person):
    load_vocabulary(folder=files())
    editor = person("editor")
    edited(Drug.objects.get(), editor, use="my words")
    editor.delete()

    load_vocabulary(folder=files(drugs=[drug("vincristine", use="the file's words")]))

    assert Drug.objects.get().use == "my words"


def test_load_does_not_bring_back_what_a_person_deleted(db, files, person):
    load_vocabulary(folder=files())
    gone = Regimen.objects.get()
    gone._history_user = person("editor")
    gone.delete()

    loaded = load_vocabulary(folder=files())

    assert loaded.kept == 1
    assert not Regimen.objects.exists()


def test_load_leaves_rows_that_no_file_names(db, files, make_drug):
    make_drug("new-drug")

    load_vocabulary(folder=files())

    assert Drug.objects.filter(slug="new-drug").exists()


def test_load_of_the_same_links_in_another_order_changes_nothing(db, files):
    trials = [trial("irs-i"), trial("irs-ii")]
    load_vocabulary(
        folder=files(
            trials=trials, regimens=[regimen("v", "vincristine", trials=["irs-i", "irs-ii"])]
        )
    )

    loaded = load_vocabulary(
        folder=files(
            trials=trials, regimens=[regimen("v", "vincristine", trials=["irs-ii", "irs-i"])]
        )
    )

    assert loaded.updated == 0


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"therapy_classes": [therapy_class("car_t-gd2", "car_t")]},
            "car_t-gd2 names the therapy class “car_t”, which there is not.",
        ),
        (
            {"drugs": [drug("vincristine", therapy_class="chemo")]},
            "vincristine names the therapy class “chemo”, which there is not.",
        ),
        (
            {"regimens": [regimen("v", "vincristin")]},
            "v names the drug “vincristin”, which there is not.",
        ),
        (
            {"regimens": [regimen("v", "vincristine", trials=["irs-9"])]},
            "v names the trial “irs-9”, which there is not.",
        ),
        (
            {"settings": [setting("refractory", "relapse")]},
            "refractory names the setting “relapse”, which there is not.",
        ),
    ],
)
def test_load_of_a_file_with_a_wrong_name_says_so_and_loads_nothing(db, files, changed, sentence):
    with pytest.raises(VocabularyError, match=f"^{sentence}$"):
        load_vocabulary(folder=files(**changed))

    assert [model.objects.count() for model in MODELS] == [0, 0, 0, 0, 0, 0]
