"""The class roll-up: a test for each ruling that it rests on, and every regimen of the files."""

from __future__ import annotations

import json

import pytest

from regimens.components import Part, Phase, Uncounted, are_same, class_rollup

C, CT, CI, CK = (
    ["chemotherapy"],
    ["chemotherapy", "targeted"],
    ["immunotherapy"],
    ["car_t"],
)
EXPECTED = {
    "va": C, "vac": C, "vai": C, "vie": C, "vadrc": C, "iva": C, "ivado": C, "vaia": C,
    "cevaie": C, "vdc-ie": C, "arst0431-backbone": C, "arst08p1-cixu": CT, "arst08p1-tmz": C,
    "vi": C, "vit": C, "vlit": C, "tc": C, "vtc": C, "vincy": C, "vincy-oral": C, "vc-iv": C,
    "vc-bev": CT, "vc-tem": CT, "vacvi-tem": CT, "ivado-bev": CT, "o-tie": C, "topocarbo": C,
    "ifodox": C, "ie": C, "hdmtx": C, "ice": C, "carboeto": C, "gemdox": C, "totem": C,
    "vinorelbine-mono": C, "nabpac": C, "trabectedin-mono": C, "eribulin": C, "virr": CT,
    "iriva": C, "vino-ac": C, "hdct-ascr": C, "her2cart": CK, "b7h3cart": CK, "nivo": CI,
    "dcvax": CI, "mts-2008": C,
    # Lymphodepletion alone: the source files it under CAR-T, ruling 8 gives it no class.
    "adjunct-ld": [],
}  # fmt: skip


def part(drug, sub_class="", role="backbone"):
    return Part(drug, sub_class.split("-")[0], sub_class if "-" in sub_class else "", role)


VINCRISTINE = part("vincristine", "chemotherapy-vinca")
CYCLOPHOSPHAMIDE = part("cyclophosphamide", "chemotherapy-alkylator")
HER2_CAR_T = part("her2-car-t", "car_t-her2")


def rollup(*parts, kind="treatment"):
    return class_rollup((Phase(kind, parts),))


def compositions(rows):
    """Every regimen of the files as the pure code sees it."""
    classes = {row["slug"]: row["parent"] for row in rows("therapy_classes")}
    given = {row["slug"]: row["therapy_class"] for row in rows("drugs")}

    def as_part(row):
        slug = given[row["drug"]]
        return Part(row["drug"], classes[slug] or slug, slug if classes[slug] else "", row["role"])

    return {
        row["slug"]: tuple(
            Phase(phase["kind"], tuple(map(as_part, phase["components"])))
            for phase in row["phases"]
        )
        for row in rows("regimens")
    }


def test_rollup_gives_every_regimen_of_the_files_its_expected_classes(rows):
    computed = {slug: list(class_rollup(it).main) for slug, it in compositions(rows).items()}

    assert computed == EXPECTED


def test_rollup_agrees_with_the_classes_that_the_source_assigned(rows, shared):
    path = shared / "domain" / "regimens.json"
    if not path.is_file():
        pytest.skip("needs ../shared/domain")
    source = {
        row["id"].lower().replace("_", "-"): row["therapy_classes"]
        for row in json.loads(path.read_text(encoding="utf-8"))
    }

    computed = {slug: list(class_rollup(it).main) for slug, it in compositions(rows).items()}

    assert len(source) == 47
    differing = {slug for slug, classes in source.items() if computed[slug] != classes}
    assert differing == {"adjunct-ld"}


def test_rollup_orders_classes_and_drops_repeats():
    pembrolizumab = part("pembrolizumab", "immunotherapy-checkpoint", "investigational")
    bevacizumab = part("bevacizumab", "targeted-vegf", "investigational")

    classes = rollup(HER2_CAR_T, pembrolizumab, bevacizumab, VINCRISTINE, VINCRISTINE)

    assert classes.main == ("chemotherapy", "targeted", "immunotherapy", "car_t")
    assert classes.sub == (
        "chemotherapy-vinca",
        "targeted-vegf",
        "immunotherapy-checkpoint",
        "car_t-her2",
    )
    assert [reason.drug for reason in classes.reasons] == [
        "vincristine",
        "bevacizumab",
        "pembrolizumab",
        "her2-car-t",
    ]


def test_rollup_puts_a_class_that_a_curator_added_last():
    classes = rollup(part("tumour treating fields", "devices"), HER2_CAR_T)

    assert classes.main == ("car_t", "devices")


def test_rollup_of_nothing_is_nothing():
    assert class_rollup(()).main == ()


def test_ruling_8_lymphodepletion_gives_no_class():
    fludarabine = part("fludarabine", "chemotherapy-antimetabolite", "lymphodepletion")

    classes = rollup(fludarabine, HER2_CAR_T)

    assert classes.main == ("car_t",)
    assert classes.uncounted == (
        Uncounted(
            "fludarabine", "lymphodepletion", "lymphodepletion makes room for the cells (ruling 8)"
        ),
    )


def test_ruling_9_a_checkpoint_inhibitor_beside_the_cells_counts():
    pembrolizumab = part("pembrolizumab", "immunotherapy-checkpoint", "investigational")

    assert rollup(HER2_CAR_T, pembrolizumab).main == ("immunotherapy", "car_t")


def test_ruling_10_conditioning_is_high_dose_chemotherapy_and_the_graft_nothing():
    melphalan = part("melphalan", "chemotherapy-alkylator", "conditioning")
    graft = part("autologous stem cells", "immunotherapy-cell-therapy", "stem_cell_rescue")

    classes = rollup(melphalan, graft, kind="conditioning")

    assert classes.main == ("chemotherapy",)
    assert classes.sub == ("chemotherapy-high-dose",)


def test_ruling_10_holds_within_a_maintenance_phase():
    melphalan = part("melphalan", "chemotherapy-alkylator", "conditioning")

    assert rollup(melphalan, kind="maintenance").sub == ("chemotherapy-high-dose",)


@pytest.mark.parametrize(
    ("role", "kind"), [("maintenance", "treatment"), ("backbone", "maintenance")]
)
def test_ruling_11_maintenance_chemotherapy_is_maintenance(role, kind):
    classes = rollup(part("vinorelbine", "chemotherapy-vinca", role), kind=kind)

    assert classes.sub == ("chemotherapy-maintenance",)


def test_ruling_11_a_targeted_drug_as_maintenance_keeps_its_class():
    classes = rollup(part("cabozantinib", "targeted-tki-multi", "maintenance"), kind="maintenance")

    assert classes.sub == ("targeted-tki-multi",)


def test_ruling_12_backbone_and_targeted_addition_give_both():
    cixutumumab = part("cixutumumab", "targeted-igf1r", "investigational")

    assert rollup(VINCRISTINE, cixutumumab).main == ("chemotherapy", "targeted")


def test_ruling_15_sirolimus_counts_unless_it_prevents_graft_versus_host_disease():
    against_vessels = part("sirolimus", "targeted-mtor")
    against_gvhd = part("sirolimus", "targeted-mtor", "gvhd_prophylaxis")

    assert rollup(against_vessels).main == ("targeted",)
    assert rollup(against_gvhd).main == ()


def test_ruling_16_vaccine_and_cytokine_are_one_class_and_two_sub_classes():
    vaccine = part("dc-vaccine", "immunotherapy-vaccine")
    cytokine = part("il2-aldesleukin", "immunotherapy-cytokine", "investigational")

    classes = rollup(vaccine, cytokine)

    assert classes.main == ("immunotherapy",)
    assert classes.sub == ("immunotherapy-vaccine", "immunotherapy-cytokine")


def test_ruling_17_supportive_drugs_give_no_class():
    by_role = part("dexrazoxane", "chemotherapy-other", "supportive")
    by_drug = part("mesna")

    classes = rollup(by_role, by_drug)

    assert classes.main == ()
    assert [each.why for each in classes.uncounted] == [
        "supportive care is no treatment of the tumour (ruling 17)",
        "the drug has no therapy class",
    ]


def test_regimens_with_the_same_drugs_in_another_order_are_the_same():
    one = (Phase("treatment", (VINCRISTINE, CYCLOPHOSPHAMIDE)),)
    other = (Phase("induction", (CYCLOPHOSPHAMIDE, VINCRISTINE)),)

    assert are_same(one, other)


def test_regimens_whose_phases_change_places_differ():
    first, second = Phase("treatment", (VINCRISTINE,)), Phase("treatment", (CYCLOPHOSPHAMIDE,))

    assert not are_same((first, second), (second, first))


def test_regimens_with_the_same_drugs_in_one_phase_or_two_differ():
    together = (Phase("treatment", (VINCRISTINE, CYCLOPHOSPHAMIDE)),)
    apart = (Phase("treatment", (VINCRISTINE,)), Phase("treatment", (CYCLOPHOSPHAMIDE,)))

    assert not are_same(together, apart)


def test_regimens_that_differ_in_what_does_not_count_are_the_same():
    fludarabine = part("fludarabine", "chemotherapy-antimetabolite", "lymphodepletion")
    cells = Phase("cell_therapy", (HER2_CAR_T,))

    assert are_same((cells,), (Phase("lymphodepletion", (fludarabine,)), cells))
    assert are_same((cells,), (Phase("cell_therapy", (HER2_CAR_T, fludarabine)),))


def test_vac_and_vadrc_of_the_files_differ(rows):
    every = compositions(rows)

    assert not are_same(every["vac"], every["vadrc"])
    assert are_same(every["vincy"], every["vincy-oral"])
