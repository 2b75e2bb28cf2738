"""The handbook's rulings on therapy classes (section 5), one case each, and what they rest on."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from regimens.suggest import RULES_VERSION, Suggestion, Text, place, suggest
from regimens.suggest.cues import DESIGNS, SETTINGS, Cue
from regimens.terms import shipped
from tests.regimens.labelled import SETS, labelled

MAIN = {"chemotherapy", "targeted", "immunotherapy", "car_t"}


def proposals(title: str, abstract: str = "", **lists: tuple[str, ...]) -> list[Suggestion]:
    return suggest(Text(title, abstract, **lists), shipped())


def classes(title: str, abstract: str = "") -> set[str]:
    """Slugs of the classes and sub-classes that are worth proposing."""
    return {
        each.slug
        for each in proposals(title, abstract)
        if each.target == "therapy_class" and each.score >= 0.5
    }


def of_target(target: str, title: str, abstract: str = "") -> dict[str, float]:
    return {each.slug: each.score for each in proposals(title, abstract) if each.target == target}


@pytest.mark.parametrize(
    ("title", "abstract", "main", "sub"),
    [
        pytest.param(
            "Bevacizumab in children with relapsed soft tissue sarcoma",
            "We treated 20 children with bevacizumab alone. Three responded.",
            {"targeted"}, {"targeted-vegf"}, id="1 bevacizumab is targeted"),
        pytest.param(
            "A phase 2 study of ganitumab in refractory rhabdomyosarcoma",
            "Ganitumab, an antibody to IGF-1R, was given every two weeks.",
            {"targeted"}, {"targeted-igf1r"}, id="2 receptor blocking antibodies are targeted"),
        pytest.param(
            "Dinutuximab for relapsed sarcoma",
            "Patients received dinutuximab for five days in each cycle.",
            {"immunotherapy"}, {"immunotherapy-antibody"}, id="3 antibodies to an antigen"),
        pytest.param(
            "An anti-B7-H3 antibody-drug conjugate against rhabdomyosarcoma xenografts",
            "The conjugate m276-SL-PBD, which carries a pyrrolobenzodiazepine, cleared tumours.",
            {"immunotherapy"}, {"immunotherapy-adc"}, id="4 ADC is immunotherapy"),
        pytest.param(
            "Radioimmunotherapy with 131I-omburtamab for metastatic sarcoma",
            "Patients received 131I-omburtamab once.",
            {"immunotherapy"}, {"immunotherapy-radioimmunotherapy"}, id="5 radioimmunotherapy"),
        pytest.param(
            "GD2 bispecific antibody armed T cells in sarcoma: a phase 1 trial",
            "Activated T cells armed with a bispecific antibody to CD3 and GD2 were infused.",
            {"immunotherapy"}, {"immunotherapy-bispecific"}, id="6 bispecifics are never CAR-T"),
        pytest.param(
            "CAR-NK cells against rhabdomyosarcoma",
            "NK cells were engineered with a chimeric antigen receptor to HER2 and killed RD cells.",
            {"immunotherapy"}, {"immunotherapy-car-nk"}, id="7 CAR-NK is not CAR-T"),
        pytest.param(
            "HER2 CAR T cells after lymphodepletion in advanced sarcoma",
            "Patients received lymphodepletion with fludarabine and cyclophosphamide, then "
            "HER2 CAR T cells. Two had a complete response.",
            {"car_t"}, {"car_t-her2"}, id="8 lymphodepletion gives no class"),
        pytest.param(
            "HER2 CAR T cells and pembrolizumab in a child with metastatic rhabdomyosarcoma",
            "The patient received HER2 CAR T cells combined with pembrolizumab.",
            {"car_t", "immunotherapy"}, {"car_t-her2", "immunotherapy-checkpoint"},
            id="9 CAR-T with a checkpoint inhibitor"),
        pytest.param(
            "High-dose chemotherapy with autologous stem cell rescue in stage IV rhabdomyosarcoma",
            "We report on 26 patients given melphalan and autologous stem cell rescue.",
            {"chemotherapy"}, {"chemotherapy-high-dose"}, id="10 the graft is support"),
        pytest.param(
            "Metronomic vinorelbine and oral cyclophosphamide: anti-proliferative maintenance in sarcoma",
            "Maintenance chemotherapy with vinorelbine and cyclophosphamide was given for a year.",
            {"chemotherapy"}, {"chemotherapy-maintenance"}, id="11 low dose stays chemotherapy"),
        pytest.param(
            "Vinorelbine and cyclophosphamide with bevacizumab or temsirolimus for relapsed sarcoma",
            "Patients were randomised to bevacizumab or temsirolimus beside the backbone.",
            {"chemotherapy", "targeted"}, {"targeted-vegf", "targeted-mtor"},
            id="12 backbone plus new agent is both"),
        pytest.param(
            "Trabectedin represses PAX3-FOXO1 transcription in rhabdomyosarcoma",
            "Trabectedin was given to mice with alveolar tumours.",
            {"chemotherapy"}, {"chemotherapy-marine-derived"}, id="13 marine-derived drugs"),
        pytest.param(
            "Entinostat in children with refractory solid tumours",
            "Entinostat, a histone deacetylase inhibitor, was tolerated.",
            {"targeted"}, {"targeted-epigenetic"}, id="14 epigenetic drugs are targeted"),
        pytest.param(
            "Thalidomide for relapsed sarcoma",
            "Thalidomide was given for its effect on vessels.",
            {"targeted"}, {"targeted-other"}, id="15 thalidomide against vessels"),
        pytest.param(
            "Dendritic cell vaccine with recombinant IL-7 for high-risk sarcoma",
            "Patients received a dendritic cell vaccine and recombinant IL-7.",
            {"immunotherapy"}, {"immunotherapy-vaccine", "immunotherapy-cytokine"},
            id="16 vaccine and cytokine, once"),
        pytest.param(
            "G-CSF and mesna support in children with cancer",
            "G-CSF and dexrazoxane were given as supportive care.",
            set(), set(), id="17 supportive drugs"),
        pytest.param(
            "Tirapazamine in hypoxic rhabdomyosarcoma",
            "Tirapazamine was given with each course.",
            {"chemotherapy"}, {"chemotherapy-other"}, id="18 tirapazamine"),
        pytest.param(
            "Immunotherapy and targeted therapy for sarcoma: a review",
            "We review checkpoint inhibitors and tyrosine kinase inhibitors. "
            "Chemotherapy remains the standard of care.",
            {"immunotherapy", "targeted"}, set(),
            id="19 a review's passing mention"),
        pytest.param(
            "Proton radiotherapy for parameningeal rhabdomyosarcoma",
            "Patients were treated with protons and received vincristine, dactinomycin and "
            "cyclophosphamide. Local control at five years was 81%.",
            set(), set(), id="20 radiotherapy with a named backbone"),
        pytest.param(
            "FGFR4 CAR-T cells in rhabdomyosarcoma",
            "We generated FGFR4 CAR-T cells that cleared metastatic tumours in mice.",
            {"car_t"}, {"car_t-fgfr4"}, id="21 FGFR4 CAR-T"),
        pytest.param(
            "Erdafitinib in FGFR-altered paediatric tumours",
            "Erdafitinib, an FGFR inhibitor, was given by mouth.",
            {"targeted"}, {"targeted-fgfr"}, id="21 erdafitinib"),
        pytest.param(
            "Prognostic factors in metastatic rhabdomyosarcoma: pooled analysis of nine groups",
            "We analysed 788 patients treated with multiagent chemotherapy. Age and bone marrow "
            "involvement predicted event-free survival.",
            set(), set(), id="22 prognostic pooling"),
        pytest.param(
            "Rhabdomyosarcoma: diagnosis and multimodality management",
            "This review covers diagnosis, staging and risk groups. Treatment is multidisciplinary.",
            set(), set(), id="23 a primer names no class"),
        pytest.param(
            "Outcome of parameningeal rhabdomyosarcoma: 20 years of one centre",
            "We reviewed the records of 40 children. All had chemotherapy. Tumour size predicted "
            "survival.",
            set(), set(), id="24 an outcome series"),
        pytest.param(
            "GD2 CAR T cells for sarcoma",
            "We discuss GD2 CAR T cells. Small molecules such as dasatinib can switch them off, and "
            "checkpoint inhibitors are studied elsewhere.",
            {"car_t"}, {"car_t-gd2"}, id="26 CAR-T with other drugs in passing"),
    ],
)  # fmt: skip
def test_rulings_of_the_handbook_decide(
    title: str, abstract: str, main: set[str], sub: set[str]
) -> None:
    found = classes(title, abstract)
    assert found & MAIN == main
    assert sub <= found


def test_a_randomised_drug_compared_elsewhere_is_background() -> None:
    """Ruling 25."""
    found = classes(
        "Outcome of chemotherapy for metastatic rhabdomyosarcoma: IVADo, IVA and maintenance",
        "All patients received IVADo, IVA and maintenance chemotherapy. The comparison with "
        "bevacizumab has been reported before.",
    )
    assert found & MAIN == {"chemotherapy"}


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        (
            "Survival in sarcoma",
            "No patient had prior CAR-T treatment. None received chemotherapy.",
        ),
        ("Imaging of sarcoma", "Unlike chemotherapy, imaging is harmless."),
        ("Resection of lung metastases", "Patients refractory to chemotherapy had surgery."),
        ("Vacuum dressings after sarcoma surgery", "VAC therapy closed the wound."),
        ("Methotrexate for juvenile arthritis", "Methotrexate was given weekly."),
        ("Vaccine uptake against influenza", "The vaccine was offered to all."),
        ("MYOD1 mutations in spindle cell rhabdomyosarcoma", "Ten tumours were sequenced."),
    ],
)
def test_denied_earlier_and_foreign_treatments_give_no_class(title: str, abstract: str) -> None:
    assert classes(title, abstract) == set()


def test_with_or_without_is_no_denial() -> None:
    found = classes("Vincristine-irinotecan with or without temozolomide in rhabdomyosarcoma")
    assert {"chemotherapy", "chemotherapy-alkylator"} <= found


def test_a_combination_of_drugs_is_its_regimen() -> None:
    found = of_target(
        "regimen", "Vincristine, irinotecan and temozolomide in relapsed rhabdomyosarcoma"
    )
    assert list(found) == ["vit"]
    assert found["vit"] >= 0.5


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("newly diagnosed metastatic rhabdomyosarcoma", "first_line_metastatic"),
        ("maintenance chemotherapy in rhabdomyosarcoma", "maintenance"),
        ("chemotherapy for relapsed or refractory solid tumours", "relapsed_refractory"),
        ("chemotherapy for localised rhabdomyosarcoma", "localised"),
        ("chemotherapy at first relapse of rhabdomyosarcoma", "first_relapse"),
    ],
)
def test_settings_are_proposed_from_their_words(words: str, slug: str) -> None:
    assert of_target("setting", words)[slug] >= 0.5


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        ("Randomised phase 2 trial of irinotecan in sarcoma", {"rct"}),
        ("Non-randomized phase II trial of irinotecan in sarcoma", {"phase_2"}),
        ("Phase I/II trial of irinotecan in sarcoma", {"phase_2"}),
        ("Irinotecan in sarcoma xenografts", {"preclinical"}),
        ("Irinotecan in sarcoma: a systematic review", {"systematic_review"}),
        ("Irinotecan in sarcoma: a retrospective study", {"cohort"}),
    ],
)
def test_a_study_design_is_proposed_from_its_words(words: str, slugs: set[str]) -> None:
    found = of_target("study_design", words)
    assert {slug for slug, score in found.items() if score >= 0.5} == slugs


def test_a_suggestion_says_its_rule_version_and_words() -> None:
    first = proposals("Temsirolimus in rhabdomyosarcoma")[0]
    assert (first.slug, first.rule, first.version) == (
        "targeted", "named in the title", RULES_VERSION
    )  # fmt: skip
    quote = first.quotes[0]
    assert (quote.field, quote.start, quote.end, quote.text) == ("title", 0, 12, "Temsirolimus")


def test_keywords_alone_are_quoted_and_weak() -> None:
    main, sub = proposals("A study of sarcoma", keywords=("sarcoma", "Temsirolimus"))
    assert (main.slug, sub.slug) == ("targeted", "targeted-mtor")
    assert main.score < 0.5
    quote = main.quotes[0]
    assert (quote.field, quote.item, quote.text) == ("keywords", 1, "Temsirolimus")


@pytest.mark.parametrize(
    ("title", "abstract", "slug", "rule"),
    [
        ("CAR-NK cells against rhabdomyosarcoma", "", "immunotherapy-car-nk", "ruling 7"),
        ("Bevacizumab for sarcoma", "", "targeted-vegf", "ruling 1"),
        ("Ganitumab in sarcoma", "", "targeted-igf1r", "ruling 2"),
        ("Naxitamab for sarcoma", "", "immunotherapy-antibody", "ruling 3"),
        ("An antibody-drug conjugate for sarcoma", "", "immunotherapy-adc", "ruling 4"),
        ("131I-omburtamab for sarcoma", "", "immunotherapy-radioimmunotherapy", "ruling 5"),
        ("A bispecific antibody for sarcoma", "", "immunotherapy-bispecific", "ruling 6"),
        ("HER2 CAR T cells and pembrolizumab in sarcoma", "", "immunotherapy-checkpoint", "ruling 9"),
        ("High-dose chemotherapy in sarcoma", "", "chemotherapy-high-dose", "ruling 10"),
        ("Metronomic chemotherapy in sarcoma", "", "chemotherapy-maintenance", "ruling 11"),
        ("Eribulin in sarcoma", "", "chemotherapy-marine-derived", "ruling 13"),
        ("Vorinostat in sarcoma", "", "targeted-epigenetic", "ruling 14"),
        ("Treatment of sarcoma: a review", "We discuss temsirolimus.", "targeted-mtor", "ruling"),
    ],
)  # fmt: skip
def test_a_ruling_that_decided_is_named(title: str, abstract: str, slug: str, rule: str) -> None:
    rules = {each.slug: each.rule for each in proposals(title, abstract)}
    assert rule in rules[slug]


def test_rules_are_short_enough_to_stand_beside_a_quote() -> None:
    made = [
        each for name in SETS for paper in labelled(name) for each in suggest(paper.text, shipped())
    ]
    assert made
    assert max(len(each.rule) for each in made) <= 80


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        (
            "Mesna against haemorrhagic cystitis after cyclophosphamide in sarcoma",
            "Patients received mesna with each dose of cyclophosphamide. Cystitis was rare.",
        ),
        (
            "Prevention of nausea in children on ifosfamide for sarcoma",
            "Children received ifosfamide and were randomised to aprepitant or placebo.",
        ),
        (
            "Sirolimus for prevention of graft-versus-host disease in leukaemia",
            "Sirolimus was given after transplantation as prophylaxis.",
        ),
        (
            "Tumour-infiltrating lymphocytes in rhabdomyosarcoma",
            "Tumour-infiltrating lymphocytes were counted in 40 samples.",
        ),
        (
            "Human papillomavirus vaccine in girls",
            "The vaccine prevents cervical cancer. It was given in two doses.",
        ),
        (
            "Mesenchymal stem cells rescue neurons after injury by a tumour",
            "Stem cells rescue neurons in this model of a brain tumour.",
        ),
        (
            "Surgery after induction chemotherapy in rhabdomyosarcoma",
            "Resection followed four courses of chemotherapy. Margins were free in 80%.",
        ),
        (
            "Expression of the mammalian target of rapamycin (mTOR) in rhabdomyosarcoma",
            "The mammalian target of rapamycin (mTOR) was stained. mTOR was expressed in most.",
        ),
    ],
)
def test_support_bystanders_and_backgrounds_give_no_class(title: str, abstract: str) -> None:
    assert classes(title, abstract) == set()


def test_the_payload_of_a_conjugate_is_no_chemotherapy() -> None:
    found = classes(
        "An antibody-drug conjugate with a topotecan payload for sarcoma",
        "The antibody is linked to topotecan. Xenografts regressed.",
    )
    assert found & MAIN == {"immunotherapy"}


def test_an_allograft_is_immunotherapy_only_where_it_shall_fight_the_tumour() -> None:
    """Rulings 7 and 10."""
    title = "Allogeneic stem cell transplantation in metastatic rhabdomyosarcoma"
    plain = classes(title, "Thirty patients were given melphalan and allogeneic cells.")
    aimed = classes(title, "The aim was a graft-versus-tumour effect of the donor's cells.")
    assert plain & MAIN == {"chemotherapy"}
    assert "immunotherapy" in aimed


def test_a_review_covers_what_it_lists_and_not_what_it_mentions() -> None:
    """Ruling 19."""
    found = classes(
        "Treatment of relapsed sarcoma: an overview",
        "We review temsirolimus, pazopanib and regorafenib. Vaccines are mentioned briefly.",
    )
    assert found & MAIN == {"targeted"}


_WORDS = st.sampled_from(
    ["vincristine", "VAC", "(VAC)", "CAR", "CAR-T", "cells.", "No", "prior", "chemotherapy", "β",
     "İstanbul", "ß", "GD2", "anti-GD2", "We", "treated", "\n", "RESULTS:", "temozolomide,", "and",
     "irinotecan", "(TMZ)", "TMZ", "𝛼", "tumours", "sarcoma", "review", "e.g.", "NK", "-", "/"]
)  # fmt: skip


_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine makes even short texts slowly; what is tested is no time."""


@_PATIENT
@given(st.lists(_WORDS, max_size=40), st.lists(_WORDS, max_size=10))
def test_every_quote_reproduces_its_words(abstract: list[str], title: list[str]) -> None:
    text = Text(" ".join(title), " ".join(abstract))
    for suggestion in suggest(text, shipped()):
        assert suggestion.quotes
        assert 0 < suggestion.score < 1
        for quote in suggestion.quotes:
            assert getattr(text, quote.field)[quote.start : quote.end] == quote.text


_ODD = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("ßİıﬁﬀ\u00a0\u0301\u200d💊𝛼(),.;-/"),
    max_size=60,
)  # fmt: skip


@_PATIENT
@given(st.lists(_WORDS | _ODD, max_size=30), st.sampled_from(["", " ", "\u00a0"]))
def test_quotes_and_mentions_hold_in_any_text(pieces: list[str], between: str) -> None:
    text = Text(title=between.join(pieces[::2]), abstract=between.join(pieces), keywords=("CAR T",))
    for placed in place(text, shipped()):
        field = getattr(text, placed.field)
        words = field if placed.item is None else field[placed.item]
        mention = placed.mention
        assert 0 <= mention.start < mention.end <= len(words)
        assert words[mention.start : mention.end] == mention.text
        assert placed.sentence.start <= mention.start < placed.sentence.end
    for found in shipped().lexicon.find([text.title, text.abstract]):
        ends = [0, *(mention.end for mention in found)]
        assert all(end <= mention.start for end, mention in zip(ends, found, strict=False))
    for suggestion in suggest(text, shipped()):
        for quote in suggestion.quotes:
            field = getattr(text, quote.field)
            words = field if quote.item is None else field[quote.item]
            assert words[quote.start : quote.end] == quote.text


@pytest.mark.parametrize("cue", [*SETTINGS, *DESIGNS], ids=lambda cue: f"{cue.slug} {cue.weight}")
@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_no_cue_is_overlooked_by_the_parts_that_are_searched_first(cue: Cue, data) -> None:
    ascii_only = st.characters(codec="ascii")
    found = cue.pattern.search(data.draw(st.from_regex(cue.pattern, alphabet=ascii_only)))
    assume(found)

    assert any(part in found.group().lower() for part in cue.needs), found.group()


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("A dose escalation study of irinotecan in rhabdomyosarcoma.", "phase_1"),
        ("Dose limiting toxicities were seen at two dose levels.", "phase_1"),
        ("We did a cross-sectional study of adults.", "cohort"),
        ("Patients were seen between 1990 and 2004.", "cohort"),
        ("Pooling of data from four groups; a chart review followed.", "pooled_analysis"),
        ("We used chart review.", "cohort"),
    ],
)
def test_a_design_is_seen_in_either_spelling(words: str, slug: str) -> None:
    said = suggest(Text("Rhabdomyosarcoma", words), shipped())

    assert slug in {each.slug for each in said if each.target == "study_design"}


def _classes_of(title: str, abstract: str = "") -> set[str]:
    said = suggest(Text(title, abstract), shipped())
    return {
        each.slug
        for each in said
        if each.target == "therapy_class" and "-" not in each.slug and each.score >= 0.5
    }


@pytest.mark.parametrize(
    ("title", "abstract", "classes"),
    [
        # Named once is enough where the title asks about treatment.
        ("Treatment of metastatic rhabdomyosarcoma in teenagers",
         "Outcome is poor. All 40 patients received ifosfamide. Three-year survival was 30%. "
         "More is needed.", {"chemotherapy"}),
        # An outcome series whose results hold drugs against each other (ruling 24).
        ("Prognostic factors in adults with rhabdomyosarcoma",
         "Records of 90 adults were reviewed. Regimens with ifosfamide were associated with better "
         "survival than others. Age and size mattered.", {"chemotherapy"}),
        ("Validation of a prognostic score in rhabdomyosarcoma",
         "We tested the score in 200 children who had received ifosfamide. It discriminates well.",
         set()),
        # A bare name is supported by what is done with it, and then everywhere (section 5).
        ("VAC/VI with or without temsirolimus in rhabdomyosarcoma",
         "Children were randomly assigned to VAC or to VAC with temsirolimus.",
         {"chemotherapy", "targeted"}),
        # A backbone that is given together with a new drug (ruling 12).
        ("Pazopanib in children with relapsed sarcoma",
         "We gave pazopanib combined with irinotecan to 30 children. Nine responded.",
         {"chemotherapy", "targeted"}),
        # A checkpoint inhibitor that is given with CAR T cells, named once (ruling 9).
        ("HER2 CAR T cells in a child with rhabdomyosarcoma",
         "Two infusions led to remission. At relapse the infusions were combined with "
         "pembrolizumab to improve their efficacy. The child is well.",
         {"car_t", "immunotherapy"}),
        ("EphA2-redirected T lymphocytes for lung metastases of sarcoma",
         "T lymphocytes expressing chimeric antigen receptors were produced and infused into mice. "
         "Tumours regressed.", {"car_t"}),
        # CAR T cells as what may come one day, as what patients had, and as what others are held to.
        ("B7-H3 expression in rhabdomyosarcoma and its implications for CAR T-cell therapy",
         "B7-H3 was stained in 100 tumours. It is an attractive target for CAR T cells.", set()),
        ("Infections after CAR T-cell therapy of childhood cancer",
         "We reviewed 80 children who had received CAR T cells. Bacteraemia was seen in 12%.", set()),
        ("TCR T cells against PRAME versus CAR T cells in sarcoma",
         "T cells with a PRAME receptor lysed sarcoma cells.", {"immunotherapy"}),
        # A landscape of genes is no review of treatments.
        ("The genomic landscape of rhabdomyosarcoma",
         "We sequenced 150 tumours. Mutations of FGFR4 were found, against which erdafitinib exists.",
         set()),
        ("MEK inhibition overcomes resistance to radiation in rhabdomyosarcoma xenografts",
         "Trametinib slowed xenografts and induced differentiation.", {"targeted"}),
        # Beside local treatment, or with the harm as the question (rulings 17 and 20).
        ("Proton therapy with concurrent irinotecan for local control of rhabdomyosarcoma",
         "Local failure was 12%.", set()),
        ("Second malignant neoplasms after treatment of sarcoma with etoposide",
         "Of 900 survivors 20 had a second malignancy.", set()),
        ("Ovarian cryopreservation before alkylating chemotherapy for sarcoma",
         "Tissue was stored for 40 girls.", set()),
        # Ways to give chemotherapy are compared like drugs (ruling 24).
        ("Outcome of children with metastatic sarcoma in three studies",
         "Methods: Two of the studies gave high-dose melphalan with stem cell rescue. Results: "
         "Survival after high-dose therapy was similar to that after standard treatment. "
         "Conclusion: High-dose therapy brought no better survival.", {"chemotherapy"}),
        ("Prognostic factors in metastatic sarcoma",
         "Results: All patients had chemotherapy. Bone metastases were associated with worse "
         "survival.", set()),
        # What a review covers, also where it says so once (ruling 19).
        ("Immunotherapy for sarcoma of childhood: a review",
         "We review checkpoint inhibitors, vaccines and chimeric antigen receptor T cells.",
         {"immunotherapy", "car_t"}),
        ("Rhabdomyosarcoma: a review for pathologists",
         "We review its types. CAR T cells may follow one day.", set()),
        # How the disease is treated is said in passing (ruling 23).
        ("Imaging of rhabdomyosarcoma: an update",
         "Treatment consists of surgery, radiotherapy and vincristine, dactinomycin and "
         "cyclophosphamide. We show typical findings.", set()),
        # A drug's effect and its harm, the drug named first; and a guard against harm.
        ("Ifosfamide, vincristine and etoposide: neurotoxicity and activity in sarcoma",
         "Twelve of 30 children responded; four were confused.", {"chemotherapy"}),
        ("Efficacy of dexrazoxane with doxorubicin in children with sarcoma",
         "Echocardiograms were normal in 40 of 44.", set()),
        ("Late effects and fertility in survivors of rhabdomyosarcoma",
         "Results: Gonadal failure was more common than in siblings after cyclophosphamide above "
         "20 g/m2.", set()),
        # What will be given with CAR T cells is not given yet (ruling 9).
        ("B7-H3 CAR T cells for solid tumours of childhood",
         "Three of nine responded. Further cohorts will combine the cells with pembrolizumab.",
         {"car_t"}),
        # A trial that is on its way; what patients had before.
        ("FaR-RMS: an overarching study for rhabdomyosarcoma",
         "Randomised questions address irinotecan in induction and regorafenib at relapse.",
         {"chemotherapy", "targeted"}),
        ("Clinical outcome of relapsed rhabdomyosarcoma after first-line IVA-based treatment",
         "We followed 80 children from relapse. Three-year survival was 30%.", set()),
        # No vacuum stands beside the disease (section 5).
        ("VAC in metastatic rhabdomyosarcoma", "", {"chemotherapy"}),
        ("VAC in deep wounds", "", set()),
        # What only serves as a control, or is reported elsewhere (ruling 25).
        ("miR-1 restrains rhabdomyosarcoma",
         "Expression of miR-1 slowed growth. Crizotinib was used as a positive control.", set()),
    ],
)  # fmt: skip
def test_what_a_study_evaluates_is_told_from_what_it_names(
    title: str, abstract: str, classes: set[str]
) -> None:
    assert _classes_of(title, abstract) == classes


def test_a_comma_makes_no_car() -> None:
    text = Text("Checkpoint inhibitors, CAR T cells and sarcoma", "")
    placed = [
        quote.text
        for each in suggest(text, shipped())
        if each.slug.startswith("car_t")
        for quote in each.quotes
    ]

    assert placed
    assert "Checkpoint inhibitors" not in placed


def test_a_comma_makes_no_conjugate() -> None:
    made = proposals("Checkpoint inhibitors, antibody-drug conjugates and vaccines for sarcoma")

    assert {"immunotherapy-checkpoint", "immunotherapy-adc"} <= {each.slug for each in made}


def test_small_words_are_no_drugs() -> None:
    text = Text(
        "Doxorubicin in adults", "Doxorubicin was given. Adults do worse, we do not know why."
    )

    assert "do" not in {each.mention.text for each in place(text, shipped())}


@pytest.mark.parametrize(
    ("title", "abstract", "said", "unsaid"),
    [
        ("A phase 1 study of lorlatinib", "The recommended phase 2 dose was 95 mg.",
         "phase_1", "phase_2"),
        ("Pazopanib in sarcoma, a phase 1 trial", "A phase 2 study is planned.",
         "phase_1", "phase_2"),
        ("Rhabdomyosarcoma in adults", "A retrospective study of 90. Randomized trials are needed.",
         "cohort", "rct"),
        ("Regorafenib in heavily pretreated children with metastatic rhabdomyosarcoma",
         "Children progressing after two lines were treated.",
         "relapsed_refractory", "first_line_metastatic"),
        ("Localised rhabdomyosarcoma of the orbit", "Of 45 children, 5 with metastatic disease were "
         "left out.", "localised", "first_line_metastatic"),
        ("Infants with sarcoma", "We analysed 2,151 infants of six studies. A landscape emerges.",
         "cohort", "review"),
        ("Topotecan in an upfront window", "DLTs were seen in two of six.", "phase_2", "rct"),
        ("Perioperative care in a girl with sarcoma", "She is well after two years.",
         "case_report", "cohort"),
        ("Family perspectives on sarcoma trials", "A survey of 90 parents by INSTRuCT. We analysed "
         "80 children.", "cohort", "review"),
        ("VAC for relapsed rhabdomyosarcoma", "Prior maintenance therapy had been given to ten.",
         "relapsed_refractory", "maintenance"),
    ],
)  # fmt: skip
def test_what_is_still_to_come_or_lies_behind_is_not_the_papers_own(
    title: str, abstract: str, said: str, unsaid: str
) -> None:
    proposed = {
        each.slug for each in suggest(Text(title, abstract), shipped()) if each.score >= 0.5
    }

    assert said in proposed
    assert unsaid not in proposed
