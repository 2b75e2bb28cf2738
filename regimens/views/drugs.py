"""Drugs: the list, and one drug with its names, codes and regimens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from regimens.filters import DrugFilter
from regimens.models import Drug, Regimen, TherapyClass
from regimens.views.access import requires


@requires("regimens.view_drug", is_public=True)
def drug_list(request: HttpRequest) -> HttpResponse:
    everything = Drug.objects.for_reading().with_regimen_counts()
    drugs = DrugFilter(request.GET, queryset=everything)
    context = {
        "filter": drugs,
        "chosen": request.GET.getlist("therapy_class"),
        "drugs": list(drugs.qs) if drugs.is_valid() else [],
        "classes": TherapyClass.objects.select_related("parent"),
    }
    return render(request, "regimens/drug_list.html", context)


@requires("regimens.view_drug", is_public=True)
def drug(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(Drug.objects.for_reading(), slug=slug)
    regimens = Regimen.objects.with_drug(slug).for_reading()
    return render(request, "regimens/drug.html", {"drug": shown, "regimens": regimens})
