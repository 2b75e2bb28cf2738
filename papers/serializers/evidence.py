"""The evidence map as JSON. Only to read."""

from __future__ import annotations

from rest_framework import serializers


class MapFigureSerializer(serializers.Serializer):
    papers = serializers.IntegerField()
    retracted = serializers.IntegerField(help_text="How many of these papers are retracted.")
    papers_url = serializers.URLField(help_text="The list of exactly these papers.")


class MapCellSerializer(serializers.Serializer):
    row = serializers.CharField(help_text="Slug of the row; all for every class.")
    column = serializers.CharField(help_text="Slug of the column; all for the whole row.")
    confirmed = MapFigureSerializer(help_text="People said so of all that row and column name.")
    waiting = MapFigureSerializer(help_text="Confirmed or proposed, and not all of it confirmed.")
    looked_for = serializers.BooleanField(
        help_text="Whether a finished search covers it. Without papers: true is none, false is "
        "not known."
    )


class MapColumnSerializer(serializers.Serializer):
    slug = serializers.CharField()
    name = serializers.CharField()


class MapRowSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=["therapy_class", "drug"])
    slug = serializers.CharField()
    name = serializers.CharField()
    level = serializers.IntegerField(help_text="0 for the outermost rows.")
    parent = serializers.CharField(
        allow_null=True, help_text="Slug of the row that it is a part of."
    )
    looked_for = serializers.BooleanField()
    last_looked_for = serializers.DateField(allow_null=True)


class MapSerializer(serializers.Serializer):
    title = serializers.CharField()
    by = serializers.ChoiceField(choices=["setting", "year", "study_design"])
    counted_at = serializers.DateTimeField()
    papers = MapFigureSerializer(help_text="All papers under the filters, tagged or not.")
    columns = MapColumnSerializer(many=True)
    rows = MapRowSerializer(many=True)
    cells = MapCellSerializer(
        many=True, help_text="By row, then by column; totals have the slug all."
    )
