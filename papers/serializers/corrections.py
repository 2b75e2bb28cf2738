"""A person's corrections of a paper, over the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from papers.serializers.strict import NoteField, StrictSerializer
from papers.services.corrections import CORRECTABLE

LISTS = ("authors", "languages", "publication_types", "keywords")
API_NAMES = {"languages": "language"}
"""Where the API names a correctable field otherwise than the library does."""


class CorrectionsSerializer(StrictSerializer):
    """Fields to correct; "" or [] says that there is no such value. `reason` goes to the history."""

    reason = NoteField()

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        for name, kind in CORRECTABLE.items():
            fields[API_NAMES.get(name, name)] = (
                serializers.ListField(
                    child=serializers.CharField(), required=False, help_text=kind.help
                )
                if name in LISTS
                else serializers.CharField(required=False, allow_blank=True, help_text=kind.help)
            )
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.keys() - {"reason"}:
            raise serializers.ValidationError(
                {"detail": "Name at least one field to correct, for example “title”."}
            )
        return attrs

    @property
    def changes(self) -> dict[str, str]:
        """The corrections as a person would type them, a list one item a line."""
        given = self.validated_data
        return {
            name: "\n".join(given[shown]) if name in LISTS else given[shown]
            for name in CORRECTABLE
            if (shown := API_NAMES.get(name, name)) in given
        }
