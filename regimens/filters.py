"""What lists of the vocabulary can be asked for: pages and API alike."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Model, QuerySet
from django_filters.fields import ModelMultipleChoiceField
from drf_spectacular.utils import extend_schema_field

from regimens.models import Drug, Regimen, Setting, StudyDesign, TherapyClass
from regimens.parameters import RowsFilter


class SlugsField(ModelMultipleChoiceField):
    """Slugs of rows. An empty one asks for nothing: that is what "All classes" in a menu sends."""

    def clean(self, value: Any) -> Any:
        return super().clean([slug for slug in value or [] if slug])


class SlugsFilter(RowsFilter):
    """Repeatable. The slugs go to the method of the queryset that ``question`` names."""

    field_class = SlugsField

    def __init__(self, model: type[Model], *, question: str, label: str) -> None:
        self.question = question
        super().__init__(queryset=model._default_manager.all(), to_field_name="slug", label=label)
        # The schema would look for a field of that name in the filtered model.
        extend_schema_field({"type": "string", "description": label})(self)

    def filter(self, qs: Any, value: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = qs
        if value:
            found = getattr(qs, self.question)(*(row.slug for row in value))
        return found


class NameFilter(django_filters.CharFilter):
    def filter(self, qs: Any, value: str) -> QuerySet[Any]:
        found: QuerySet[Any] = qs.named_like(value) if value else qs
        return found


class TherapyClassFilter(django_filters.FilterSet):
    search = NameFilter(label="Words in the name")
    parent = django_filters.ModelChoiceFilter(
        queryset=TherapyClass.objects.main(), to_field_name="slug", label="Slug of the main class"
    )

    class Meta:
        model = TherapyClass
        fields: list[str] = []


class SettingFilter(django_filters.FilterSet):
    search = NameFilter(label="Words in the name")
    parent = django_filters.ModelChoiceFilter(
        queryset=Setting.objects.main(), to_field_name="slug", label="Slug of the setting above"
    )

    class Meta:
        model = Setting
        fields: list[str] = []


class StudyDesignFilter(django_filters.FilterSet):
    search = NameFilter(label="Words in the name")

    class Meta:
        model = StudyDesign
        fields: list[str] = []


class DrugFilter(django_filters.FilterSet):
    search = NameFilter(label="Words in the INN or a synonym")
    therapy_class = SlugsFilter(
        TherapyClass, question="in_class", label="Slug of a class; its sub-classes come along"
    )

    class Meta:
        model = Drug
        fields: list[str] = []


class RegimenFilter(django_filters.FilterSet):
    search = NameFilter(label="Words in the name or an alias")
    therapy_class = SlugsFilter(
        TherapyClass, question="in_class", label="Slug of a class that its drugs give it"
    )
    drug = SlugsFilter(Drug, question="with_drug", label="Slug of a drug in it")

    class Meta:
        model = Regimen
        fields: list[str] = []
