"""A curator's corrections: they win over every source, lock their field, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from papers import identifiers
from papers.formats.text import (
    author_from_inverted,
    clean,
    date_from_text,
    language_code,
    normalise_pages,
    sections_from_text,
)
from papers.merge import Merged
from papers.models import Change, Correction, Paper
from papers.records import JournalName


@dataclass(frozen=True, slots=True)
class Correctable:
    """A field that a person may correct. ``parse`` turns typed text into the Record's value."""

    label: str
    record_field: str
    parse: Callable[[str], Any]
    is_long: bool = False
    help: str = ""


def _lines(text: str) -> list[str]:
    return [line for part in text.splitlines() if (line := clean(part))]


def _parsed(normalise: Callable[[str], Any], sentence: str) -> Callable[[str], Any]:
    """A parser that refuses what ``normalise`` does not know, with ``sentence``."""

    def parse(text: str) -> Any:
        if not text.strip():
            return None
        value = normalise(text)
        if value is None:
            raise ValidationError(sentence)
        return value

    return parse


_date = _parsed(date_from_text, "Write the date as 2021, 2021-07 or 2021-07-01.")

CORRECTABLE: dict[str, Correctable] = {
    "title": Correctable("Title", "title", clean, is_long=True),
    "original_title": Correctable("Original title", "original_title", clean),
    "abstract": Correctable(
        "Abstract", "abstract_sections", sections_from_text, is_long=True,
        help="A line that begins with a word in capitals and a colon becomes a section.",
    ),
    "authors": Correctable(
        "Authors", "authors",
        lambda text: tuple(a for line in _lines(text) if (a := author_from_inverted(line))),
        is_long=True, help="One a line: Family, Given.",
    ),
    "journal": Correctable(
        "Journal", "journal", lambda text: JournalName(title=clean(text)) if clean(text) else None
    ),
    "volume": Correctable("Volume", "volume", clean),
    "issue": Correctable("Issue", "issue", clean),
    "pages": Correctable("Pages", "pages", normalise_pages),
    "publication_date": Correctable("Published", "published", _date),
    "electronic_date": Correctable("Published electronically", "electronic", _date),
    "languages": Correctable(
        "Languages", "languages",
        lambda text: tuple(code for line in _lines(text.replace(",", "\n")) if (code := language_code(line))),
        help="Three-letter codes, one a line: eng, fre.",
    ),
    "publication_types": Correctable(
        "Publication types", "publication_types", lambda text: tuple(_lines(text)),
        is_long=True, help="One a line.",
    ),
    "keywords": Correctable(
        "Keywords", "keywords", lambda text: tuple(_lines(text)), is_long=True, help="One a line."
    ),
    "doi": Correctable(
        "DOI", "doi", _parsed(identifiers.normalise_doi, "This is no DOI. One looks like 10.1002/pbc.28904")
    ),
    "pmid": Correctable(
        "PMID", "pmid", _parsed(identifiers.normalise_pmid, "A PMID has 1 to 9 digits.")
    ),
    "pmcid": Correctable(
        "PMCID", "pmcid", _parsed(identifiers.normalise_pmcid, "A PMCID looks like PMC7363864.")
    ),
    "url": Correctable("Link", "url", clean),
    "note": Correctable("Note", "note", clean, is_long=True),
}  # fmt: skip


def shown_text(paper: Paper, field: str) -> str:
    """The present value of a correctable field as the text that a person would type."""
    if field == "authors":
        return "\n".join(row.name for row in paper.authorships.all())
    if field == "publication_types":
        return "\n".join(row.name for row in paper.publication_types.all())
    value = getattr(paper, field)
    if isinstance(value, list):
        return "\n".join(value)
    return str(value) if value else ""


@transaction.atomic
def correct_paper(*, paper: Paper, changes: Mapping[str, str], note: str = "", by: User) -> bool:
    """Give fields of a paper a person's text and lock them. Returns whether anything changed.

    ``changes`` maps names of CORRECTABLE to the typed text; "" says that there is no such value.
    Raises ValidationError, keyed by field, for text that is none of the kind.
    """
    from papers.services.composing import recompose  # composing applies corrections

    check_corrections(paper=paper, changes=changes)
    at = timezone.now()
    for field, text in changes.items():
        Correction.objects.update_or_create(
            paper=paper,
            field=field,
            defaults={"value": text, "by": by, "at": at, "note": note, "proposed": None,
                      "proposed_from": None},
            create_defaults={"value": text, "by": by, "at": at, "note": note,
                             "replaced": shown_text(paper, field)},
        )  # fmt: skip
    return bool(recompose([paper.pk], at=at, kind=Change.Kind.CORRECTED, by=by, note=note))


def check_corrections(*, paper: Paper, changes: Mapping[str, str]) -> None:
    """Raises ValidationError, keyed by field, where ``correct_paper`` would refuse the texts."""
    errors = {}
    for field, text in changes.items():
        try:
            CORRECTABLE[field].parse(text)
        except ValidationError as error:
            errors[field] = error
    if errors:
        raise ValidationError(errors)
    _refuse_taken_identifiers(paper, changes)


def _refuse_taken_identifiers(paper: Paper, changes: Mapping[str, str]) -> None:
    for field in ("doi", "pmid", "pmcid"):
        value = CORRECTABLE[field].parse(changes.get(field, ""))
        holder = value and Paper.objects.filter(**{field: value}).exclude(pk=paper.pk).first()
        if holder:
            raise ValidationError(
                {field: f"{value} stands on paper {holder.pk} already: {holder}."}
            )


@transaction.atomic
def release_correction(*, paper: Paper, field: str, note: str = "", by: User) -> bool:
    """Take a correction back: the field says again what the sources say."""
    from papers.services.composing import recompose

    deleted, _ = Correction.objects.filter(paper=paper, field=field).delete()
    if not deleted:
        return False
    recompose([paper.pk], at=timezone.now(), kind=Change.Kind.RELEASED, by=by, note=note)
    return True


@transaction.atomic
def dismiss_proposal(*, paper: Paper, field: str) -> bool:
    """Keep the correction against what a source has come to say; it is not asked again."""
    correction = Correction.objects.filter(paper=paper, field=field).exclude(proposed=None).first()
    if correction is None:
        return False
    correction.replaced, correction.proposed = correction.proposed, None
    correction.proposed_from = None
    correction.save(update_fields=["replaced", "proposed", "proposed_from"])
    return True


def apply_corrections(
    merged: Merged, corrections: Iterable[Correction]
) -> dict[str, dict[str, str]]:
    """Put the corrections over what the sources say; returns their part of the provenance.

    Where the sources have come to say something new since, it is kept as a proposal.
    """
    provenance = {}
    for correction in corrections:
        kind = CORRECTABLE[correction.field]
        _propose(correction, merged, kind)
        value = kind.parse(correction.value or "")
        if value in (None, ()):
            merged.values.pop(kind.record_field, None)
            merged.origins.pop(kind.record_field, None)
        else:
            merged.values[kind.record_field] = value
        if correction.field == "title":
            merged.title_html = None
        provenance[correction.field] = {
            "by": correction.by.get_username(),
            "at": correction.at.isoformat(timespec="seconds"),
        }
    return provenance


def typed_journals(corrections: Iterable[Correction]) -> set[JournalName]:
    """The journals that corrections name."""
    parse = CORRECTABLE["journal"].parse
    names = (parse(row.value or "") for row in corrections if row.field == "journal")
    return {name for name in names if name}


def _propose(correction: Correction, merged: Merged, kind: Correctable) -> None:
    said = _as_text(merged, correction.field, kind)
    is_news = said not in (None, "", correction.replaced, correction.value)
    proposed = said if is_news else None
    if proposed != correction.proposed:
        correction.proposed = proposed
        correction.proposed_from_id = merged.origins.get(kind.record_field) if is_news else None
        correction.save(update_fields=["proposed", "proposed_from"])


def _as_text(merged: Merged, field: str, kind: Correctable) -> str | None:
    """What the sources say of a field, as the text that a person would type."""
    value = merged.values.get(kind.record_field)
    if value is None:
        return None
    if field == "abstract":
        return merged.abstract
    if field == "journal":
        return value.title
    if field == "authors":
        return "\n".join(author.name for author in value)
    if field in ("publication_date", "electronic_date"):
        return value.iso()
    return "\n".join(value) if isinstance(value, tuple) else str(value)
