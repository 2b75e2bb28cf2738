"""Regimens: by their names, and by their drugs named one after the other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from regimens.lexicon.names import Kind, Mention, Term
from regimens.proposals import WORTH_SAYING, Suggestion
from regimens.suggest.contexts import Placed
from regimens.suggest.grounds import Grounds, quotes, rounded, scored, standing
from regimens.terms import Vocabulary

_BETWEEN_DRUGS = re.compile(
    r"[\s,/+&-]*(?:and|plus|with|combined with|in combination with)?[\s,/+&-]*"
    r"(?:oral|low-dose|continuous|weekly|intravenous|high-dose)?[\s-]*",
    re.I,
)
_BRACKETS = re.compile(r"\([^()]*\)")
_WIDEST_GAP = 120
"""Characters between two drugs of one list, with the dose in brackets."""


def propose_regimens(
    placed: Sequence[Placed], scores: dict[str, float], vocabulary: Vocabulary
) -> Iterator[Suggestion]:
    by_regimen: dict[str, list[Grounds]] = defaultdict(list)
    for each in placed:
        if each.mention.term.kind is Kind.REGIMEN and each.item is None:
            weight = standing(each)
            by_regimen[each.mention.term.slug].append(
                Grounds(each, each.mention.term.slug, weight, "named as a regimen")
            )
    for run in _runs(placed):
        term = _regimen_of(run, vocabulary)
        if term:
            first, last = run[0], run[-1]
            whole = first.sentence.text[
                first.mention.start - first.sentence.start : last.mention.end - first.sentence.start
            ]
            span = Mention(first.mention.start, last.mention.end, whole, term)
            weight = standing(first)
            by_regimen[term.slug].append(
                Grounds(replace(first, mention=span), term.slug, weight, "its drugs named together")
            )
    for slug, grounds in by_regimen.items():
        term = vocabulary.regimens[slug]
        allowed = max((scores.get(vocabulary.main(each), 0.0) for each in term.classes), default=0)
        score = scored(grounds) * min(1.0, allowed * 1.5)
        if score >= WORTH_SAYING:
            strongest = sorted(grounds, key=lambda each: -each.weight)
            yield Suggestion("regimen", slug, rounded(score), strongest[0].rule, quotes(strongest))


def _runs(placed: Sequence[Placed]) -> Iterator[list[Placed]]:
    """Drugs that are named one after the other: "vincristine, irinotecan and temozolomide"."""
    run: list[Placed] = []
    for each in placed:
        if each.item is not None or each.mention.term.kind is not Kind.DRUG:
            continue
        if run and not _follows(run[-1], each):
            yield from [run] if len(run) > 1 else []
            run = []
        run.append(each)
    if len(run) > 1:
        yield run


def _follows(one: Placed, other: Placed) -> bool:
    if one.field != other.field or one.sentence.start != other.sentence.start:
        return False
    start = one.sentence.start
    gap = one.sentence.text[one.mention.end - start : other.mention.start - start]
    return len(gap) <= _WIDEST_GAP and bool(_BETWEEN_DRUGS.fullmatch(_BRACKETS.sub("", gap)))


def _regimen_of(run: Sequence[Placed], vocabulary: Vocabulary) -> Term | None:
    drugs = {each.mention.term.slug for each in run}
    return next((term for term in vocabulary.regimens.values() if set(term.drugs) == drugs), None)
