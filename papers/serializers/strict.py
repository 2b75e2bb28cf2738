"""Bodies in which every field must be known: a slip in a name is refused, not ignored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

MOST_NOTE = 2000
"""Characters of a note, as in the pages' forms."""


class NoteField(serializers.CharField):
    """Why somebody says what they say; may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        asked = {"required": False, "allow_blank": True, "default": "", "max_length": MOST_NOTE}
        super().__init__(**asked | kwargs)


class StrictSerializer(serializers.Serializer):
    default_error_messages = {"invalid": "Send a JSON object here."}

    def to_internal_value(self, data: Any) -> Any:
        writable = [name for name, field in self.fields.items() if not field.read_only]
        if isinstance(data, Mapping):
            unknown = {
                name: [f"There is no field “{name}” here. Known: {', '.join(writable)}."]
                for name in data
                if name not in writable
            }
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)
