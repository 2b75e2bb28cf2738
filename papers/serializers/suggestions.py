"""Suggestions over the API: what the rules propose, and what people make of it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from papers.models import Suggestion, Tag
from papers.serializers.strict import NoteField, StrictSerializer
from papers.serializers.tags import BEFORE_AND_AFTER
from papers.services.proposals import decision_on
from papers.services.suggestion_json import stored_json
from papers.services.tagging import UNTAGGED, Statement
from regimens.parameters import BIGGEST_ID

MOST_SUGGESTIONS = 5000
"""Suggestions of one bulk decision: some seconds of work."""


class QuoteSerializer(serializers.Serializer):
    """Words that a suggestion rests on: `paper[field][start:end] == text`.

    In a list (`keywords`, `substances`, `mesh_headings`) `item` says which entry: the words are
    its own, its name or its descriptor.
    """

    field = serializers.CharField()
    item = serializers.IntegerField(allow_null=True)
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField()
    is_stale = serializers.BooleanField(
        help_text="The paper's words have changed since; the rules will read it again."
    )


class PaperSuggestionSerializer(serializers.Serializer):
    """A machine's proposal of a tag, with its reason. Only a person makes it one."""

    id = serializers.IntegerField()
    therapy_class = serializers.CharField(allow_null=True)
    regimen = serializers.CharField(allow_null=True)
    setting = serializers.CharField(allow_null=True)
    study_design = serializers.CharField(allow_null=True)
    score = serializers.FloatField(help_text="0 to 1; from 0.5 worth a look.")
    rule = serializers.CharField()
    rule_version = serializers.CharField()
    quotes = QuoteSerializer(many=True)


class SuggestionSerializer(PaperSuggestionSerializer):
    """The same in a list of suggestions, with its paper and what people say of the target there."""

    paper = serializers.IntegerField()
    decision = serializers.ChoiceField(
        BEFORE_AND_AFTER,
        help_text="People's word on the target; “rejected” also where they refused the whole of "
        "which it is a part.",
    )
    made_at = serializers.DateTimeField()

    def to_representation(self, instance: Suggestion) -> dict[str, Any]:
        return {
            **stored_json(instance, instance.paper),
            "paper": instance.paper_id,
            "decision": decision_on(instance, instance.paper.current_tags) or UNTAGGED,
            "made_at": self.fields["made_at"].to_representation(instance.made_at),
        }


class NoteSerializer(StrictSerializer):
    note = NoteField()


class _Ids(serializers.ListField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            child=serializers.IntegerField(min_value=1, max_value=BIGGEST_ID),
            required=False,
            default=list,
            max_length=MOST_SUGGESTIONS,
            **kwargs,
        )


class DecisionsSerializer(StrictSerializer):
    """Suggestions to accept and to reject, by id; `dry_run` shows what would change."""

    accept = _Ids(help_text="Their targets are confirmed.")
    reject = _Ids(help_text="Their targets are rejected.")
    note = NoteField()
    dry_run = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        ids = [*attrs["accept"], *attrs["reject"]]
        if not ids:
            raise serializers.ValidationError(
                {"detail": "Name at least one suggestion in “accept” or “reject”."}
            )
        both = sorted(set(attrs["accept"]) & set(attrs["reject"]))
        if both:
            listed = ", ".join(map(str, both))
            raise serializers.ValidationError(
                {"reject": [f"{listed} cannot be accepted and rejected at once."]}
            )
        found = Suggestion.objects.with_targets().in_bulk(ids)
        unknown = [str(pk) for pk in ids if pk not in found]
        if unknown:
            raise serializers.ValidationError(
                {
                    "detail": f"There is no suggestion {', '.join(unknown[:20])}. "
                    "The rules may have taken it back: look at the paper again."
                }
            )
        return {**attrs, "found": found}

    @property
    def said(self) -> list[tuple[int, Statement]]:
        """Each paper's id with what is stated of it."""
        given = self.validated_data
        states = dict.fromkeys(given["accept"], Tag.State.CONFIRMED.value)
        states |= dict.fromkeys(given["reject"], Tag.State.REJECTED.value)
        return [
            (given["found"][pk].paper_id, Statement(given["found"][pk].target, state))
            for pk, state in states.items()
        ]
