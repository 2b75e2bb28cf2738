"""The vocabulary as the API shows it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

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


def words(**kwargs: Any) -> serializers.ListField:
    """A JSON list of words, so that the schema does not call it "anything"."""
    return serializers.ListField(child=serializers.CharField(), read_only=True, **kwargs)


class _WithPage(serializers.ModelSerializer):
    url = serializers.SerializerMethodField(help_text="Its page.")

    def get_url(self, instance: Any) -> str:
        path: str = instance.get_absolute_url()
        request = self.context.get("request")
        return request.build_absolute_uri(path) if request else path


class TherapyClassSerializer(_WithPage):
    parent: Any = serializers.SlugRelatedField(
        "slug", read_only=True, allow_null=True, help_text="Slug of its main class."
    )
    children: Any = serializers.SlugRelatedField(
        "slug", many=True, read_only=True, help_text="Slugs of its sub-classes."
    )
    rulings = words()

    class Meta:
        model = TherapyClass
        fields = (
            "slug", "name", "letter", "parent", "children", "definition", "exclusions", "rulings",
            "provenance", "url",
        )  # fmt: skip
        read_only_fields = fields


class SettingSerializer(serializers.ModelSerializer):
    parent: Any = serializers.SlugRelatedField(
        "slug", read_only=True, allow_null=True, help_text="Slug of the setting that it narrows."
    )
    children: Any = serializers.SlugRelatedField(
        "slug", many=True, read_only=True, help_text="Slugs of the settings below it."
    )

    class Meta:
        model = Setting
        fields = ("slug", "name", "parent", "children", "definition", "provenance")
        read_only_fields = fields


class StudyDesignSerializer(serializers.ModelSerializer):
    class Meta:
        model = StudyDesign
        fields = ("slug", "name", "definition", "provenance")
        read_only_fields = fields


class SynonymSerializer(serializers.ModelSerializer):
    class Meta:
        model = DrugSynonym
        fields = ("name", "note")
        read_only_fields = fields


class CodesSerializer(serializers.ModelSerializer):
    class Meta:
        model = Drug
        fields = ("atc", "ncit", "rxnorm")
        read_only_fields = fields


class DrugSerializer(_WithPage):
    synonyms = SynonymSerializer(many=True, read_only=True)
    therapy_class: Any = serializers.SlugRelatedField("slug", read_only=True, allow_null=True)
    codes = CodesSerializer(source="*", read_only=True)
    unverified = words(
        help_text="Fields that were written from memory and not checked against a source."
    )

    class Meta:
        model = Drug
        fields = (
            "slug", "inn", "synonyms", "therapy_class", "kind", "codes", "mechanism", "use",
            "unverified", "provenance", "url",
        )  # fmt: skip
        read_only_fields = fields


class ComponentSerializer(serializers.ModelSerializer):
    drug: Any = serializers.SlugRelatedField("slug", read_only=True)
    inn = serializers.CharField(source="drug.inn", read_only=True)
    counts = serializers.BooleanField(
        read_only=True, help_text="Whether it gives the regimen a therapy class."
    )

    class Meta:
        model = Component
        fields = ("drug", "inn", "role", "dose", "route", "note", "counts")
        read_only_fields = fields


class PhaseSerializer(serializers.ModelSerializer):
    components = ComponentSerializer(many=True, read_only=True)

    class Meta:
        model = Phase
        fields = ("position", "kind", "name", "cycles", "weeks", "components")
        read_only_fields = fields


class RegimenAliasSerializer(serializers.ModelSerializer):
    class Meta:
        model = RegimenAlias
        fields = ("name", "note")
        read_only_fields = fields


class TrialSerializer(serializers.ModelSerializer):
    arms = words(help_text="The regimens that it gave, as the source names them.")
    therapy_classes: Any = serializers.SlugRelatedField(
        "slug", many=True, read_only=True, help_text="What it evaluated, as the source says."
    )
    registrations = words()
    unverified = words()

    class Meta:
        model = Trial
        fields = (
            "slug", "acronym", "group", "phase", "population", "arms", "therapy_classes",
            "registrations", "participants", "outcome", "publication", "unverified", "provenance",
        )  # fmt: skip
        read_only_fields = fields


class RegimenSerializer(_WithPage):
    aliases = RegimenAliasSerializer(many=True, read_only=True)
    phases = PhaseSerializer(many=True, read_only=True)
    therapy_classes = serializers.SerializerMethodField(
        help_text="Main classes, computed from the drugs and their roles."
    )
    sub_classes = serializers.SerializerMethodField(help_text="Sub-classes, computed likewise.")
    settings = words()
    trials = TrialSerializer(many=True, read_only=True)
    trial_names = words()
    unverified = words()

    class Meta:
        model = Regimen
        fields = (
            "slug", "name", "aliases", "phases", "therapy_classes", "sub_classes", "settings",
            "schedule", "trials", "trial_names", "unverified", "provenance", "url",
        )  # fmt: skip
        read_only_fields = fields

    def get_therapy_classes(self, regimen: Regimen) -> list[str]:
        return list(regimen.classes.main)

    def get_sub_classes(self, regimen: Regimen) -> list[str]:
        return list(regimen.classes.sub)
