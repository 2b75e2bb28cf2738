"""The stewards' panel of the vocabulary. Whatever is saved here stands in the row's history, and
loading the vocabulary's files leaves the row alone from then on.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

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


class VocabularyAdmin(SimpleHistoryAdmin):
    """A slug names its row in files, links and the API: once saved it stays."""

    slug_from: str | None = None
    """The field that a new row's slug is proposed from."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        # Not as the attribute: the form of an old version, which has no slug, would look there.
        return {"slug": (self.slug_from,)} if self.slug_from and not obj else {}


class MarkFilter(admin.SimpleListFilter):
    """Rows with facts that nobody has checked against a source."""

    title = "marks"
    parameter_name = "unverified"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "With unverified facts"), ("no", "All facts checked")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        if self.value() == "yes":
            return queryset.exclude(unverified=[])
        if self.value() == "no":
            return queryset.filter(unverified=[])
        return queryset


class MainClassFilter(admin.SimpleListFilter):
    """Rows of a main class, its sub-classes included."""

    title = "therapy class"
    parameter_name = "main_class"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(each.slug, each.name) for each in TherapyClass.objects.main()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        return queryset.in_class(self.value()) if self.value() else queryset


@admin.register(TherapyClass)
class TherapyClassAdmin(VocabularyAdmin):
    list_display = ("name", "slug", "letter", "parent", "order", "drug_count")
    list_select_related = ("parent",)
    list_filter = (("parent", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("name", "slug", "definition")
    autocomplete_fields = ("parent",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[TherapyClass]:
        return super().get_queryset(request).with_drug_counts()

    @admin.display(description="drugs", ordering="drug_count")
    def drug_count(self, row: Any) -> int:
        return row.drug_count


@admin.register(Setting)
class SettingAdmin(VocabularyAdmin):
    list_display = ("name", "slug", "parent", "order")
    list_select_related = ("parent",)
    search_fields = ("name", "slug", "definition")
    autocomplete_fields = ("parent",)


@admin.register(StudyDesign)
class StudyDesignAdmin(VocabularyAdmin):
    list_display = ("name", "slug", "order")
    search_fields = ("name", "slug", "definition")


class SynonymInline(admin.TabularInline):
    model = DrugSynonym
    extra = 0


@admin.register(Drug)
class DrugAdmin(VocabularyAdmin):
    list_display = ("inn", "therapy_class", "kind", "atc", "regimen_count", "marks")
    list_select_related = ("therapy_class",)
    list_filter = (MainClassFilter, MarkFilter)
    search_fields = ("inn", "slug", "synonyms__name", "atc")
    autocomplete_fields = ("therapy_class",)
    slug_from = "inn"
    inlines = (SynonymInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Drug]:
        return super().get_queryset(request).with_regimen_counts()

    @admin.display(description="regimens", ordering="regimen_count")
    def regimen_count(self, row: Any) -> int:
        return row.regimen_count

    @admin.display(description="unverified")
    def marks(self, row: Drug) -> str:
        return ", ".join(row.unverified)


@admin.register(Trial)
class TrialAdmin(VocabularyAdmin):
    list_display = ("acronym", "group", "phase", "participants", "regimen_count", "marks")
    list_filter = ("therapy_classes", MarkFilter)
    search_fields = ("acronym", "slug", "group", "population", "publication", "registrations")
    autocomplete_fields = ("therapy_classes",)
    slug_from = "acronym"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Trial]:
        return (
            super().get_queryset(request).annotate(regimen_count=Count("regimens", distinct=True))
        )

    @admin.display(description="regimens", ordering="regimen_count")
    def regimen_count(self, row: Any) -> int:
        return row.regimen_count

    @admin.display(description="unverified")
    def marks(self, row: Trial) -> str:
        return ", ".join(row.unverified)


class AliasInline(admin.TabularInline):
    model = RegimenAlias
    extra = 0


class PhaseInline(admin.TabularInline):
    """A phase's drugs are edited on the page of the phase."""

    model = Phase
    extra = 0
    show_change_link = True


@admin.register(Regimen)
class RegimenAdmin(VocabularyAdmin):
    list_display = ("name", "slug", "computed_classes", "phase_count", "marks")
    list_filter = (MainClassFilter, MarkFilter)
    search_fields = ("name", "slug", "aliases__name", "phases__components__drug__inn")
    autocomplete_fields = ("trials",)
    slug_from = "name"
    inlines = (AliasInline, PhaseInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Regimen]:
        return super().get_queryset(request).for_reading()

    @admin.display(description="classes")
    def computed_classes(self, row: Regimen) -> str:
        return ", ".join(row.classes.main) or "none"

    @admin.display(description="phases")
    def phase_count(self, row: Regimen) -> int:
        return len(row.phases.all())

    @admin.display(description="unverified")
    def marks(self, row: Regimen) -> str:
        return ", ".join(row.unverified)


class ComponentInline(admin.TabularInline):
    model = Component
    extra = 0
    autocomplete_fields = ("drug",)


@admin.register(Phase)
class PhaseAdmin(admin.ModelAdmin):
    """A phase and its drugs. Saving one stands in the history of its regimen."""

    list_display = ("regimen", "position", "kind", "name", "cycles", "weeks", "drug_count")
    list_select_related = ("regimen",)
    list_filter = ("kind",)
    search_fields = ("regimen__name", "name")
    autocomplete_fields = ("regimen",)
    ordering = ("regimen__name", "position")
    inlines = (ComponentInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Phase]:
        return super().get_queryset(request).annotate(drug_count=Count("components"))

    @admin.display(description="drugs", ordering="drug_count")
    def drug_count(self, row: Any) -> int:
        return row.drug_count

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # The loader knows by the regimen's history that a person has been here.
        form.instance.regimen.save()

    def delete_model(self, request: HttpRequest, obj: Phase) -> None:
        super().delete_model(request, obj)
        obj.regimen.save()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Phase]) -> None:
        regimens = list(Regimen.objects.filter(phases__in=queryset).distinct())
        super().delete_queryset(request, queryset)
        for regimen in regimens:
            regimen.save()
