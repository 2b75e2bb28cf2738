"""Words that speak for a setting or a study design, with how plainly they do.

The lists are those of the handbook's section 4 (line) and section 1 (study types). Whatever its
phase, a study with a random allocation is a randomised trial (section 7).
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern that speaks for a setting or a design."""

    slug: str
    weight: float
    needs: tuple[str, ...]
    """Lower-case parts of which the text must have one. Searched first: it is far quicker."""

    pattern: re.Pattern[str]
    only_title: bool = False


def _cue(slug: str, weight: float, needs: str, pattern: str) -> Cue:
    return Cue(slug, weight, tuple(needs.split()), re.compile(pattern, re.IGNORECASE))


def _title(slug: str, weight: float, needs: str, pattern: str) -> Cue:
    compiled = re.compile(pattern, re.IGNORECASE)
    return Cue(slug, weight, tuple(needs.split()), compiled, only_title=True)


_SPREAD = (
    r"(?:(?<!non-)(?<!non)(?<!non )(?<!without )metastatic|stage (?:IV|4)|group IV|disseminated"
    r"|\bM1\b)"
)
_UNTREATED = (
    r"(?:newly[- ]diagnosed|previously untreated|untreated|first[- ]line|front[- ]?line|up-?front"
    r"|window|at diagnosis|initial treatment|high[- ]risk|poor[- ]risk|first remission)"
)
_NOT_BEFORE = r"(?<!prior )(?<!previous )(?<!after )"
_NOT_YET = (
    r"(?![^.;]{0,40}\b(?:planned|warranted|accruing|under ?way|needed|required|lacking|justified"
    r"|should|will)\b)"
)
"""A trial that is asked for, or still to come, is not the paper's own."""

_NOT_A_SHARE = (
    r"(?<!\d with )(?<!\d had )(?<!% for )(?<!% had )(?<!% with )(?<!five with )(?<!more )"
)
"""Of "20 patients, 5 with metastatic disease" the study is of another kind."""

_SPREADS = "metastatic stage group disseminated m1"

_AGAIN = r"(?:relaps(?:ed|ing)|recurrent|refractory)"
_MALIGNANCY = r"(?:\w{0,20}sarcomas?|solid|tumou?rs?|RMS|disease|malignanc\w+|cancers?|patients)"

_SO_MANY = (
    r"[\d,]{1,9} (?:[\w-]{1,20} ){0,4}?(?:patients|children|survivors|boys|girls|infants|adolescents"
    r"|adults|cases)\b"
)

SETTINGS = (
    _cue("first_line_metastatic", 0.75, _SPREADS, rf"{_UNTREATED}[^.;]{{0,60}}?{_SPREAD}"),
    _cue("first_line_metastatic", 0.75, _SPREADS,
         rf"{_SPREAD}(?! disease at diagnosis (?:remained|was|were))[^.;]{{0,60}}?{_UNTREATED}"),
    _cue("first_line_metastatic", 0.5, _SPREADS,
         rf"{_NOT_A_SHARE}{_SPREAD} (?:\w{{1,20}} ){{0,3}}?(?:rhabdomyosarcomas?|RMS|soft[- ]tissue sarcomas?"
         r"|disease|tumou?rs?)"),
    _cue("maintenance", 0.6, "maintenance",
         rf"{_NOT_BEFORE}\bmaintenance\b(?: \w{{1,20}}){{0,2}}? (?:chemo)?(?:therapy|treatment)"),
    _cue("maintenance", 0.35, "maintenance", rf"{_NOT_BEFORE}\bmaintenance\b"),
    _cue("consolidation", 0.45, "consolidat", r"\bconsolidat(?:ion|ive|ing|ed)\b"),
    _cue("consolidation", 0.5, "stem megatherapy transplant high-dose myeloablat",
         r"stem[- ]cell (?:rescue|support|transplant\w*)|\bmegatherapy\b|\bmyeloablative\b"
         r"|autologous (?:bone marrow )?transplant\w*|\bhigh-dose (?:chemo)?therapy\b"),
    _cue("relapsed_refractory", 0.6, "relaps recurrent refractory",
         rf"\b{_AGAIN}(?:(?:,| or| and|/|, or) ?(?:{_AGAIN}|progressive)){{0,3}}"
         rf"(?: [\w-]{{1,24}}){{0,3}}? {_MALIGNANCY}"),
    _cue("relapsed_refractory", 0.3, "relapsed recurrent refractory salvage treated",
         r"\b(?:relapsed|recurrent|refractory|salvage)\b"),
    _cue("relapsed_refractory", 0.5, "treated lines",
         r"(?<!been )\b(?:heavily )?pre-?treated\b"
         r"|\bafter (?:two|three|several|multiple|\d) (?:prior |previous )?lines\b"),
    _cue("relapsed_refractory", 0.6, "treated failed failure responded relapse progress",
         r"\bpreviously treated\b|\b(?:prior|previous|standard) \w{1,20} (?:had )?failed\b"
         r"|\bnot responded to\b|\b(?:at|after|with) (?:first )?relapse\b|\bfirst relapse\b"
         r"|\bprogress(?:ed|ive|ing) (?:after|on|despite|metastatic|sarcoma)"
         r"|\bafter failure of (?:first-line|standard|prior|previous)\b"),
    _cue("first_relapse", 0.6, "first", r"\bfirst (?:relapse|recurrence|progression)\b"),
    _cue("localised", 0.6, "locali metastatic", r"\blocali[sz]ed\b|\bnon[- ]?metastatic\b"),
    _cue("localised", 0.4, "risk group",
         r"\b(?:low|intermediate)[- ]risk\b|\bgroup (?:I|II|III)\b"),
)  # fmt: skip

DESIGNS = (
    _cue("rct", 0.8, "random placebo",
         rf"(?<!non-)(?<!non)\brandomi[sz]ed\b{_NOT_YET}|\brandomly (?:assigned|allocated)\b"
         r"|(?<!not )\brandomi[sz]ation\b|\bassign\w{0,4} at random\b|\brandom assignment\b"
         r"|\bplacebo\b"),
    _cue("phase_3", 0.7, "phase", r"\bphase (?:III|3)\b(?! (?:clinical )?trials)"),
    _cue("phase_2", 0.7, "phase",
         rf"(?<!recommended )\bphase (?:II|2)[ab]?\b(?! (?:or|and|clinical trials|dose)){_NOT_YET}"
         r"|\bphase (?:I|1)(?:/|-|–| and )(?:II|2)\b"),
    _cue("phase_2", 0.6, "stage single-arm window",
         r"\btwo-stage (?:design|trial)|\bsingle-arm (?:trial|study)"
         r"|\bup-?front (?:[\w-]{1,20} )?window\b|\bwindow (?:trial|study)\b"
         r"|\bin a (?:[\w-]{1,20} ){0,2}window\b"),
    _cue("phase_1", 0.7, "phase first-in dose",
         r"\bphase (?:I|1)[ab]?\b(?!(?:/|-|–| and )(?:II|2))|\bfirst-in-(?:human|child)\b"
         r"|\bdose[- ]escalation\b"),
    _cue("phase_1", 0.55, "maximum dose escalat recommended rolling",
         r"\bmaximum[- ]tolerated dose\b|\bdose[- ]limiting toxicit\w{1,3}\b|\bescalating doses\b"
         r"|\brecommended (?:phase (?:2|II) )?dose\b|\brolling[- ](?:six|6)\b|\bdose levels?\b"),
    _cue("phase_1", 0.55, "dlt mtd rp2d dose",
         r"\bDLTs?\b|\bMTD\b|\bRP2D\b|\bdose[- ]finding\b"),
    _cue("pooled_analysis", 0.7, "pool meta individual instruct consortium combined",
         r"\bpool(?:ed|ing)\b(?: \w{1,20}){0,3}? (?:analys\w{1,4}|data)|\bmeta-?analys\w{1,4}"
         r"|\bindividual patient data\b|\bwe pooled\b|\bcombined (?:data|report)\b"
         r"|\bINSTRuCT (?:data|analysis|pooled)\b"
         r"|\b(?:analysis|data|report) (?:of|from) (?:[\w-]{1,20} ){0,8}(?:INSTRuCT\b"
         r"|Soft Tissue Sarcoma Consortium)"),
    _cue("pooled_analysis", 0.55, "trials studies protocols",
         r"\b(?:two|three|four|five|six|seven|eight|nine|ten) (?:\w{1,20} )?(?:trials|studies)\b"
         r"(?= of | were | in )"),
    _cue("systematic_review", 0.85, "systematic", r"\bsystematic(?:ally)? (?:literature )?review\w*"),
    _cue("systematic_review", 0.6, "searched",
         r"\bsearched (?:\w{1,20} ){0,3}?(?:medline|pubmed|embase|central|databases?)\b"),
    _cue("review", 0.7, "review areas expert",
         r"\b(?:this|in this|present|our|narrative|the|literature|selective|comprehensive|mini-?)"
         r"\s?(?:article )?reviews?\b|\bwe review\b(?!ed)|\bareas covered\b|\bexpert opinion\b"),
    _cue("review", 0.6, "overview guideline article chapter consensus",
         r"\b(?:this|in this) (?:\w{1,20} )?(?:overview|guideline|consensus)\b"
         r"|\bthis (?:article|chapter) (?:\w{1,20} )?(?:reviews|discusses|summari[sz]es|describes)\b"),
    _title("review", 0.5,
           "review overview advances perspective guideline landscape update future primer challenges "
           "current strateg where target what",
           r"\breview\b|\boverview\b|\badvances\b|\bguidelines?\b"
           r"|(?<!family )(?<!patient )(?<!parents )\bperspectives?\b"
           r"|\b(?:treatment|therapeutic|therapy|drug) landscape\b"
           r"|\bupdate\b|\bfuture\b|\bprimer\b|\bchallenges\b|\bcurrent (?:management|treatment|status"
           r"|therapy|concepts)\b|\bstrategies\b|\bwhere (?:are|did|do)\b|\bwhat is new\b"
           r"|\btherapeutic targets?\b"),
    _cue("case_report", 0.75, "case old describe report present",
         r"\bcase reports?\b|\bwe report (?:a|an|the) (?:\w{1,20} )?case\b"
         r"|\b(?:a|an) \d+[- ](?:year|month|week|day)s?[- ]old\b|\breport of (?:two|2) cases\b"
         r"|\bwe (?:describe|report|present) an? (?:[\w-]{1,20} ){0,4}?"
         r"(?:boy|girl|child|infant|man|woman|patient)\b"),
    _title("case_report", 0.5, "in",
           r"\bin an? (?:[\w-]{1,20} )?(?:child|boy|girl|infant|adolescent|adult|man|woman|patient)\b"),
    _cue("case_series", 0.7, "case series cases", r"\bcase series\b|\b(?:three|four|five) cases\b"),
    _cue("cohort", 0.6, "retrospective cohort registr seer record chart database",
         r"\bretrospective(?:ly)?\b|(?<!expansion )(?<!previous )(?<!earlier )\bcohort\b(?! (?:of|for) \w+ was)"
         r"|\bregistr(?:y|ies)\b|\bSEER\b"
         r"|\b(?:medical|the|their) records? (?:of|were)\b|\b(?:medical records?|records of)\b"
         r"|\bcharts? (?:were )?review\w*|\breviewed the charts\b|\bdatabase\b"),
    _cue("cohort", 0.55, "survivor experience institution centre center consecutive were survey seen "
         "between cross-section reviewed",
         r"\b(?:long-term )?survivors (?:of|who|treated)\b|\b\d+[- ]year experience\b"
         r"|\bsingle[- ](?:institution|cent(?:er|re))\b|\bconsecutive (?:patients|children)\b"
         r"|\bbetween (?:19|20)\d\d and (?:19|20)\d\d\b|\bcross-sectional\b|\bwe surveyed\b"
         r"|\bwere reviewed\b|\bwe reviewed\b"),
    _cue("cohort", 0.5, "analy compar identif",
         rf"\b(?:we (?:have )?analy[sz]ed|analysis of) (?:[\w-]{{1,20}} ){{0,5}}?{_SO_MANY}"
         rf"|\b{_SO_MANY} (?:[\w-]{{1,20}} ){{0,8}}?were (?:analy[sz]ed|compared|identified)\b"),
    _cue("cohort", 0.5, "multivari cox", r"\bmultivari(?:ate|able)\b|\bCox (?:model|regression|proportional)"),
    _cue("preclinical", 0.7, "cell xenograft in-vitro vitro vivo mouse mice orthotopic spheroid",
         r"\bcell lines?\b|\bxenografts?\b|\bin[- ]vitro\b|\bin[- ]vivo\b|\bmouse models?\b|\bmice\b"
         r"|\borthotopic\b|\bspheroids?\b|\b(?:RD|RH30|RH4|RH41) cells\b"),
    _cue("preclinical", 0.4, "preclinical", r"\bpreclinical\b"),
)  # fmt: skip

YIELDS = {
    # What a design leaves of another: a randomised trial is none of the unrandomised phases
    # (section 7), a systematic review is no narrative one, an overview reports what others did.
    ("rct", "phase_1"): 0.3, ("rct", "phase_2"): 0.3, ("rct", "phase_3"): 0.3,
    ("rct", "cohort"): 0.6, ("phase_3", "cohort"): 0.5, ("phase_2", "cohort"): 0.5,
    ("phase_1", "cohort"): 0.5, ("systematic_review", "review"): 0.3,
    ("systematic_review", "pooled_analysis"): 0.6, ("systematic_review", "rct"): 0.4,
    ("review", "preclinical"): 0.4, ("review", "cohort"): 0.4, ("review", "phase_1"): 0.4,
    ("review", "phase_2"): 0.4, ("review", "phase_3"): 0.4, ("review", "rct"): 0.4,
    ("review", "pooled_analysis"): 0.6,
    ("phase_1", "preclinical"): 0.4, ("phase_2", "preclinical"): 0.4, ("rct", "preclinical"): 0.5,
    ("preclinical", "cohort"): 0.6, ("phase_2", "phase_1"): 0.6, ("case_report", "review"): 0.6, ("case_report", "cohort"): 0.6,
    ("pooled_analysis", "rct"): 0.6, ("pooled_analysis", "cohort"): 0.6,
}  # fmt: skip
"""The factor that is left of the second where the first is proposed too."""
