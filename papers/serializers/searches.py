"""Saved searches and their pulls over the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from papers.models import Pull, Search, Sources
from papers.serializers.strict import StrictSerializer
from papers.services.searches import query_fault


class SearchSerializer(StrictSerializer, serializers.ModelSerializer):
    """A strategy for one source; with a schedule it runs by itself."""

    owner = serializers.SlugRelatedField("username", read_only=True, allow_null=True)

    class Meta:
        model = Search
        fields = (
            "id", "name", "source", "query", "note", "owner", "schedule", "is_off_peak",
            "is_paused", "created_at", "next_run_at",
        )  # fmt: skip
        read_only_fields = ("id", "owner", "created_at", "next_run_at")

    def validate_query(self, query: str) -> str:
        return _checked(query)

    def validate_source(self, source: str) -> str:
        if self.instance and source != self.instance.source:
            raise serializers.ValidationError(
                "A search keeps its source, for what was found there is kept by its ids. Make a "
                "new search."
            )
        return source


class QuerySerializer(StrictSerializer):
    """A query to be tried before it is saved."""

    source = serializers.ChoiceField(Sources.choices)
    query = serializers.CharField()

    def validate_query(self, query: str) -> str:
        return _checked(query)


def _checked(query: str) -> str:
    if fault := query_fault(query):
        raise serializers.ValidationError(fault)
    return query


class PreviewSerializer(serializers.Serializer):
    """What a source says to a query."""

    count = serializers.IntegerField(help_text="records; an estimate of Semantic Scholar")
    is_estimate = serializers.BooleanField()
    translation = serializers.CharField(help_text="the query as PubMed understood it")
    dropped = serializers.ListField(
        child=serializers.CharField(), help_text="phrases that PubMed searched without"
    )
    remarks = serializers.ListField(child=serializers.CharField())


class RunSerializer(StrictSerializer):
    """How a search is run."""

    full = serializers.BooleanField(
        default=False, help_text="fetch every record again, not only new and revised ones"
    )


class PullSerializer(serializers.ModelSerializer):
    """One run of a search: what it asked, found, added and could not get."""

    by = serializers.SlugRelatedField("username", read_only=True, allow_null=True)
    percent = serializers.IntegerField(
        read_only=True,
        allow_null=True,
        help_text="null while it is not known what is to be fetched",
    )
    fetched = serializers.IntegerField(source="read", read_only=True)
    warnings = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Pull
        fields = (
            "id", "kind", "search", "source", "query", "translation", "state", "percent", "found",
            "to_fetch", "fetched", "created", "matched", "updated", "rejected", "missing", "gone",
            "requests", "warnings", "error", "is_full", "changed_since", "waiting_until", "by",
            "created_at", "started_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, pull: Any) -> dict[str, Any]:
        shown = super().to_representation(pull)
        if pull.state != Pull.State.WAITING:
            shown["waiting_until"] = None
        return shown
