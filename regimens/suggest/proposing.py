"""From the words of a paper to proposals: which therapy classes it evaluates, and on what grounds.

The words of a paper are read once: the lexicon finds mentions, ``contexts`` says what part each
plays in its sentence, ``rulings`` for which class it speaks, ``grounds`` weighs them, ``facts``
asks what the paper as a whole is about.

The rulings of the handbook's section 5 are the specification: what counts is what a study
evaluates, the modality and not the antigen decides, and being named is not being evaluated.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from regimens.lexicon.names import Kind, Mention
from regimens.proposals import (
    CAR_T,
    CHECKPOINT,
    CHEMOTHERAPY,
    IMMUNOTHERAPY,
    RULES_VERSION,
    TARGETED,
    TARGETS,
    WORTH_SAYING,
    Quote,
    Suggestion,
    Text,
)
from regimens.suggest.combinations import propose_regimens
from regimens.suggest.contexts import Part, Placed, part_of
from regimens.suggest.facts import COVERS, Facts
from regimens.suggest.grounds import (
    COVERED,
    LISTED,
    PARTS,
    Grounds,
    is_titled,
    quotes,
    rounded,
    scored,
    standing,
)
from regimens.suggest.patterns import parts, words
from regimens.suggest.rulings import counted_as, rule_of
from regimens.suggest.sentences import Sentence, Zone, sentences
from regimens.suggest.study import propose_setting_and_design
from regimens.terms import Vocabulary

__all__ = ["RULES_VERSION", "Quote", "Suggestion", "Text", "place", "suggest"]

_GENERAL = (CHEMOTHERAPY, TARGETED, IMMUNOTHERAPY)
_GENERIC = 0.8
"""A word for the class ("chemotherapy") says less than the name of a drug."""

_RULES = {
    Zone.TITLE: "named in the title",
    Zone.AIM: "part of the aim",
    Zone.METHODS: "given in the study",
    Zone.RESULTS: "reported in the results",
    Zone.CONCLUSION: "concluded on",
    Zone.BACKGROUND: "named in passing",
}
_COVERED_RULE = "covered by the review (rulings 19 and 23)"

_ENUMERATED, _SUBJECT, _MENTIONED = 0.6, 0.5, 0.28
"""In a review, where it is not named as what that covers: one of several drugs of a class that a
sentence lists, named in a review of drug treatment, and named at all (rulings 19 and 23)."""

_SEVERAL = 3
"""So many drugs of a class in one sentence of a review are a list of what it covers."""

_LISTS = words("includ(?:e|es|ing)", "such as", "namely", "classes of")
_IN_PASSING = parts("briefly", "in passing", r"\bmentioned\b", "beyond the scope")

_LOCAL_WORDS = r"(?:surg\w{1,4}|radio-?therap\w{1,4}|radiation(?: therapy)?|irradiation|resection)"
_CHEMOTHERAPY_WORDS = r"(?:\w{0,12}chemo\w{0,12}|systemic)"
_NEXT_TO = r"[\s,/]{1,3}(?:(?:and|or|with|plus|followed by)\s)?(?:\w{1,20}\s)?"
_LOCAL_BESIDE = re.compile(
    rf"{_LOCAL_WORDS}{_NEXT_TO}{_CHEMOTHERAPY_WORDS}|{_CHEMOTHERAPY_WORDS}{_NEXT_TO}{_LOCAL_WORDS}",
    re.IGNORECASE,
)
_AMONG_LOCAL = 0.4
"""Of "surgery, radiotherapy and chemotherapy" none is the question (ruling 23)."""

_NAMES = (Kind.DRUG, Kind.REGIMEN, Kind.AGENT)
_OF_THE_STUDY = (Zone.AIM, Zone.METHODS, Zone.RESULTS)
_ANSWERS = 0.52
"""What was given answers a title that asks about treatment, named once or often (ruling 24)."""

_SELDOM_BY_THE_WAY = 0.5
"""A drug of another class than chemotherapy, where the title asks about something else."""

_GIVEN_TO_HELP = 0.55
"""A checkpoint inhibitor that was given with CAR T cells counts, however often named (ruling 9)."""

_TREATING = (Kind.DRUG, Kind.REGIMEN, Kind.PHRASE, Kind.AGENT)


def suggest(paper: Text, vocabulary: Vocabulary) -> list[Suggestion]:
    """The proposals for a paper: classes, regimens, settings, designs, the strongest first.

    Pure: the same text and vocabulary give the same proposals.
    """
    placed = place(paper, vocabulary)
    if not placed:
        return []
    facts = Facts.of(paper, placed, vocabulary)
    by_class: dict[str, list[Grounds]] = defaultdict(list)
    for grounds in _grounds(placed, facts, vocabulary):
        by_class[vocabulary.main(grounds.slug)].append(grounds)
    titled = {slug for slug, grounds in by_class.items() if any(map(is_titled, grounds))}
    scores = {
        slug: scored(grounds) * facts.gate(slug, grounds, titled)
        for slug, grounds in by_class.items()
    }
    made = [
        suggestion
        for slug, grounds in by_class.items()
        for suggestion in _of_class(slug, scores[slug], grounds)
    ]
    made += propose_regimens(placed, scores, vocabulary)
    made += propose_setting_and_design(paper)
    return sorted(made, key=lambda each: (TARGETS.index(each.target), -each.score, each.slug))


def place(paper: Text, vocabulary: Vocabulary) -> list[Placed]:
    """Every mention of the vocabulary in a paper, with its sentence and the part it plays."""
    fields = [each for each in paper.fields() if each[2]]
    found = vocabulary.lexicon.find([text for _, _, text in fields])
    placed: list[Placed] = []
    for (field, item, text), mentions in zip(fields, found, strict=True):
        if mentions:
            placed += _placed(field, item, text, mentions)
    return placed


def _placed(field: str, item: int | None, text: str, mentions: list[Mention]) -> Iterator[Placed]:
    if item is not None:
        whole = Sentence(0, len(text), text, Zone.BACKGROUND)
        for mention in mentions:
            yield Placed(field, item, mention, whole, Part.NAMED)
        return
    parted = sentences(text, is_title=field == "title")
    place = 0
    for mention in mentions:
        while place + 1 < len(parted) and mention.start >= parted[place].end:
            place += 1
        sentence = parted[place]
        yield Placed(field, item, mention, sentence, part_of(mention, sentence))


def _grounds(placed: Sequence[Placed], facts: Facts, vocabulary: Vocabulary) -> Iterator[Grounds]:
    treating = [each for each in placed if each.mention.term.kind in _TREATING]
    enumerated = _enumerations(treating, vocabulary) if facts.is_review else set()
    for each in treating:
        for slug in each.mention.term.classes:
            counted = counted_as(slug, each, facts, vocabulary)
            is_enumerated = (each.sentence.start, vocabulary.main(counted)) in enumerated
            weight = _weight(each, facts, is_enumerated=is_enumerated)
            if counted == CHECKPOINT and _is_given_to_help(each, facts):
                weight = max(weight, _GIVEN_TO_HELP)
            if counted and weight:
                is_covered = facts.is_review and each.field == "abstract" and weight >= _SUBJECT
                where = _COVERED_RULE if is_covered else _RULES[each.sentence.zone]
                yield Grounds(each, counted, weight, rule_of(counted, where, facts))


def _enumerations(treating: Iterable[Placed], vocabulary: Vocabulary) -> set[tuple[int, str]]:
    """Sentences of the abstract, by their start, that list several drugs of a main class."""
    names: dict[tuple[int, str], set[str]] = defaultdict(set)
    for each in treating:
        term = each.mention.term
        if each.field == "abstract" and PARTS[each.part] >= PARTS[Part.NAMED]:
            for slug in term.classes:
                main = vocabulary.main(slug)
                if slug != main:
                    names[each.sentence.start, main].add(term.slug or term.name.lower())
    return {key for key, found in names.items() if len(found) >= _SEVERAL}


def _weight(each: Placed, facts: Facts, *, is_enumerated: bool) -> float:
    if each.item is not None:
        return LISTED
    weight = standing(each)
    if facts.is_review and each.field != "title":
        weight = _in_a_review(each, facts, is_enumerated=is_enumerated)
    elif _is_given_by_name(each, facts):
        answers = facts.question.is_on_treatment or facts.compares_drugs
        weight = max(weight, _ANSWERS if answers else _floor(each))
    if each.mention.term.kind is Kind.PHRASE and each.mention.term.classes[0] in _GENERAL:
        weight *= _GENERIC
        if each.field != "title" and each.sentence.says(_LOCAL_BESIDE):
            weight *= _AMONG_LOCAL
    return weight


def _is_given_by_name(each: Placed, facts: Facts) -> bool:
    """The abstract says of its own study that a drug, a regimen or its own CAR T cells were given,
    or what they did.
    """
    is_its_own = facts.is_car_t and CAR_T in each.mention.term.classes
    return (
        each.field == "abstract"
        and each.part is Part.EVALUATED
        and (each.mention.term.kind in _NAMES or is_its_own)
        and each.sentence.zone in _OF_THE_STUDY
    )


def _is_given_to_help(each: Placed, facts: Facts) -> bool:
    return facts.is_car_t and not facts.is_review and each.field == "abstract"


def _floor(each: Placed) -> float:
    """Chemotherapy may be the background of any study; other drugs are seldom given by the way."""
    of = each.mention.term.classes
    return 0.0 if any(slug.startswith(CHEMOTHERAPY) for slug in of) else _SELDOM_BY_THE_WAY


def _in_a_review(each: Placed, facts: Facts, *, is_enumerated: bool) -> float:
    part = 1.0 if each.part is Part.NAMED else PARTS[each.part]
    is_on_treatment = facts.question.is_on_treatment
    if each.sentence.says(_IN_PASSING):
        return _MENTIONED * part
    if each.sentence.says(COVERS) or (is_on_treatment and each.sentence.says(_LISTS)):
        return COVERED * part
    # "Surgery, radiotherapy and chemotherapy with …" tells how the disease is treated (ruling 23).
    if is_enumerated and not each.sentence.says(_LOCAL_BESIDE):
        return _ENUMERATED * part
    return (_SUBJECT if is_on_treatment else _MENTIONED) * PARTS[each.part]


def _of_class(slug: str, score: float, grounds: list[Grounds]) -> Iterator[Suggestion]:
    if score < WORTH_SAYING:
        return
    strongest = sorted(grounds, key=lambda each: -each.weight)
    yield Suggestion("therapy_class", slug, rounded(score), strongest[0].rule, quotes(strongest))
    by_sub: dict[str, list[Grounds]] = defaultdict(list)
    for each in strongest:
        if each.slug != slug:
            by_sub[each.slug].append(each)
    whole = scored(grounds)
    for sub, theirs in by_sub.items():
        sub_score = score * scored(theirs) / whole
        if sub_score >= WORTH_SAYING:
            yield Suggestion(
                "therapy_class", sub, rounded(sub_score), theirs[0].rule, quotes(theirs)
            )
