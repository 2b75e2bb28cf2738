"""Authors, journals and changes over the API."""

from __future__ import annotations

from rest_framework import serializers

from papers.models import Author, Change, Journal
from papers.serializers.paper import MetricSerializer


class AuthorSerializer(serializers.ModelSerializer):
    """One person or group. Equal names alone never make two names one person."""

    papers = serializers.IntegerField(read_only=True, help_text="Papers in this library.")

    class Meta:
        model = Author
        fields = (
            "id", "name", "family", "given", "orcid", "semantic_scholar_id", "is_collective",
            "papers",
        )  # fmt: skip
        read_only_fields = fields


class JournalSerializer(serializers.ModelSerializer):
    issn = serializers.CharField(
        read_only=True,
        allow_null=True,
        help_text="The electronic edition's, else the print's, else ISSN-L.",
    )
    metrics = MetricSerializer(many=True, read_only=True)
    papers = serializers.IntegerField(
        source="paper_count", read_only=True, help_text="Papers in this library."
    )

    class Meta:
        model = Journal
        fields = (
            "id", "title", "iso_abbreviation", "issn", "issn_linking", "issn_print",
            "issn_electronic", "nlm_id", "publisher", "country", "metrics", "papers",
        )  # fmt: skip
        read_only_fields = fields


class ChangeSerializer(serializers.ModelSerializer):
    """What changed on a paper, when, and by whom; `by` is null where a source changed it."""

    by = serializers.SlugRelatedField("username", read_only=True, allow_null=True)
    # "import" is a word of Python's own.
    job = serializers.PrimaryKeyRelatedField(
        read_only=True, allow_null=True, help_text="The import that brought it."
    )
    detail = serializers.DictField(
        read_only=True, help_text='`{"fields": {name: [old, new]}}`, or the tag that was set.'
    )

    class Meta:
        model = Change
        fields = ("id", "paper", "kind", "at", "by", "job", "note", "detail")
        read_only_fields = fields
