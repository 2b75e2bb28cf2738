"""Regimens: the list by class, and one regimen with its phases."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from regimens.components import Classes, are_same
from regimens.filters import RegimenFilter
from regimens.models import Drug, Regimen, TherapyClass
from regimens.views.access import requires


@dataclass(frozen=True, slots=True)
class Group:
    """Regimens with the same main classes; none for those that have no class."""

    classes: tuple[TherapyClass, ...]
    regimens: list[Regimen]

    @property
    def name(self) -> str:
        return " and ".join(each.name for each in self.classes) or "No class of its own"


@dataclass(frozen=True, slots=True)
class Given:
    """A class of a regimen and the drugs that give it."""

    therapy_class: TherapyClass
    drugs: list[Drug]


@dataclass(frozen=True, slots=True)
class NotCounted:
    drug: Drug
    why: str


@requires("regimens.view_regimen", is_public=True)
def regimen_list(request: HttpRequest) -> HttpResponse:
    regimens = RegimenFilter(request.GET, queryset=Regimen.objects.for_reading())
    found = list(regimens.qs) if regimens.is_valid() else []
    context = {
        "filter": regimens,
        "chosen": request.GET.getlist("therapy_class"),
        "groups": _groups(found),
        "count": len(found),
        "classes": TherapyClass.objects.select_related("parent"),
    }
    return render(request, "regimens/regimen_list.html", context)


@requires("regimens.view_regimen", is_public=True)
def regimen(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(Regimen.objects.for_reading(), slug=slug)
    classes, drugs, by_slug = shown.classes, shown.drugs, _by_slug()
    context = {
        "regimen": shown,
        "main_classes": _in_order(classes.main, by_slug),
        "given": _given(classes, drugs, by_slug),
        "not_counted": [NotCounted(drugs[each.drug], each.why) for each in classes.uncounted],
        "same": _same_as(shown),
    }
    return render(request, "regimens/regimen.html", context)


def _groups(regimens: list[Regimen]) -> list[Group]:
    by_slug = _by_slug()
    grouped: dict[tuple[str, ...], list[Regimen]] = {}
    for each in regimens:
        grouped.setdefault(each.classes.main, []).append(each)
    groups = [Group(_in_order(slugs, by_slug), members) for slugs, members in grouped.items()]
    # One class before two, two before none.
    return sorted(groups, key=lambda group: (not group.classes, len(group.classes), _first(group)))


def _first(group: Group) -> list[int]:
    return [each.order for each in group.classes]


def _by_slug() -> dict[str, TherapyClass]:
    return {each.slug: each for each in TherapyClass.objects.select_related("parent")}


def _in_order(slugs: tuple[str, ...], by_slug: dict[str, TherapyClass]) -> tuple[TherapyClass, ...]:
    return tuple(by_slug[slug] for slug in slugs if slug in by_slug)


def _given(
    classes: Classes, drugs: dict[str, Drug], by_slug: dict[str, TherapyClass]
) -> list[Given]:
    given: dict[str, list[Drug]] = {}
    for reason in classes.reasons:
        given.setdefault(reason.sub_class or reason.main_class, []).append(drugs[reason.drug])
    return [Given(by_slug[slug], named) for slug, named in given.items() if slug in by_slug]


def _same_as(shown: Regimen) -> list[Regimen]:
    """Other regimens with the same drugs that count, phase by phase."""
    phases = shown.composition
    if not any(part.counts for phase in phases for part in phase.parts):
        return []
    others = Regimen.objects.for_reading().exclude(pk=shown.pk)
    return [other for other in others if are_same(phases, other.composition)]
