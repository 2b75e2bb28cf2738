"""Therapy classes: the tree, and one class with what counts as it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from regimens.models import Drug, Regimen, TherapyClass
from regimens.views.access import requires


@requires("regimens.view_therapyclass", is_public=True)
def therapy_class_list(request: HttpRequest) -> HttpResponse:
    classes = TherapyClass.objects.with_drug_counts().select_related("parent")
    tree: dict[TherapyClass, list[TherapyClass]] = {
        each: [] for each in classes if not each.parent_id
    }
    for each in classes:
        if each.parent:
            tree[each.parent].append(each)
    return render(request, "regimens/therapy_class_list.html", {"tree": tree})


@requires("regimens.view_therapyclass", is_public=True)
def therapy_class(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(TherapyClass.objects.for_reading(), slug=slug)
    context = {
        "therapy_class": shown,
        "drugs": Drug.objects.in_class(slug).for_reading(),
        "regimens": Regimen.objects.in_class(slug).prefetch_related("aliases"),
    }
    return render(request, "regimens/therapy_class.html", context)
