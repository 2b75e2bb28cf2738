"""The track record as the API shows it and as files list it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from papers.agreement import Agreement, Proportion
from papers.services.classifier_record import ClassifierRecord, classifier_record
from papers.services.curators import CuratorAgreement, agreement
from papers.services.track_record import (
    Figures,
    RuleRecord,
    SubjectRecord,
    Word,
    by_rule,
    by_subject,
    disagreements,
    first_words,
    subjects,
)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """All of it."""

    names: dict[str, str]
    words: tuple[Word, ...]
    subjects: tuple[SubjectRecord, ...]
    classifier: ClassifierRecord
    curators: CuratorAgreement


def track_record() -> TrackRecord:
    """Counted now, in a number of queries that does not grow."""
    names, words = subjects(), first_words()
    return TrackRecord(
        names,
        tuple(words),
        tuple(by_subject(words, names)),
        classifier_record(words),
        agreement(),
    )


def rules_of(record: TrackRecord) -> list[RuleRecord]:
    """Of all subjects together, then of each."""
    return [
        row for subject in ("", *record.names) for row in by_rule(record.words, subject=subject)
    ]


def track_record_json(record: TrackRecord) -> Row:
    """Every figure, with its interval and its counts."""
    learnt = record.classifier
    return {
        "subjects": [
            {
                "subject": row.subject,
                "name": row.name,
                "words": row.words,
                "unread": row.unread,
                **_figures(row.figures),
            }
            for row in record.subjects
        ],
        "rules": [
            {
                "subject": row.subject or None,
                "rule": row.rule,
                "rule_version": row.version,
                **_figures(row.figures),
            }
            for row in rules_of(record)
        ],
        "classifier": {
            "version": learnt.version or None,
            "trained_at": learnt.trained_at,
            "papers": learnt.papers,
            "classes": [_class_learnt(row) for row in learnt.classes],
        },
        "disagreements": len(disagreements(record.words)),
        "curators": {
            "papers": record.curators.papers,
            "overall": _agreement(record.curators.overall),
            "classes": [
                {"therapy_class": slug, **_agreement(each)}
                for slug, each in record.curators.by_class.items()
            ],
            "pairs": [
                {"people": list(people), **_agreement(each)}
                for people, each in sorted(record.curators.by_pair.items())
            ],
        },
    }


def _class_learnt(row: Any) -> Row:
    test = row.test
    return {
        "therapy_class": row.slug,
        "confirmed": row.standing.confirmed,
        "rejected": row.standing.rejected,
        "missing": row.standing.missing,
        "threshold": test.threshold if test else None,
        "tested_precision": proportion_json(test.precision) if test else None,
        "tested_recall": proportion_json(test.recall) if test else None,
        "tested_precision_where_silent": proportion_json(test.where_silent) if test else None,
        "precision": proportion_json(row.precision),
        "recall": proportion_json(row.recall),
    }


def _figures(figures: Figures) -> Row:
    return {
        "precision": proportion_json(figures.precision),
        "recall": proportion_json(figures.recall),
        "weak": proportion_json(figures.weak),
    }


def proportion_json(share: Proportion) -> Row:
    """A share; null where it is one of nothing."""
    low, high = share.interval or (None, None)
    return {"value": share.value, "low": low, "high": high, "count": share.count, "of": share.of}


def _agreement(said: Agreement) -> Row:
    kappa = said.kappa
    low, high = (kappa.interval if kappa else None) or (None, None)
    return {
        "judged": said.count,
        "observed": proportion_json(said.observed),
        "kappa": kappa.value if kappa else None,
        "kappa_low": low,
        "kappa_high": high,
        "why_no_kappa": said.why_no_kappa,
    }


def table(record: TrackRecord, name: str) -> list[Row]:
    """One of ``TABLES`` as rows for a file, each with the same columns."""
    return [_flat(row) for row in TABLES[name](track_record_json(record))]


def _flat(row: Row) -> Row:
    flat: Row = {}
    for name, value in row.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{part}": figure for part, figure in value.items()}
        elif name == "people":
            flat |= {"person_1": value[0], "person_2": value[1]}
        else:
            flat[name] = value
    return flat


def _tested_too(rows: Sequence[Row]) -> list[Row]:
    """A class that was not tested has the same columns, empty."""
    nothing = {"value": None, "low": None, "high": None, "count": None, "of": None}
    return [
        {
            name: nothing if name.startswith("tested_") and value is None else value
            for name, value in row.items()
        }
        for row in rows
    ]


TABLES: dict[str, Callable[[Row], list[Row]]] = {
    "subjects": lambda said: said["subjects"],
    "rules": lambda said: said["rules"],
    "classifier": lambda said: _tested_too(said["classifier"]["classes"]),
    "curators": lambda said: [
        {"of": "all classes", **said["curators"]["overall"]},
        *(
            {"of": row["therapy_class"], **{k: v for k, v in row.items() if k != "therapy_class"}}
            for row in said["curators"]["classes"]
        ),
    ],
    "pairs": lambda said: said["curators"]["pairs"],
}
"""The tables of figures that can be downloaded; ``disagreements`` and ``differences`` name papers."""
