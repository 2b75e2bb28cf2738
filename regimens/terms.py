"""Turns the vocabulary's rows into the terms that the lexicon looks for.

A row is a dictionary as the files of ``regimens/data`` hold it; the database's rows come in the
same shape, so that a drug that an editor added is found as one that was shipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from regimens.components import Part, Phase, class_rollup
from regimens.lexicon import Lexicon
from regimens.lexicon.names import Family, Kind, Term
from regimens.lexicon.spelling import is_bare

FOLDER = Path(__file__).resolve().parent / "data"
PHRASES = FOLDER / "phrases.json"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the rules of ``suggest`` need to know of drugs, regimens and classes."""

    lexicon: Lexicon
    parents: dict[str, str]
    """Every class's main class, by slug."""

    regimens: dict[str, Term]

    def main(self, slug: str) -> str:
        """The main class of a class or sub-class."""
        return self.parents.get(slug, slug)


@cache
def shipped() -> Vocabulary:
    """The vocabulary of the files; no database is asked."""
    return build(
        classes=_rows("therapy_classes"),
        drugs=_rows("drugs"),
        regimens=_rows("regimens"),
    )


def build(*, classes: list[Row], drugs: list[Row], regimens: list[Row]) -> Vocabulary:
    """The vocabulary of these rows, with the phrases that the files add."""
    phrases = json.loads(PHRASES.read_text(encoding="utf-8"))
    parents = {row["slug"]: row["parent"] or row["slug"] for row in classes}
    of_drug = {row["slug"]: row["therapy_class"] or "" for row in drugs}
    named_regimens = [list(_regimen_terms(row, of_drug, parents)) for row in regimens]
    terms = [
        *(term for row in drugs for term in _drug_terms(row)),
        *(term for terms in named_regimens for term in terms),
        *(_phrase_term(row) for row in phrases["rows"]),
    ]
    return Vocabulary(
        lexicon=Lexicon(_without_twins(terms), map(_family, phrases["families"])),
        parents=parents,
        regimens={terms[0].slug: terms[0] for terms in named_regimens},
    )


def _rows(name: str) -> list[Row]:
    rows: list[Row] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["rows"]
    return rows


def _drug_terms(row: Row) -> Iterator[Term]:
    given = row["therapy_class"]
    kind = Kind.DRUG if given else Kind.SUPPORTIVE
    for name in (row["inn"], *(synonym["name"] for synonym in row["synonyms"])):
        classes = (given,) if given else ()
        yield Term(name, kind, row["slug"], classes, is_bare=is_bare(name))


def _regimen_terms(row: Row, of_drug: dict[str, str], parents: dict[str, str]) -> Iterator[Term]:
    phases = tuple(_phase(each, of_drug, parents) for each in row["phases"])
    rollup = class_rollup(phases)
    counted = dict.fromkeys(part.drug for phase in phases for part in phase.parts if part.counts)
    classes = tuple(dict.fromkeys(each.sub_class or each.main_class for each in rollup.reasons))
    for name in (row["name"], *(alias["name"] for alias in row["aliases"])):
        yield Term(name, Kind.REGIMEN, row["slug"], classes, tuple(counted), is_bare=is_bare(name))


def _phase(row: Row, of_drug: dict[str, str], parents: dict[str, str]) -> Phase:
    return Phase(
        row["kind"],
        tuple(
            Part(
                drug=part["drug"],
                main_class=parents.get(of_drug[part["drug"]], ""),
                sub_class=of_drug[part["drug"]],
                role=part["role"],
            )
            for part in row["components"]
        ),
    )


def _phrase_term(row: Row) -> Term:
    classes = (row["therapy_class"],) if row["therapy_class"] else ()
    return Term(row["name"], Kind(row["kind"]), classes=classes, is_bare=is_bare(row["name"]))


def _family(row: Row) -> Family:
    classes = (row["therapy_class"],) if row["therapy_class"] else ()
    return Family(row["suffix"], classes, tuple(row["except"]))


def _without_twins(terms: Iterable[Term]) -> list[Term]:
    """Each name of a thing once; a regimen called like its only drug is found as the drug."""
    drugs = {term.name.lower() for term in terms if term.kind is Kind.DRUG and not term.is_bare}
    return list(
        dict.fromkeys(
            term
            for term in terms
            if not (term.kind in (Kind.REGIMEN, Kind.AGENT) and term.name.lower() in drugs)
        )
    )
