"""What people type and choose on the library's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat

from papers.filters import PaperFilter
from papers.formats import FORMATS
from papers.models import Paper, Search
from papers.services.corrections import CORRECTABLE
from papers.services.tagging import Statement
from regimens.models import Regimen, TherapyClass
from regimens.parameters import can_be_id


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


class SearchForm(forms.ModelForm):
    """A search strategy for one source."""

    class Meta:
        model = Search
        fields = ("name", "source", "query", "note", "schedule", "is_off_peak", "is_paused")
        widgets = {
            "query": forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "mono"}),
            "note": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "query": "In the source's own language. PubMed: field tags such as [tiab] and [mh]. "
            "Semantic Scholar: + and, | or, - not; put names with a hyphen in quotes.",
            "is_paused": "It keeps its schedule and runs only when somebody runs it.",
        }
        labels = {"schedule": "Runs", "is_paused": "Paused"}

    def clean_query(self) -> str:
        query = self.cleaned_data["query"].replace("\r\n", "\n").strip()
        if "\x00" in query:
            raise forms.ValidationError("The query holds a character that no source reads.")
        return query


CLASS, REGIMEN = "class", "regimen"


class TargetField(forms.ChoiceField):
    """A therapy class or a regimen, as "class:car_t" or "regimen:ivado"; cleans to its row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=target_choices, **kwargs)
        self.error_messages["invalid_choice"] = "There is no such therapy class or regimen."

    def clean(self, value: Any) -> TherapyClass | Regimen:
        kind, _, slug = super().clean(value).partition(":")
        model = TherapyClass if kind == CLASS else Regimen
        return model.objects.get(slug=slug)


def target_choices() -> list[tuple[str, Any]]:
    """Classes with their sub-classes in a group each, then the regimens."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in TherapyClass.objects.select_related("parent"):
        name = row.name if not row.parent else f"{row.parent.name}: {row.name}"
        groups.setdefault(row.main.name, []).insert(
            0 if not row.parent else len(groups[row.main.name]), (f"{CLASS}:{row.slug}", name)
        )
    regimens = [(f"{REGIMEN}:{row.slug}", row.name) for row in Regimen.objects.all()]
    return [("", "Choose a class or a regimen"), *groups.items(), ("Regimens", regimens)]


class TagForm(forms.Form):
    """What a person says of a paper: a target, its state, and why."""

    target = TargetField(label="Class or regimen")
    state = forms.ChoiceField(
        label="Say",
        choices=[("confirmed", "Confirm"), ("rejected", "Reject"), ("withdrawn", "Take back")],
    )
    note = forms.CharField(label="Note", required=False, max_length=2000)

    @property
    def statement(self) -> Statement:
        return Statement(self.cleaned_data["target"], self.cleaned_data["state"])


class BulkForm(TagForm):
    """The same of many papers: those that are ticked, or all that a filter finds."""

    papers = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        error_messages={"invalid_choice": "“%(value).20s” is no paper of this library."},
    )
    every = forms.BooleanField(required=False)
    query = forms.CharField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["papers"].valid_value = can_be_id

    def clean(self) -> dict[str, Any]:
        """Sets ``paper_ids``: the papers that are meant and are in the library."""
        values = super().clean() or {}
        if self.errors:
            return values
        found = self._found(values["query"]) if values["every"] else self._ticked(values["papers"])
        self.paper_ids = list(found.values_list("pk", flat=True))
        if not self.paper_ids:
            raise forms.ValidationError("None of these papers is in the library any more.")
        return values

    def _found(self, query: str) -> QuerySet[Paper]:
        found = PaperFilter(QueryDict(query), queryset=Paper.objects.all())
        if not found.is_valid():
            raise forms.ValidationError("The filter cannot be read, so no paper was chosen.")
        return found.qs

    def _ticked(self, papers: list[int]) -> QuerySet[Paper]:
        if not papers:
            raise forms.ValidationError("Tick at least one paper.")
        return Paper.objects.filter(pk__in=papers)


class CorrectionForm(forms.Form):
    """A person's text for one field of a paper."""

    value = forms.CharField(required=False, strip=False)
    note = forms.CharField(label="Why", required=False, max_length=2000)

    def __init__(self, *args: Any, field: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = CORRECTABLE[field]
        value = self.fields["value"]
        value.label, value.help_text = kind.label, kind.help
        value.widget = forms.Textarea(attrs={"rows": 12}) if kind.is_long else forms.TextInput()


class TokenForm(forms.Form):
    """How long a new API token shall work."""

    days = forms.TypedChoiceField(
        label="Works for",
        choices=[("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("", "until revoked")],
        initial="90",
        required=False,
        coerce=int,
        empty_value=None,
    )
