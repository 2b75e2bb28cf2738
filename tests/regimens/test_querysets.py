from __future__ import annotations

from regimens.models import Drug, Regimen, TherapyClass


def test_in_class_finds_what_the_roll_up_computes_for_every_class(vocabulary):
    regimens = list(Regimen.objects.for_reading())

    for slug in TherapyClass.objects.values_list("slug", flat=True):
        found = set(Regimen.objects.in_class(slug))
        computed = {each for each in regimens if slug in (*each.classes.main, *each.classes.sub)}
        assert found == computed, slug


def test_in_class_of_several_finds_regimens_of_any(make_drug, make_regimen):
    one = make_regimen("a", ("treatment", [(make_drug("x", "targeted-mtor"), "backbone")]))
    two = make_regimen("b", ("treatment", [(make_drug("y", "car_t-gd2"), "backbone")]))
    make_regimen("c", ("treatment", [(make_drug("z", "chemotherapy-vinca"), "backbone")]))

    assert list(Regimen.objects.in_class("targeted", "car_t-gd2")) == [one, two]
    assert list(Regimen.objects.in_class()) == []


def test_drugs_in_class_include_sub_classes(make_drug):
    vinca = make_drug("vincristine", "chemotherapy-vinca")
    plain = make_drug("tirapazamine", "chemotherapy")
    make_drug("temsirolimus", "targeted-mtor")

    assert list(Drug.objects.in_class("chemotherapy")) == [plain, vinca]
    assert list(Drug.objects.in_class("chemotherapy-vinca")) == [vinca]


def test_with_drug_finds_it_in_any_role(make_drug, make_regimen):
    fludarabine = make_drug("fludarabine", "chemotherapy-antimetabolite")
    depleted = make_regimen("d", ("lymphodepletion", [(fludarabine, "lymphodepletion")]))
    make_regimen("o", ("treatment", [(make_drug("other", "chemotherapy-vinca"), "backbone")]))

    assert list(Regimen.objects.with_drug("fludarabine")) == [depleted]


def test_named_like_reads_names_and_other_names_once(make_drug, make_regimen):
    drug = make_drug("vincristine")
    drug.synonyms.create(name="vincristine sulfate")
    regimen = make_regimen("va")
    regimen.aliases.create(name="another VA")

    assert list(Drug.objects.named_like("VINCRIS")) == [drug]
    assert list(Drug.objects.named_like("trade name")) == [drug]
    assert list(Drug.objects.named_like("zzz")) == []
    assert list(Regimen.objects.named_like("another")) == [regimen]
    assert list(Regimen.objects.named_like("zzz")) == []


def test_names_sort_without_regard_to_capitals(make_drug):
    for slug in ("R1507", "bevacizumab", "Zeta", "alpha"):
        make_drug(slug)

    names = [drug.inn for drug in Drug.objects.with_regimen_counts()]

    assert names == ["alpha", "bevacizumab", "R1507", "Zeta"]


def test_counts_count_each_row_once(make_class, make_drug, make_regimen):
    drug = make_drug("vincristine", "chemotherapy-vinca")
    make_regimen("va", *[("treatment", [(drug, "backbone")])] * 2)

    assert [each.regimen_count for each in Drug.objects.with_regimen_counts()] == [1]
    counts = TherapyClass.objects.with_drug_counts().values_list("slug", "drug_count")
    assert set(counts) == {("chemotherapy", 0), ("chemotherapy-vinca", 1)}
