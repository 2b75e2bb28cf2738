"""Bring the vocabulary's tables up to the files in ``regimens/data``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import models, transaction

from regimens.models import (
    Component,
    Drug,
    DrugSynonym,
    Phase,
    Regimen,
    RegimenAlias,
    Setting,
    StudyDesign,
    TherapyClass,
    Trial,
)

FOLDER = Path(__file__).resolve().parent.parent / "data"
CHANGE_REASON = "from the vocabulary's files"
"""Marks the history rows that loading writes; any other row is a person's doing."""

Row = dict[str, Any]
"""One row of a file, or what a file would say of one row of a table."""


class VocabularyError(Exception):
    """A file of the vocabulary names something that is not there."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows of the files were new, changed, as they should be, or a person's own."""

    created: int
    updated: int
    unchanged: int
    kept: int

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@transaction.atomic
def load_vocabulary(*, folder: Path = FOLDER) -> Loaded:
    """Make the tables say what the files say; run again, it changes nothing.

    A row that a person has edited or deleted is theirs and left alone, its synonyms, aliases and
    phases included. So are rows that no file names. Raises VocabularyError when a row names a
    class, setting, drug or trial that there is not.
    """
    counts: Counter[str] = Counter()
    for file in _FILES:
        rows = json.loads((folder / f"{file.name}.json").read_text(encoding="utf-8"))["rows"]
        counts.update(_load(file, rows))
    return Loaded(counts["created"], counts["updated"], counts["unchanged"], counts["kept"])


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    model: Any
    related: tuple[str, ...]
    read: Callable[[Any], Row]
    """A row of the table in the file's words."""

    write: Callable[[Any, Row], None]
    """Saves a new or an old instance as the file's row says."""


def _load(file: _File, rows: list[Row]) -> Counter[str]:
    counts: Counter[str] = Counter()
    theirs = _slugs_of_people(file.model)
    present = {each.slug: each for each in file.model.objects.prefetch_related(*file.related)}
    for row in rows:
        instance = present.get(row["slug"])
        if row["slug"] in theirs:
            counts["kept"] += 1
        elif instance is None:
            file.write(file.model(slug=row["slug"]), row)
            counts["created"] += 1
        elif file.read(instance) != _in_order(row):
            file.write(instance, row)
            counts["updated"] += 1
        else:
            counts["unchanged"] += 1
    return counts


def _slugs_of_people(model: Any) -> set[str]:
    """Slugs, past ones too, of rows that somebody else than this loader has saved or deleted.

    Not asked by ``history_user``: that is emptied when an account is removed.
    """
    by_people = model.history.exclude(history_change_reason=CHANGE_REASON).values("id")
    return set(model.history.filter(id__in=by_people).values_list("slug", flat=True))


def _in_order(row: Row) -> Row:
    """The row with those links sorted whose order means nothing."""
    unordered = ("trials", "therapy_classes")
    return {**row, **{key: sorted(row[key]) for key in unordered if key in row}}


def _find(model: Any, slug: str, *, wanted_by: str) -> Any:
    try:
        return model.objects.get(slug=slug)
    except model.DoesNotExist:
        name = model._meta.verbose_name
        raise VocabularyError(
            f"{wanted_by} names the {name} “{slug}”, which there is not."
        ) from None


def _plain(instance: models.Model, fields: tuple[str, ...]) -> Row:
    return {field: getattr(instance, field) for field in fields}


def _save(instance: Any, row: Row, fields: tuple[str, ...], **links: Any) -> None:
    for field in fields:
        setattr(instance, field, row[field])
    for name, target in links.items():
        setattr(instance, name, target)
    instance._change_reason = CHANGE_REASON
    instance.save()


_CLASS = ("slug", "name", "letter", "order", "definition", "exclusions", "rulings", "provenance")


def _read_class(instance: TherapyClass) -> Row:
    parent = instance.parent.slug if instance.parent else None
    return {**_plain(instance, _CLASS), "parent": parent}


def _write_class(instance: TherapyClass, row: Row) -> None:
    parent = row["parent"] and _find(TherapyClass, row["parent"], wanted_by=row["slug"])
    _save(instance, row, _CLASS, parent=parent)


_TERM = ("slug", "name", "order", "definition", "provenance")


def _read_setting(instance: Setting) -> Row:
    parent = instance.parent.slug if instance.parent else None
    return {**_plain(instance, _TERM), "parent": parent}


def _write_setting(instance: Setting, row: Row) -> None:
    parent = row["parent"] and _find(Setting, row["parent"], wanted_by=row["slug"])
    _save(instance, row, _TERM, parent=parent)


def _read_design(instance: StudyDesign) -> Row:
    return _plain(instance, _TERM)


def _write_design(instance: StudyDesign, row: Row) -> None:
    _save(instance, row, _TERM)


_DRUG = (
    "slug", "inn", "kind", "mechanism", "use", "atc", "ncit", "rxnorm", "unverified", "provenance",
)  # fmt: skip


def _read_drug(instance: Drug) -> Row:
    return {
        **_plain(instance, _DRUG),
        "therapy_class": instance.therapy_class.slug if instance.therapy_class else None,
        "synonyms": [_plain(each, ("name", "note")) for each in instance.synonyms.all()],
    }


def _write_drug(instance: Drug, row: Row) -> None:
    slug = row["therapy_class"]
    given = slug and _find(TherapyClass, slug, wanted_by=row["slug"])
    _save(instance, row, _DRUG, therapy_class=given)
    instance.synonyms.all().delete()
    DrugSynonym.objects.bulk_create(DrugSynonym(drug=instance, **each) for each in row["synonyms"])


_TRIAL = (
    "slug", "acronym", "group", "phase", "population", "arms", "registrations", "participants",
    "outcome", "publication", "unverified", "provenance",
)  # fmt: skip


def _read_trial(instance: Trial) -> Row:
    classes = sorted(each.slug for each in instance.therapy_classes.all())
    return {**_plain(instance, _TRIAL), "therapy_classes": classes}


def _write_trial(instance: Trial, row: Row) -> None:
    _save(instance, row, _TRIAL)
    instance.therapy_classes.set(
        _find(TherapyClass, slug, wanted_by=row["slug"]) for slug in row["therapy_classes"]
    )


_REGIMEN = ("slug", "name", "settings", "schedule", "trial_names", "unverified", "provenance")
_PHASE = ("kind", "name", "cycles", "weeks")
_COMPONENT = ("role", "dose", "route", "note")


def _read_regimen(instance: Regimen) -> Row:
    return {
        **_plain(instance, _REGIMEN),
        "aliases": [_plain(each, ("name", "note")) for each in instance.aliases.all()],
        "trials": sorted(each.slug for each in instance.trials.all()),
        "phases": [_read_phase(each) for each in instance.phases.all()],
    }


def _read_phase(phase: Phase) -> Row:
    components = [
        {"drug": each.drug.slug, **_plain(each, _COMPONENT)} for each in phase.components.all()
    ]
    return {**_plain(phase, _PHASE), "components": components}


def _write_regimen(instance: Regimen, row: Row) -> None:
    _save(instance, row, _REGIMEN)
    instance.aliases.all().delete()
    RegimenAlias.objects.bulk_create(
        RegimenAlias(regimen=instance, **each) for each in row["aliases"]
    )
    instance.trials.set(_find(Trial, slug, wanted_by=row["slug"]) for slug in row["trials"])
    instance.phases.all().delete()
    for position, phase in enumerate(row["phases"], start=1):
        _write_phase(instance, position, phase)


def _write_phase(regimen: Regimen, position: int, row: Row) -> None:
    phase = Phase(regimen=regimen, position=position, **{field: row[field] for field in _PHASE})
    phase.save()
    Component.objects.bulk_create(
        Component(
            phase=phase,
            position=place,
            drug=_find(Drug, each["drug"], wanted_by=regimen.slug),
            **{field: each[field] for field in _COMPONENT},
        )
        for place, each in enumerate(row["components"], start=1)
    )


# In this order: each file names rows of those before it, and what stands below another follows it.
_FILES = (
    _File("therapy_classes", TherapyClass, ("parent",), _read_class, _write_class),
    _File("drugs", Drug, ("therapy_class", "synonyms"), _read_drug, _write_drug),
    _File("trials", Trial, ("therapy_classes",), _read_trial, _write_trial),
    _File(
        "regimens",
        Regimen,
        ("aliases", "trials", "phases__components__drug"),
        _read_regimen,
        _write_regimen,
    ),
    _File("settings", Setting, ("parent",), _read_setting, _write_setting),
    _File("study_designs", StudyDesign, (), _read_design, _write_design),
)


def table_as_rows(name: str) -> list[Row]:
    """What the file of that name would say of the table as it stands now, in the file's shape."""
    file = next(file for file in _FILES if file.name == name)
    instances = file.model.objects.prefetch_related(*file.related).order_by("pk")
    return [file.read(instance) for instance in instances]
