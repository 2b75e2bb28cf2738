"""A person corrects a paper: the word wins over every source, locks its field, can be taken back."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from papers.models import Change, Correction, Paper
from papers.services.acquire import lock_library
from papers.services.composing import Occasion, recompose
from papers.services.corrections import CORRECTABLE, shown_text


@transaction.atomic
def correct_paper(*, paper: Paper, changes: Mapping[str, str], note: str = "", by: User) -> bool:
    """Give fields of a paper a person's text and lock them. Returns whether anything changed.

    ``changes`` maps names of CORRECTABLE to the typed text; "" says that there is no such value.
    Raises ValidationError, keyed by field, for text that is none of the kind.
    """
    lock_library()
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
    return bool(recompose([paper.pk], Occasion(at, Change.Kind.CORRECTED, by.pk, note=note)))


def check_corrections(*, paper: Paper, changes: Mapping[str, str]) -> None:
    """Raises ValidationError, keyed by field, where ``correct_paper`` would refuse the texts."""
    errors = {}
    for field, text in changes.items():
        try:
            CORRECTABLE[field].check(text)
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
    lock_library()
    deleted, _ = Correction.objects.filter(paper=paper, field=field).delete()
    if not deleted:
        return False
    recompose([paper.pk], Occasion(timezone.now(), Change.Kind.RELEASED, by.pk, note=note))
    return True


@transaction.atomic
def dismiss_proposal(*, paper: Paper, field: str, by: User) -> bool:
    """Keep the correction against what a source has come to say; it is not asked again."""
    lock_library()
    correction = Correction.objects.filter(paper=paper, field=field).exclude(proposed=None).first()
    if correction is None:
        return False
    Change.objects.create(
        paper=paper,
        kind=Change.Kind.KEPT,
        by=by,
        at=timezone.now(),
        detail={"fields": {field: [correction.proposed, correction.value]}},
    )
    correction.replaced, correction.proposed = correction.proposed, None
    correction.proposed_from = None
    correction.save(update_fields=["replaced", "proposed", "proposed_from"])
    return True
