"""What part a mention plays in its sentence: evaluated, denied, given before, only named.

The words around a mention decide (handbook section 5: labels apply to what the study evaluates;
background treatment is not labelled).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from regimens.lexicon.names import Mention
from regimens.suggest.patterns import ends_with, parts, words
from regimens.suggest.sentences import Sentence


class Part(StrEnum):
    EVALUATED = "evaluated"
    NAMED = "named"
    """Neither given in the study nor denied."""

    DENIED = "denied"
    """"no prior CAR-T", "unlike chemotherapy"."""

    BEFORE = "before"
    """What the patients had before, or no longer respond to."""

    COMPARED = "compared"
    """What the evaluated treatment is held against: "versus chemotherapy"."""

    PREPARING = "preparing"
    """Lymphodepletion, or prevention of graft-versus-host disease (rulings 8 and 15)."""

    CARRIED = "carried"
    """The payload of an antibody: an attribute of the conjugate (ruling 4)."""

    OBSERVED = "observed"
    """The patient's own cells and cytokines, which are measured and not given."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A mention in its sentence, with the part that it plays there."""

    field: str
    item: int | None
    mention: Mention
    sentence: Sentence
    part: Part


_REACH = 64
"""Characters on either side of a mention in which words decide on its part."""

_OR_WITHOUT = re.compile(
    r"(?:with (?:or|and|versus|vs\.?)|\+/-|±|and/or)\s*(?:without)?\s*$", re.IGNORECASE
)
_DENIED_BEFORE = ends_with(
    cues=(
        "no", "not", "without", "never", "neither", "nor", "lack of", "absence of", "unlike",
        "in contrast (?:to|with)", "as opposed to", "rather than", "instead of", "other than",
        "except", "excluding", "spared?", r"avoid\w*", r"omi(?:t|ssion)\w*(?: of)?", "free of",
        "independent of", "regardless of", "irrespective of",
    ),
    fillers=(
        "prior", "previous", "any", "additional", "further", r"receiv\w+", "been", "given",
        "treated", "with", "the", "use", "of", "to", r"undergo\w*", "conventional", "standard",
        "other", "adjuvant", "systemic", "cytotoxic",
    ),
    most=4,
)  # fmt: skip
_DENIED_AFTER = re.compile(
    r"^\W{0,3}(?:was|were|had|has|is)? ?(?:not|never)\b|^-?\s?(?:free|na[iï]ve)\b", re.IGNORECASE
)
_BEFORE = ends_with(
    cues=(
        "prior", "previous(?:ly)?", "refractory to", "resistan(?:t|ce) to", "after failure of",
        "failed", "failure of", "fail(?:s|ing)? (?:to respond to)?", "despite", "history of",
        r"progress\w* (?:on|after|during|despite)", r"relaps\w* after", r"recurr\w* after",
        "pre-?treated with", r"insensitiv\w* to", "unresponsive to", "in addition to",
        r"tolera\w* (?:of|to)", "after (?:first-line|front-?line|initial|primary|up-?front)", "since",
        "following", "completion of", "on top of", "addition to",
        "exhausted", "limits? of",
    ),
    fillers=(
        r"treat\w*", r"receiv\w+", "with", "the", "of", "to", "intensive", "standard",
        "conventional", "multi-?agent", "multimodal", "first-line", "systemic", "current",
        "several", "aggressive", "initial", "available", "multiple", "lines?", "primary",
        "frontline", "induction", "neoadjuvant", "use", "including", "and", "surgery",
        "radiotherapy", "combination", "maximal", "cytotoxic",
    ),
    most=6,
)  # fmt: skip
_BEFORE_AFTER = re.compile(
    r"^\W{0,3}(?:cells? )?(?:-?refractory|-?resistan\w+|-?pretreated|-induced|-related|failure)\b",
    re.IGNORECASE,
)
_COMPARED = ends_with(
    cues=(
        "versus", r"vs\.?", "compared (?:with|to)", "comparator", "superior to",
        "than(?: with)?", "or", "over",
    ),
    fillers=(
        "standard", "single[- ]agent", "conventional", "platinum-based",
        "investigator's choice", "physician's", "choice", "of", "the", "care", "cytotoxic",
        "second-line",
    ),
    most=4,
)  # fmt: skip
_HELD_AGAINST = ends_with(
    cues=(
        "compared (?:with|to)",
        "similar to",
        "comparable to",
        "superior to",
        "than",
        "like",
        "versus",
        r"vs\.?",
    ),
    fillers=("the", "those", "of", "with", "conventional", "standard"),
    most=3,
)
_AS_A_CONTROL = re.compile(
    r"^\W{0,3}(?:was|were|is)? ?(?:used|served|taken|included)? ?as (?:an? |the )?"
    r"(?:positive |negative |active )?(?:control|comparator)",
    re.IGNORECASE,
)
_REPORTED_ELSEWHERE = parts(
    "(?:reported|published|presented) (?:elsewhere|separately|before|previously|earlier)",
    "(?:comparison|result)s? (?:has|have) been (?:reported|published)",
)  # fmt: skip
_GENERIC_CHEMOTHERAPY = parts("chemotherap")
_PREPARING = parts(r"lympho-?deplet\w*", r"pre-?condition\w*")

# Words that say that a treatment was given, or what it did.
_GIVEN = words(
    "treat(?:ed|ment|ing)", r"receiv\w+", r"administ\w+", "giv(?:en|ing)", "dos(?:e|es|ed|ing|age)",
    "mg/", "mg per", "regimens?", "cycles?", "courses?", r"randomi[sz]\w*", "arms?", r"combin\w+",
    "plus", "with or without", r"efficac\w*", "activ(?:e|ity)", r"tolera\w+", r"toxic\w*",
    r"respon\w+", "maximum tolerated", "MTD", "RP2D", "phase", r"infus\w+", "therap(?:y|ies)",
    r"inhibit\w*", r"effect\w*", r"sensitiv\w+", r"synerg\w+", r"potent\w*", "antitumou?r",
    "apoptosis", r"kill\w*", r"reduc\w+", r"suppress\w*", r"delay\w*", r"regress\w*", "monotherapy",
    "single[- ]agent", "trial", "window", r"target\w*", "IC50", "protocol", "safety", "versus",
    "compared?", "alternating", r"inject\w*", r"expos\w+", r"generat\w*", r"engineer\w*",
    r"transduc\w*", r"cytotoxic\w*", "lysis", r"vaccinat\w*",
)  # fmt: skip

_CONJUGATE = parts(r"antibod\w+", r"conjugat\w+", r"\bADCs?\b")
_CARRIES = re.compile(
    r"\b(?:payload|warhead|link(?:s|ed|er)?|carr(?:y|ies|ying)|conjugated|armed)\b"
    r"(?! (?:alone|plus|combined))[^.;]{0,48}$",
    re.IGNORECASE,
)
_IS_CARRIED = re.compile(r"^[\s-]*(?:\w+[\s-]){0,2}(?:payload|warhead|conjugate)", re.IGNORECASE)

_OWN_CELLS = re.compile(
    r"(?:NK|natural killer)[ -]cells?|tumou?r[- ]infiltrating[ -]lymphocytes?"
    r"|cytotoxic T[ -]lymphocytes?|(?:gamma delta|γδ) T cells",
    re.IGNORECASE,
)
_CELLS_GIVEN = parts(
    "infus", "adoptive", "transfer", "expan[ds]", "engineer", "transduc", "activated", "armed",
    "autologous", "allogeneic", "donor", "therap", r"\bkill(?:ed|ing)?\b", r"\blys(?:e|ed|is)\b",
    "manufactur", "off-the-shelf", "genetically", "against",
    r"\bfor (?:the treatment|relapsed|recurrent|refractory|advanced|metastatic)",
)  # fmt: skip
_CYTOKINE = "immunotherapy-cytokine"
_MEASURED = parts(
    "secret", "releas", "produc", "levels?", "serum", "plasma", "concentrat", "express", "ELISA"
)
_CYTOKINE_GIVEN = parts(
    "recombinant", "administ", "inject", "subcutaneous", r"infus", "dose", "receiv", "treated with",
    "therapy", "agonist",
)  # fmt: skip
_AGAINST_GRAFT_DISEASE = parts(
    "graft[- ](?:versus|vs)[- ]host", r"\baGVHD\b", r"\bGVHD\b", "prophyla"
)


def part_of(mention: Mention, sentence: Sentence) -> Part:
    """The part that a mention plays. Its offsets and the sentence's are those of one text."""
    start, end = mention.start - sentence.start, mention.end - sentence.start
    before = sentence.text[max(0, start - _REACH) : start]
    after = sentence.text[end : end + _REACH]
    if _is_denied(before, after):
        return Part.DENIED
    if _is_preparing(mention, sentence, before, after):
        return Part.PREPARING
    if _is_carried(mention, sentence, before, after):
        return Part.CARRIED
    if _is_observed(mention, sentence, before, after):
        return Part.OBSERVED
    if _is_compared(mention, before) or _AS_A_CONTROL.match(after):
        return Part.COMPARED
    if sentence.says(_REPORTED_ELSEWHERE):
        return Part.BEFORE
    if _BEFORE.search(before) or _BEFORE_AFTER.match(after):
        return Part.BEFORE
    return Part.EVALUATED if sentence.says(_GIVEN) else Part.NAMED


def _is_denied(before: str, after: str) -> bool:
    if _DENIED_AFTER.match(after):
        return True
    return bool(_DENIED_BEFORE.search(before)) and not _OR_WITHOUT.search(before)


def _is_preparing(mention: Mention, sentence: Sentence, before: str, after: str) -> bool:
    if _is_of(mention, "chemotherapy"):
        return bool(_PREPARING.search(before) or _PREPARING.search(after))
    return _is_of(mention, "targeted") and sentence.says(_AGAINST_GRAFT_DISEASE)


def _is_carried(mention: Mention, sentence: Sentence, before: str, after: str) -> bool:
    if not (_is_of(mention, "chemotherapy") and sentence.says(_CONJUGATE)):
        return False
    return bool(_IS_CARRIED.match(after) or _CARRIES.search(before))


def _is_observed(mention: Mention, sentence: Sentence, before: str, after: str) -> bool:
    if _OWN_CELLS.fullmatch(mention.text):
        return not sentence.says(_CELLS_GIVEN)
    if _CYTOKINE in mention.term.classes:
        near = before[-40:] + after[:40]
        return bool(_MEASURED.search(near)) and not sentence.says(_CYTOKINE_GIVEN)
    return False


def _is_compared(mention: Mention, before: str) -> bool:
    """A control is named by its class alone; CAR T cells are what other cells are held against."""
    if _GENERIC_CHEMOTHERAPY.search(mention.text):
        return bool(_COMPARED.search(before))
    return _is_of(mention, "car_t") and bool(_HELD_AGAINST.search(before))


def _is_of(mention: Mention, main: str) -> bool:
    return any(slug.startswith(main) for slug in mention.term.classes)
