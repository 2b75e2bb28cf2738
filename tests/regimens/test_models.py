from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from regimens.models import Phase, Trial


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
