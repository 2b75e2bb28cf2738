"""Imports over the API: the upload, the job, the rejected pieces."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from rest_framework import serializers

from papers.formats import FORMATS
from papers.models import Import, RejectedPiece
from papers.serializers.strict import StrictSerializer


class ImportSerializer(serializers.ModelSerializer):
    """One uploaded file on its way into the library."""

    by = serializers.SlugRelatedField("username", read_only=True, allow_null=True)
    percent = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="null before the first batch is stored"
    )

    class Meta:
        model = Import
        fields = (
            "id", "name", "size", "format", "state", "percent", "read", "created", "matched",
            "updated", "rejected", "error", "by", "created_at", "started_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields


class UploadSerializer(StrictSerializer):
    """One file or, with `file` several times, several."""

    # An empty file is taken, so that its import can say so.
    file = serializers.ListField(child=serializers.FileField(allow_empty_file=True), min_length=1)
    format = serializers.ChoiceField(
        [(row.name, row.label) for row in FORMATS.values()],
        required=False,
        help_text="Without it the format is found by the content.",
    )

    def validate_file(self, files: list[UploadedFile]) -> list[UploadedFile]:
        limit = settings.MAX_UPLOAD_BYTES
        for file in files:
            if (file.size or 0) > limit:
                raise serializers.ValidationError(
                    f"{file.name} has {filesizeformat(file.size)}; at most "
                    f"{filesizeformat(limit)} are taken. Split the file, or pack it with gzip."
                )
        return files


class RejectedSerializer(serializers.ModelSerializer):
    """A piece of the file that is no valid record, and why."""

    class Meta:
        model = RejectedPiece
        fields = ("position", "line", "reason", "raw")
        read_only_fields = fields
