"""Candidates over the API: papers around a paper, and what was decided of them."""

from __future__ import annotations

from rest_framework import serializers

from papers.models import Candidate
from papers.serializers.strict import StrictSerializer


class CandidateSerializer(serializers.ModelSerializer):
    """A publication that cites a paper of the library or is cited by it."""

    paper = serializers.PrimaryKeyRelatedField(
        source="seed", read_only=True, help_text="the paper that it was found around"
    )
    in_library = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="the paper of this library that it is"
    )
    by = serializers.SlugRelatedField("username", read_only=True, allow_null=True)

    class Meta:
        model = Candidate
        fields = (
            "id", "paper", "direction", "state", "title", "byline", "journal", "year", "doi", "pmid",
            "source_id", "citation_count", "in_library", "found_at", "by", "at",
        )  # fmt: skip
        read_only_fields = fields


class DecisionSerializer(StrictSerializer):
    """What becomes of candidates."""

    candidates = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        min_length=1,
        max_length=1000,
    )
    state = serializers.ChoiceField(Candidate.State.choices)


class DecidedSerializer(serializers.Serializer):
    """The papers that candidates became, in order; empty where none was taken in."""

    papers = serializers.ListField(child=serializers.IntegerField())
    changed = serializers.IntegerField()
