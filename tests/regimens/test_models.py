from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from regimens.models import Phase, StudyDesign, Trial


def test_class_under_a_sub_class_is_refused(make_class):
    make_class("car_t")
    grandchild = make_class("car_t-gd2-third")
    grandchild.parent = make_class("car_t-gd2")

    with pytest.raises(ValidationError, match=r"A sub-class cannot have sub-classes of its own."):
        grandchild.full_clean()


def test_class_with_sub_classes_cannot_become_one(make_class):
    main, other = make_class("car_t"), make_class("targeted")
    make_class("car_t-gd2")
    main.parent = other

    with pytest.raises(ValidationError, match=r"A class with sub-classes cannot be one itself."):
        main.full_clean()


def test_setting_below_one_that_stands_below_another_is_refused(make_setting):
    top = make_setting("relapsed_refractory")
    third = make_setting("third", make_setting("refractory", top))

    with pytest.raises(ValidationError, match=r"Settings have two levels, not three."):
        third.full_clean()


def test_setting_with_others_below_cannot_stand_below_one(make_setting):
    top, other = make_setting("relapsed_refractory"), make_setting("mixed")
    make_setting("refractory", top)
    top.parent = other

    with pytest.raises(ValidationError, match=r"A setting with others below cannot stand below"):
        top.full_clean()


def test_settings_and_designs_stand_in_their_order(make_setting, make_design):
    make_setting("mixed", order=2), make_setting("localised", order=1)
    make_design("rct", order=1), make_design("other", order=3), make_design("review", order=2)

    assert [str(row) for row in type(make_setting("x", order=3)).objects.all()] == [
        "localised",
        "mixed",
        "x",
    ]
    assert [str(row) for row in StudyDesign.objects.all()] == ["rct", "review", "other"]


def test_main_of_a_class_is_itself_or_its_parent(make_class):
    main = make_class("car_t")

    assert main.main == main
    assert make_class("car_t-gd2").main == main


@pytest.mark.parametrize(
    ("cycles", "weeks", "words"),
    [(4, 12, "4 cycles, 12 weeks"), (1, None, "1 cycle"), (None, 1, "1 week"), (None, None, "")],
)
def test_extent_of_a_phase_says_what_is_known(cycles, weeks, words):
    assert Phase(cycles=cycles, weeks=weeks).extent == words


@pytest.mark.parametrize(
    ("kind", "name", "aim"),
    [
        ("induction", "IVADo", "Induction"),
        ("treatment", "IVA", ""),
        ("lymphodepletion", "Lymphodepletion", ""),
        ("maintenance", "", ""),
    ],
)
def test_aim_of_a_phase_is_said_where_its_name_does_not(kind, name, aim):
    assert Phase(kind=kind, name=name).aim == aim


def test_drugs_of_a_regimen_come_once_in_their_order(make_drug, make_regimen):
    vincristine, dactinomycin = make_drug("vincristine"), make_drug("dactinomycin")

    regimen = make_regimen(
        "va",
        ("induction", [(vincristine, "backbone"), (dactinomycin, "backbone")]),
        ("maintenance", [(vincristine, "maintenance")]),
    )

    assert list(regimen.drugs) == ["vincristine", "dactinomycin"]


def test_classes_of_a_regimen_are_computed_from_its_drugs(make_drug, make_regimen):
    cells = make_drug("her2-car-t", "car_t-her2")
    fludarabine = make_drug("fludarabine", "chemotherapy-antimetabolite")

    regimen = make_regimen(
        "her2cart",
        ("lymphodepletion", [(fludarabine, "lymphodepletion")]),
        ("cell_therapy", [(cells, "backbone")]),
    )

    assert regimen.classes.main == ("car_t",)
    assert regimen.classes.sub == ("car_t-her2",)
    assert [part.counts for phase in regimen.phases.all() for part in phase.components.all()] == [
        False,
        True,
    ]


def test_rows_are_called_by_their_names(make_class, make_drug, make_regimen):
    drug = make_drug("vincristine", "chemotherapy-vinca")
    regimen = make_regimen("va", ("induction", [(drug, "backbone")]))
    phase = regimen.phases.get()

    assert [str(row) for row in (drug, drug.synonyms.get(), drug.therapy_class)] == [
        "vincristine",
        "vincristine trade name",
        "chemotherapy vinca",
    ]
    assert [
        str(row) for row in (regimen, regimen.aliases.get(), phase, phase.components.get())
    ] == [
        "VA",
        "va by another name",
        "Induction",
        "vincristine",
    ]
    assert str(Trial(acronym="MTS 2008")) == "MTS 2008"
