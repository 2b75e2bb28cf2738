"""What lists of the vocabulary can be asked for: pages and API alike."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from regimens.models import Drug, Regimen, TherapyClass


@extend_schema_field(OpenApiTypes.STR)
class _ClassFilter(django_filters.ModelMultipleChoiceFilter):
    """Repeatable; takes slugs; a main class brings its sub-classes along."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=TherapyClass.objects.all(),
            to_field_name="slug",
            label="Therapy class",
            **kwargs,
        )

    def filter(self, qs: Any, value: list[TherapyClass]) -> QuerySet[Any]:
        return qs.in_class(*(each.slug for each in value)) if value else qs


@extend_schema_field(OpenApiTypes.STR)
class _DrugFilter(django_filters.ModelMultipleChoiceFilter):
    """Repeatable; takes slugs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Drug.objects.all(), to_field_name="slug", label="Drug", **kwargs)

    def filter(self, qs: Any, value: list[Drug]) -> QuerySet[Any]:
        return qs.with_drug(*(each.slug for each in value)) if value else qs


class _NameFilter(django_filters.CharFilter):
    def filter(self, qs: Any, value: str) -> QuerySet[Any]:
        return qs.named_like(value) if value else qs


class TherapyClassFilter(django_filters.FilterSet):
    search = _NameFilter(label="Words in the name")
    parent = django_filters.ModelChoiceFilter(
        queryset=TherapyClass.objects.main(), to_field_name="slug", label="Main class"
    )

    class Meta:
        model = TherapyClass
        fields: list[str] = []


class DrugFilter(django_filters.FilterSet):
    search = _NameFilter(label="Words in the INN or a synonym")
    therapy_class = _ClassFilter()

    class Meta:
        model = Drug
        fields: list[str] = []


class RegimenFilter(django_filters.FilterSet):
    search = _NameFilter(label="Words in the name or an alias")
    therapy_class = _ClassFilter()
    drug = _DrugFilter()

    class Meta:
        model = Regimen
        fields: list[str] = []
