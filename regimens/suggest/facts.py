"""What a paper as a whole is about, as far as its words tell: the question behind the drugs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from regimens.lexicon.names import Kind
from regimens.proposals import CAR_T, CHEMOTHERAPY, Text
from regimens.suggest.cars import are_nk
from regimens.suggest.contexts import Part, Placed
from regimens.suggest.grounds import COVERED, Grounds, is_titled
from regimens.suggest.patterns import parts, words
from regimens.suggest.sentences import Zone
from regimens.suggest.titles import Question
from regimens.terms import Vocabulary

COVERS = words(
    *(
        rf"{stem}\w*"
        for stem in (
            "review", "discuss", r"summari[sz]", "highlight", "focus", "overview", "cover",
            "describe", "outline", "present", "survey", "explore", "provide", "address", "examine",
            "recommend",
        )
    )
)  # fmt: skip
"""How a review says what it is about."""

_REVIEW_TYPES = {"review", "systematic review", "meta-analysis", "guideline", "practice guideline"}
_IS_REVIEW = re.compile(
    r"\b(?:this|in this|the present|our) (?:\w+ )?(?:review|overview|guideline)\b|\bwe review\b"
    r"|\bareas covered\b|\bthis (?:article|paper|chapter) (?:\w+ )?"
    r"(?:reviews|discusses|summari[sz]es|outlines|focuses)\b",
    re.IGNORECASE,
)
_IS_CASE = re.compile(
    r"\bcase report\b|\bwe (?:report|describe|present) (?:a|an|the|one) (?:\w+ ){0,2}case\b"
    r"|\b(?:a|an) \d+[- ](?:year|month|week|day)s?[- ]old\b",
    re.IGNORECASE,
)

_OUTCOME = parts(
    "surviv", r"\bEFS\b", r"\bFFS\b", r"\bPFS\b", r"\bOS\b", "recurren", "relapse", "outcome",
    "respon[sd]", "mortality", "failure",
)  # fmt: skip
_COMPARES = words(
    "better", "worse", "superior", "inferior", "higher", "lower", "improved", "than", "versus",
    r"vs\.?", "compared", "commoner", "more common", "no (?:effect|advantage|difference|benefit)",
    "without effect", r"associated with", "did not (?:differ|improve)", "similar",
)  # fmt: skip

_IN_A_WAY = frozenset(("chemotherapy-high-dose", "chemotherapy-maintenance"))
"""Ways to give chemotherapy that are compared by their own names, as drugs are."""

_T_CELLS = parts(r"\bT[- ](?:cells?|lymphocytes?)\b")
_TOGETHER = words(
    r"combin\w+", "plus", "together with", "added to", "addition of", "with or without",
    "backbone", "alone or with", "in conjunction",
)  # fmt: skip

_CANCERS = (
    "sarcoma", "carcinoma", "leuka?emi", "lymphoma", "blastoma", "glioma", "melanoma", "myeloma",
    r"\bRMS\b", "PAX[37]", "FOXO1",
)  # fmt: skip
_A_CANCER = parts(*_CANCERS)
_CANCER = parts(
    *_CANCERS, "tumou?r", "cancer", "neoplas", "malignan", "oncolog", "oncogen", "oncoly", "metasta"
)
_OTHER_DISEASE = parts(
    "covid", "sars-cov", "influenza", r"\bHIV\b", "hepatitis", "arthritis", "psoria", "lupus",
    "diabet", "asthma", "malaria", "tubercul", "leprosy", "colitis", "crohn", "multiple sclerosis",
    "alzheimer", "parkinson", "transplant recipients", "macular", "retinopath", "retinal", "wound",
    "autoimmun", "stroke", "fibromyalgia", "epilep", "schizophren", "bipolar", "papilloma",
    r"\bHPV\b", "dengue", "bacter", "fung(?:al|us)", "parasit", "leishman", "cirrhosis", "fibrosis",
    "pemphig", "encephal", "demyelin", "nephr(?:itis|otic)", "vasculit",
)  # fmt: skip
_GRAFT_AGAINST_TUMOUR = parts(
    r"graft[- ](?:versus|vs\.?)[- ](?:tumou?r|sarcoma|malignancy|leuk)", "alloreactiv",
    "donor lymphocyte", "GvT",
)  # fmt: skip

_FOREIGN = 0.3
"""What is left of a class where the disease is no cancer."""

_BACKGROUND = 0.45
"""What is left where the paper's question is not the drug: just too little to be proposed."""

_ASIDE = 0.7
"""Drugs other than chemotherapy where the title asks about outcome, images or markers."""

_BESIDE = 0.6
"""Chemotherapy beside a drug of the title: the background or the control."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the paper as a whole is, as far as its words tell."""

    question: Question
    is_review: bool
    is_case: bool
    is_car_t: bool
    """T cells with a chimeric antigen receptor are its subject."""

    cars_are_nk: bool
    """Its receptors sit on NK cells or their kin (ruling 7)."""

    is_graft_against_tumour: bool
    """An effect of the donor's cells on the tumour is looked for (ruling 10)."""

    is_on_cancer: bool
    compares_drugs: bool
    """Its results hold drugs against each other, or against their doses (ruling 24)."""

    is_on_chemotherapys_effect: bool
    """Its title names chemotherapy first and asks what it does, whatever is given against harm."""

    combines: bool
    """Chemotherapy was given together with a drug of another class (ruling 12)."""

    @classmethod
    def of(cls, paper: Text, placed: Sequence[Placed], vocabulary: Vocabulary) -> Facts:
        both = f"{paper.title}\n{paper.abstract}"
        nk = are_nk(both)
        question = Question.of(paper.title)
        return cls(
            question=question,
            is_review=_is_review(paper, question),
            is_case=_is_case(paper),
            is_car_t=not nk and _is_car_t(paper.title, placed, vocabulary),
            cars_are_nk=nk,
            is_graft_against_tumour=bool(_GRAFT_AGAINST_TUMOUR.search(both)),
            is_on_cancer=_is_on_cancer(paper),
            compares_drugs=any(map(_is_compared_by_outcome, placed)),
            is_on_chemotherapys_effect=_is_on_chemotherapys_effect(paper.title, placed, vocabulary),
            combines=_combines(placed, vocabulary),
        )

    def gate(self, slug: str, grounds: Sequence[Grounds], titled: set[str]) -> float:
        """By how much the paper's own question weakens a class: 1 not at all, 0 wholly.

        ``titled``: the classes of which the title names something as evaluated.
        """
        if not self.is_on_cancer:
            return _FOREIGN
        if slug in titled:
            return _BACKGROUND if self._is_titled_background(slug, grounds) else 1.0
        if slug == CAR_T:
            return 1.0 if self.is_car_t or self._is_more_than_a_remark(grounds) else _BACKGROUND
        if slug == CHEMOTHERAPY:
            return self._chemotherapy_gate(titled)
        if self.question.is_on_local_treatment:
            return _BACKGROUND
        return _ASIDE if self.question.is_on_measures_alone and not self.is_review else 1.0

    def _is_more_than_a_remark(self, grounds: Sequence[Grounds]) -> bool:
        """Named in two places, or among what a review says that it covers (ruling 19)."""
        places = {(each.placed.field, each.placed.sentence.start) for each in grounds}
        is_covered = self.is_review and any(each.weight >= COVERED for each in grounds)
        return len(places) > 1 or is_covered

    def _is_titled_background(self, slug: str, grounds: Sequence[Grounds]) -> bool:
        """The title names it, and asks about something else."""
        asks = self.question
        if asks.measures_under_treatment:
            return True
        if slug == CHEMOTHERAPY:
            if self._is_beside_local_treatment():
                return True
            if asks.is_on_support:
                return not self.is_on_chemotherapys_effect
        kinds = {each.placed.mention.term.kind for each in grounds if is_titled(each)}
        return (asks.measures or asks.is_on_targets_for_later) and kinds == {Kind.PHRASE}

    def _is_beside_local_treatment(self) -> bool:
        return self.question.is_on_local_treatment and self.question.is_beside_chemotherapy

    def _chemotherapy_gate(self, titled: set[str]) -> float:
        asks = self.question
        if self.is_car_t:
            return _FOREIGN
        if asks.is_on_local_treatment or asks.is_on_support or self.is_case:
            return _BACKGROUND
        if self.compares_drugs and not self.is_review:
            return self._beside(titled)
        if asks.is_on_place:
            return _BACKGROUND
        if asks.is_not_on_treatment and not (self.is_review and asks.is_on_treatment):
            return _BACKGROUND
        return self._beside(titled)

    def _beside(self, titled: set[str]) -> float:
        return _BESIDE if titled and not self.combines else 1.0


def _is_compared_by_outcome(each: Placed) -> bool:
    """ "Regimens with an anthracycline were associated with better survival than others"."""
    return (
        each.field == "abstract"
        and (
            each.mention.term.kind in (Kind.DRUG, Kind.REGIMEN)
            or not _IN_A_WAY.isdisjoint(each.mention.term.classes)
        )
        and each.sentence.zone in (Zone.RESULTS, Zone.CONCLUSION)
        and each.sentence.says(_OUTCOME)
        and each.sentence.says(_COMPARES)
    )


_EFFECT = parts(r"activ(?:e|ity)\b", "efficac", "feasib", r"\bphase (?:I|1|2)")
_NAMED = (Kind.DRUG, Kind.REGIMEN, Kind.AGENT, Kind.SUPPORTIVE)


def _is_on_chemotherapys_effect(
    title: str, placed: Sequence[Placed], vocabulary: Vocabulary
) -> bool:
    """ "Ifosfamide and etoposide: neurotoxicity and activity", not "dexrazoxane: efficacy …"."""
    named = (each for each in placed if each.field == "title" and each.mention.term.kind in _NAMED)
    first = next(named, None)
    if first is None or not _EFFECT.search(title):
        return False
    return any(vocabulary.main(slug) == CHEMOTHERAPY for slug in first.mention.term.classes)


def _combines(placed: Sequence[Placed], vocabulary: Vocabulary) -> bool:
    """Whether a sentence on what was done names chemotherapy and another class as given together."""
    mains: dict[int, set[str]] = {}
    for each in placed:
        is_given = each.field == "abstract" and each.part is Part.EVALUATED
        is_named = each.mention.term.kind in (Kind.DRUG, Kind.REGIMEN, Kind.AGENT)
        is_ours = each.sentence.zone is not Zone.BACKGROUND
        if is_given and is_named and is_ours and each.sentence.says(_TOGETHER):
            found = mains.setdefault(each.sentence.start, set())
            found.update(vocabulary.main(slug) for slug in each.mention.term.classes)
    return any(CHEMOTHERAPY in found and len(found) > 1 for found in mains.values())


def _is_review(paper: Text, question: Question) -> bool:
    types = {name.lower() for name in paper.publication_types}
    return bool(
        types & _REVIEW_TYPES or question.sounds_like_review or _IS_REVIEW.search(paper.abstract)
    )


def _is_case(paper: Text) -> bool:
    types = {name.lower() for name in paper.publication_types}
    return "case reports" in types or any(map(_IS_CASE.search, (paper.title, paper.abstract)))


def _is_car_t(title: str, placed: Sequence[Placed], vocabulary: Vocabulary) -> bool:
    """Whether the title names CAR T cells, or T cells of which the abstract says that they have
    such a receptor, or most of what the abstract names are such.
    """
    treatments = [each for each in placed if each.mention.term.classes]
    cars = [
        each
        for each in treatments
        if any(vocabulary.main(slug) == CAR_T for slug in each.mention.term.classes)
    ]
    in_title = any(each.field == "title" for each in cars)
    if cars and (in_title or _T_CELLS.search(title)):
        return True
    return len(cars) >= max(3 if title else 1, 0.6 * len(treatments))


def _is_on_cancer(paper: Text) -> bool:
    """By its title, else by its headings, a cancer's name, or more than a remark on cancer."""
    if _CANCER.search(paper.title):
        return True
    if _OTHER_DISEASE.search(paper.title):
        return False
    if not paper.abstract or _A_CANCER.search(paper.abstract):
        return True
    if any(map(_CANCER.search, (*paper.keywords, *paper.mesh_headings))):
        return True
    found = _CANCER.finditer(paper.abstract)
    return bool(next(found, None) and next(found, None))
