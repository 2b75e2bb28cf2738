"""What people type and choose on the library's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat

from papers.formats import FORMATS


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or more files. Each is checked by itself; cleans to a list."""

    widget = ManyFilesInput

    def clean(self, value: Any, initial: Any = None) -> list[UploadedFile]:
        files = value or [None]
        return [self._within_limit(super(ManyFilesField, self).clean(file)) for file in files]

    def _within_limit(self, file: UploadedFile) -> UploadedFile:
        if (file.size or 0) > settings.MAX_UPLOAD_BYTES:
            raise forms.ValidationError(
                f"{file.name} has {filesizeformat(file.size)}; at most "
                f"{filesizeformat(settings.MAX_UPLOAD_BYTES)} are taken. Split the file, or pack "
                "it with gzip."
            )
        return file


class ImportForm(forms.Form):
    """Bibliography files to import, of one format or of any."""

    files = ManyFilesField(
        label="Files",
        # An empty file is taken, so that its import can say so beside the other files.
        allow_empty_file=True,
        error_messages={"required": "Choose at least one file to import."},
    )
    format = forms.ChoiceField(
        label="Format",
        required=False,
        choices=[
            ("", "Found by the content"),
            *((row.name, row.label) for row in FORMATS.values()),
        ],
    )
