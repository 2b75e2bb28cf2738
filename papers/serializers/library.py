"""Authors, journals and changes over the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from papers.models import Author, Change, Journal
from papers.serializers.paper import PaperJournalSerializer
from papers.services.paper_json import journal_json


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


class JournalSerializer(PaperJournalSerializer):
    """A journal with what rankings say of it, as it stands in a paper."""

    papers = serializers.IntegerField(help_text="Papers in this library.")

    def to_representation(self, instance: Journal) -> dict[str, Any]:
        return {**journal_json(instance), "papers": instance.paper_count}


class ChangeSerializer(serializers.ModelSerializer):
    """What changed on a paper, when, and by whom; `by` is null where a source changed it."""

    by = serializers.SlugRelatedField("username", read_only=True, allow_null=True)
    # "import" is a word of Python's own.
    job = serializers.PrimaryKeyRelatedField(
        read_only=True, allow_null=True, help_text="The import that brought it."
    )
    pull = serializers.PrimaryKeyRelatedField(
        read_only=True, allow_null=True, help_text="The pull that brought it."
    )
    detail = serializers.DictField(
        read_only=True, help_text='`{"fields": {name: [old, new]}}`, or the tag that was set.'
    )

    class Meta:
        model = Change
        fields = ("id", "paper", "kind", "at", "by", "job", "pull", "note", "detail")
        read_only_fields = fields
