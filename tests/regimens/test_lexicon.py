"""What the lexicon finds, where, and what it leaves."""

from __future__ import annotations

import pytest

from regimens.lexicon import Family, Kind, Lexicon, Mention, Term
from regimens.lexicon.abbreviations import definitions
from regimens.lexicon.spelling import canonical, is_bare
from regimens.terms import shipped


def mentions(*texts: str) -> list[Mention]:
    return [each for found in shipped().lexicon.find(texts) for each in found]


def found(*texts: str) -> list[tuple[str, str]]:
    """The words found, each with what they name: a slug, or the first class."""
    return [
        (each.text, each.term.slug or "".join(each.term.classes[:1]) or str(each.term.kind))
        for each in mentions(*texts)
        if each.term.kind not in (Kind.DISEASE, Kind.LOCAL)
    ]


@pytest.mark.parametrize("words", ["VP-16", "VP16", "VP 16", "VP–16", "etoposide", "Etoposide"])
def test_spellings_of_a_name_are_one(words: str) -> None:
    assert found(f"Given {words} daily.") == [(words, "etoposide")]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("tumour vaccines", "immunotherapy-vaccine"),
        ("tumor vaccine", "immunotherapy-vaccine"),
        ("interferon-γ", "immunotherapy-cytokine"),
        ("interferon gamma", "immunotherapy-cytokine"),
        ("γ-secretase inhibitors", "targeted-other"),
        ("IGF-1R antibodies", "targeted-igf1r"),
        ("B7H3-CAR", "car_t-b7h3"),
        ("chimeric antigen receptor (CAR) T cells", "car_t"),
        ("newatinib", "targeted"),
        ("newaciclib", "targeted-cdk4-6"),
    ],
)
def test_phrases_and_families_are_found(words: str, what: str) -> None:
    assert found(f"We studied {words} here.") == [(words, what)]


def test_families_have_exceptions() -> None:
    assert found("Given everolimus.") == [("everolimus", "everolimus")]
    assert found("Given pimecrolimus.") == []


@pytest.mark.parametrize(
    "text",
    [
        "Root mean square (RMS) error of the model.",
        "The constitutive androstane receptor CAR in the liver.",
        "VAC dressing of a wound.",
        "Variant allele (VA) frequency.",
        "The patients had ice and tea.",
        "TC and TG were measured.",
        "HER2tG and EGFRt are safety markers.",
        "The tem and the mmt.",
        "Intracranial extension (ICE) was seen. ICE was treated.",
        "The IVA of the eye.",
        "Intravitreal administration (IVA). IVA cycles were monthly.",
        "Total cholesterol (TC) by arm. The TC arm.",
        "Transmission electron microscopy (TEM). TEM window.",
        "E7 antigens of papillomavirus.",
    ],
)
def test_bare_tokens_without_support_name_nothing(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Six courses of VAC were given.", ("VAC", "vac")),
        ("The VAC regimen.", ("VAC", "vac")),
        ("ICE salvage.", ("ICE", "ice")),
    ],
)
def test_a_word_beside_it_supports_a_regimen(text: str, what: tuple[str, str]) -> None:
    assert found(text) == [what]


def test_its_drugs_support_a_regimen() -> None:
    text = "Ifosfamide, carboplatin and etoposide: ICE worked."
    assert found(text)[-1] == ("ICE", "ice")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Topotecan and cyclophosphamide (TC). TC was active.", "tc"),
        ("Topotecan and carboplatin (TC). TC was active.", "topocarbo"),
        ("Temsirolimus (TEM). TEM was active.", "temsirolimus"),
        ("Temozolomide (TEM). TEM was active.", "temozolomide"),
        ("Anlotinib (ANL). ANL was active.", "anlotinib"),
    ],
)
def test_an_abbreviation_means_what_its_text_defines(text: str, slug: str) -> None:
    short = text.split("(")[1].split(")")[0]
    assert [(each.text, each.term.slug) for each in mentions(text) if each.is_defined] == [
        (short, slug),
        (short, slug),
    ]


def test_a_definition_in_the_abstract_holds_in_the_title() -> None:
    title, abstract = "TC in sarcoma", "Topotecan and carboplatin (TC) was given."
    assert found(title, abstract)[0] == ("TC", "topocarbo")


def test_offsets_are_those_of_the_text_as_stored() -> None:
    text = "İn straße 𝛼: vincristine,\nirinotecan – and ß VP-16."
    assert [text[each.start : each.end] for each in mentions(text)] == [
        "vincristine", "irinotecan", "VP-16",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Vincristine and dactinomycin: VA was enough.", ("VA", "va")),
        ("EHMT2 inhibitors", ("EHMT2 inhibitors", "targeted-other")),
        ("an inhibitor of the KDM3 family", ("inhibitor of the KDM3", "targeted-other")),
        ("inhibitors of IGF1R", ("inhibitors of IGF1R", "targeted-igf1r")),
        ("mitogen-activated kinase (MEK) inhibitors", ("(MEK) inhibitors", "targeted-mek")),
        ("inhibition of histone demethylases", ("inhibition of histone demethylases", "targeted-epigenetic")),
    ],
)  # fmt: skip
def test_a_drug_may_be_named_by_what_it_blocks(text: str, what: tuple[str, str]) -> None:
    assert found(text)[-1] == what


@pytest.mark.parametrize(
    "text",
    ["inhibition of tumour growth", "ACE inhibitors", "siRNA-mediated inhibition", "miR-21 inhibitors",
     "inhibition of MYCN by siRNA"],
)  # fmt: skip
def test_not_every_inhibitor_is_a_drug_against_a_tumour(text: str) -> None:
    assert "targeted-other" not in [what for _, what in found(text)]


def test_the_longest_name_wins() -> None:
    assert found("anti-GD2 CAR") == [("anti-GD2 CAR", "car_t-gd2")]


def test_a_name_inside_a_word_is_none() -> None:
    assert found("pseudovincristine vincristinelike scar") == []


def test_a_name_that_an_editor_adds_is_found() -> None:
    lexicon = Lexicon([Term("newdrug", Kind.DRUG, "newdrug", ("targeted",))], [])
    assert [each.term.slug for each in lexicon.find(["Newdrugs help."])[0]] == ["newdrug"]


def test_a_family_needs_more_than_its_suffix() -> None:
    lexicon = Lexicon([], [Family("tinib", ("targeted",))])
    assert lexicon.find(["A tinib, the atinib."]) == [[]]


@pytest.mark.parametrize(
    ("name", "bare"),
    [("VAC", True), ("TC", True), ("A12", True), ("VP-16", False), ("CAR-T", False),
     ("CEVAIE", False), ("CDDP", True), ("Ifex", False), ("vincristine", False)],
)  # fmt: skip
def test_short_names_are_bare(name: str, bare: bool) -> None:
    assert is_bare(name) is bare


def test_spellings_meet_in_one_form() -> None:
    assert canonical("Tumours") == canonical("tumor")
    assert canonical("antibodies") == canonical("Antibody")
    assert canonical("γ") == "gamma"


def test_definitions_need_their_letters() -> None:
    text = "We gave vincristine and irinotecan (VI) to some (n = 4) of them (XYZ)."
    assert [(short, text[start:end].strip()) for short, start, end in definitions(text)] == [
        ("VI", "vincristine and irinotecan")
    ]
