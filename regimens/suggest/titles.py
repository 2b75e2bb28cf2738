"""What a paper's title asks: about a treatment, about local treatment, or about something else.

A title has one question, and it says which of the drugs in the abstract are what is studied and
which are the background (rulings 17, 20 and 22 to 24).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from regimens.suggest.patterns import any_of, parts

_LOCAL = parts(
    "radio(?:therapy|surgery|logic)", "radiation", "irradiat", "brachytherap", "proton",
    "carbon[- ]ion", "surg(?:ery|ical)", "resect", "cystectom", "excision", "exenterat", "amputat",
    "stereotactic", "local (?:control|therapy|treatment)", "lymph node", "reconstruct",
    "lymphadenectom", "hysterectom", r"orchi\w{0,12}ectom", "biops", "margin", "endoscop",
    "transplantation of (?:liver|kidney)", "second[- ]look", "metastasectom", "hypofractionat",
    "intensity[- ]modulated",
)  # fmt: skip

# Questions that are not about drugs even where every patient had some.
_PROGNOSIS = r"(?<!poor[- ])(?<!adverse[- ])prognos"
_OF_OUTCOME = (
    _PROGNOSIS, "predict", "incidence", "epidemiolog", "trends", "population[- ]based",
    "risk factors?", "risk stratif", "staging", "natural history", "patterns? of", "factors",
    "metastatic (?:patterns?|sites?)", "bone marrow (?:involve|metas)", "disparit", "survivors",
    "outcomes? (?:of|for|in|and|by|after|following)", "clinical outcomes?", "experience",
    "impact of (?:age|race|tumor)", "characteristics", "features", "presenting", "presentation",
    "case report", "case series", "cases? of", "multimodality", "multidisciplinary", r"\bscores?\b",
    "validation",
)  # fmt: skip
_OF_BIOLOGY = (
    "patholog", "histolog", "classif", "immunohistoch", "cytogen", "genom", "mutat",
    "fusion status", "expression", "signature", "profil", "sequenc", "transcriptom",
    "molecular (?:characteri|detect|stud|diag|pathol)", "biomarker", "circulating", "germline",
    "predispos", "miR-", "microRNA", "long non-?coding", "lncRNA", r"identif\w+ of", "role of",
    r"regulat\w+", "mechanis", "pathogenesis", "origin", "tumorigen", "oncogen(?:e|ic)",
    "differentiation of", "cell lines?$", "diagnos",
)  # fmt: skip
_OF_IMAGES = ("imaging", r"\bPET\b", "tomograph", r"\bMRI\b", "magnetic resonance", "ultraso")
_OF_HARM = (
    "late effects", "long-term effects", "quality of life", "second(?:ary)? (?:malignan|cancer)",
    "fertility", "gonadal", "cardiotox", "cardiac", "nausea", "neutropenia", "infection",
    "nutrition", "pain", r"\bcosts?\b", "economic", "survey", "access",
)  # fmt: skip
_OF_MARKERS = ("signature", "expression", "profil", "immunohistoch", "patholog", "histolog")
_ON_MEASURES_ALONE = parts(*_OF_OUTCOME, *_OF_IMAGES, *_OF_HARM, *_OF_MARKERS)
_NOT_ON_TREATMENT = parts(*_OF_OUTCOME, *_OF_BIOLOGY, *_OF_IMAGES, *_OF_HARM)

# Where the tumour sits, or whom it befalls: the title of a series, unless a treatment is named.
_WHERE_OR_WHOM = parts(
    "paratesticular", "orbit", "bladder", "prostat", "parameningeal", "biliary", "vagina", "vulva",
    "uter(?:us|ine)", "cervi(?:x|cal)", "genitourinary", "head and neck", "extremit", "chest wall",
    "perine", "perianal", "pelvi[cs]", "trunk", "retroperiton", "nasal", "sinonasal", "larynge",
    "in infants", "in adults", "in adolescents", "elderly", "adult rhabdomyosarcoma",
)  # fmt: skip

# Against the harm of treatment, or about it: the drug that does the harm is the background.
_ON_SUPPORT = parts(
    "prevent(?:ion|ing|s)? ", "prophyla", "protect", "attenuat", "ameliorat", "alleviat",
    "mitigat", "supportive", "nausea", "vomiting", "emesis", "antiemetic", "mucositis", "cystitis",
    "ha?ematuria", "transfusion", "an(?:a)?emia", "febrile", "(?:cardio|nephro|oto)tox",
    "(?:neuro|hepato|gonado)tox", "neuropath", "alopecia", "veno-?occlusive", "extravasation",
    "sinusoidal obstruction", "filgrastim", "epoetin", "erythropoietin", "dexrazoxane", "defibrotide",
    "palifermin", "nutrition", "cryopreserv", "second(?:ary)? (?:malignan|cancer|neoplas)",
    "late effects", "long-term effects", "infertil", "fertility", "gonadal", "quality of life",
    "cardiac (?:function|outcome)",
    r"-induced\b", "graft[- ]versus[- ]host", "GVHD", "vaccination (?:of|in) (?:children|survi)",
)  # fmt: skip

# Titles of reviews, which may cover drugs without naming one.
_REVIEW = parts(
    r"\breview", "overview", "perspective", "advances", r"\bupdate",
    "(?:treatment|therapeutic|therapy|drug) landscape",
    "state of the art", "guideline", "recommendations", "consensus", "challenges", "opportunities",
    "future", "current (?:therapy|management|treatment|status|concepts)", "emerging", "progress",
    "what is new", "history", "strategies", "roadmap", "primer", "promis(?:e|ing)", "prospects",
    "where (?:do|are|did) we", "from bench", "lessons", "approaches", "task force", "prioriti[sz]",
    "(?:new|novel) (?:agents?|drugs|therap)", "therapeutic targets?", "diagnosis and treatment",
    "management of",
)  # fmt: skip

# "Relapsed rhabdomyosarcoma": a title that is a disease and nothing else heads an overview.
_ONLY_A_DISEASE = re.compile(
    r"(?:(?:relapsed|recurrent|refractory|metastatic|advanced|high-risk|pa?ediatric|childhood|adult"
    r"|alveolar|embryonal|pleomorphic|parameningeal|soft[- ]tissue|Ewing(?:[’']s)?)[ ,]{1,2}){0,3}"
    r"(?:rhabdomyo|osteo)?sarcomas?(?: (?:in|of) (?:childhood|children|adolescents|adults))?\W{0,2}",
    re.IGNORECASE,
)

# A title that measures something in patients under treatment asks about the measure.
_MEASURES = parts(
    *_OF_IMAGES, "biomarker", _PROGNOSIS, "predict", "late effects", "quality of life", "survivors",
    "cardiotox", "cardiac", "fertility", "gonadal", "ototox", "nausea", "neutropeni", "neuropath",
    "infections?", r"\bcosts?\b", "economic",
    "pharmacokinetics of", r"(?<!overcomes )(?<!overcome )(?<!reverses )resistance to",
)  # fmt: skip
_MEASURES_SOMETHING = parts(
    _PROGNOSIS, "predict", "value of", "factors", "expression", "imaging", "biomarker",
    "quality of life", "impact of",
)  # fmt: skip
_FOR_LATER = re.compile(
    r"(?:expression|immunohistochem|profil)\w*.{0,80}\b(?:implications?|targets?|relevance|potential)"
    r"\b(?: \w{1,20}){0,2} for\b",
    re.IGNORECASE,
)
_FORETELLS = parts(_PROGNOSIS, "predict", "biomarker", "polymorphism")
_RESPONSE = parts("respon[sd]", "sensitiv")
_UNDER_TREATMENT = re.compile(
    rf"\b{any_of('treated (?:with|by)', 'undergoing', 'receiving', 'who received', 'after')}\b",
    re.IGNORECASE,
)
_BESIDE_CHEMOTHERAPY = re.compile(
    r"\b(?:concurrent|concomitant|receiving|who received)\b|\b(?:after|following|response to|prior to|during|under)\s(?:[\w-]{1,20}\s){0,2}"
    r"(?:poly)?chemo(?:therapy|radi)|\b(?:after|following) (?:[\w-]{1,20}\s){0,2}radiochemo",
    re.IGNORECASE,
)
_ON_TREATMENT = parts(
    "treatment", r"\btherap", "chemotherap", "medicin", "drug", "agents", "systemic", "regimen",
    r"\btrial\b", "maintenance", r"\bphase (?:I{1,3}|[123])[ab]?(?:[/-](?:II|2))?\b",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """What a title asks."""

    is_on_local_treatment: bool
    is_on_treatment: bool
    is_on_support: bool
    """About the harm that drugs do, or how to prevent it (ruling 17)."""

    is_not_on_treatment: bool
    """About outcome, biology, images or late effects (rulings 22 and 24)."""

    is_on_measures_alone: bool
    """The same without biology, which is often that of a drug's target."""

    is_on_place: bool
    """A site or an age group, and no treatment: the title of a series."""

    measures: bool
    measures_under_treatment: bool
    """ "Value of PET in patients undergoing chemotherapy"."""

    is_beside_chemotherapy: bool
    """Something is done before, during or after chemotherapy."""

    is_on_targets_for_later: bool
    """What tumours express, and which treatment that may be a target for one day."""

    sounds_like_review: bool

    @classmethod
    def of(cls, title: str) -> Question:
        is_local = bool(_LOCAL.search(title))
        is_on_treatment = bool(_ON_TREATMENT.search(title))
        return cls(
            is_on_local_treatment=is_local,
            is_on_treatment=is_on_treatment and not is_local,
            is_on_support=bool(_ON_SUPPORT.search(title)),
            is_not_on_treatment=bool(_NOT_ON_TREATMENT.search(title)),
            is_on_measures_alone=bool(_ON_MEASURES_ALONE.search(title)),
            is_on_place=bool(_WHERE_OR_WHOM.search(title)) and not is_on_treatment,
            measures=bool(_MEASURES.search(title)),
            measures_under_treatment=_measures_under_treatment(title),
            is_beside_chemotherapy=bool(_BESIDE_CHEMOTHERAPY.search(title)),
            is_on_targets_for_later=bool(_FOR_LATER.search(title)),
            sounds_like_review=bool(_REVIEW.search(title) or _ONLY_A_DISEASE.fullmatch(title)),
        )


def _measures_under_treatment(title: str) -> bool:
    if _FORETELLS.search(title) and _RESPONSE.search(title):
        return True
    measure = _MEASURES_SOMETHING.search(title)
    return bool(measure and _UNDER_TREATMENT.search(title, measure.end()))
