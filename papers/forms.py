"""What people type and choose on the library's pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat

from papers.filters import PaperFilter
from papers.formats import FORMATS
from papers.models import Decision, Paper, Search, Tag, Target
from papers.models.tag import DECIDING, MODELS, field_of
from papers.records import TARGETS
from papers.services.corrections import CORRECTABLE
from papers.services.desk import Verdict
from papers.services.searches import query_fault
from papers.services.tagging import MOST_AT_ONCE, Statement
from regimens.models import Regimen, Setting, StudyDesign, TherapyClass
from regimens.parameters import BIGGEST_ID, can_be_id


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["source"].disabled = True
            self.fields["source"].help_text = "It stays: what was found there is kept by its ids."

    def clean_query(self) -> str:
        query = self.cleaned_data["query"].replace("\r\n", "\n").strip()
        if fault := query_fault(query):
            raise forms.ValidationError(fault)
        return query


SETTINGS, DESIGNS = "Settings", "Study designs"


class TargetField(forms.ChoiceField):
    """What can be said of a paper, as "class:car_t" or "setting:mixed"; cleans to its row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=target_choices, **kwargs)
        self.error_messages["invalid_choice"] = (
            "There is no such therapy class, regimen, setting or study design."
        )

    def clean(self, value: Any) -> Target:
        word, _, slug = super().clean(value).partition(":")
        field = next(field for field in TARGETS if TARGETS[field] == word)
        target: Target = MODELS[field].objects.get(slug=slug)
        return target


def target_choices() -> list[tuple[str, Any]]:
    """Classes with their sub-classes in a group each, then regimens, settings and designs."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in TherapyClass.objects.select_related("parent"):
        groups.setdefault(row.main.name, []).insert(
            0 if not row.parent else len(groups[row.main.name]), _choice("therapy_class", row)
        )
    return [
        ("", "Choose a class, setting …"),
        *groups.items(),
        ("Regimens", [_choice("regimen", row) for row in Regimen.objects.all()]),
        (SETTINGS, [_choice("setting", row) for row in Setting.objects.select_related("parent")]),
        (DESIGNS, [_choice("study_design", row) for row in StudyDesign.objects.all()]),
    ]


def _choice(field: str, row: Target) -> tuple[str, str]:
    parent = getattr(row, "parent", None)
    name = f"{parent.name}: {row.name}" if parent else row.name
    return f"{TARGETS[field]}:{row.slug}", name


class TagForm(forms.Form):
    """What a person says of a paper: a target, its state, and why."""

    target = TargetField(label="Class, regimen, setting or design")
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
        self.paper_ids = list(found.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(self.paper_ids) > MOST_AT_ONCE:
            raise forms.ValidationError(
                f"At most {MOST_AT_ONCE:,} papers are tagged at once. Narrow the filter, to a few "
                "years for example, and tag the rest after."
            )
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


class TokensField(forms.MultipleChoiceField):
    """Several of what can be said of a paper, as "class:car_t". ``targets_named`` finds the rows."""

    def clean(self, value: Any) -> list[str]:
        return [token for token in dict.fromkeys(value or []) if token]


def targets_named(tokens: Iterable[str]) -> dict[str, Target]:
    """The row of each token, in a query a kind. Raises ValidationError for one that names none."""
    asked: dict[str, list[str]] = {}
    for token in tokens:
        if "\x00" in token:
            raise forms.ValidationError("A name holds a character that no name has.")
        word, _, slug = token.partition(":")
        asked.setdefault(word, []).append(slug)
    found: dict[str, Target] = {}
    for field, word in TARGETS.items():
        slugs = asked.pop(word, [])
        rows = MODELS[field].objects.filter(slug__in=slugs) if slugs else ()
        found |= {f"{word}:{row.slug}": row for row in rows}
        if unknown := [slug for slug in slugs if f"{word}:{slug}" not in found]:
            raise forms.ValidationError(f"There is no {word} “{unknown[0][:60]}”.")
    if asked:
        raise forms.ValidationError(f"“{next(iter(asked))[:60]}” is nothing to say of a paper.")
    return found


class DecisionForm(forms.Form):
    """A curator's decision on one paper of the queue."""

    key = forms.UUIDField()
    paper = forms.IntegerField(min_value=1, max_value=BIGGEST_ID)
    kind = forms.ChoiceField(choices=Decision.Kind.choices)
    on = TokensField(required=False)
    """What is ticked."""

    add = TokensField(required=False)
    """What was chosen from the list of all, in a browser without script."""

    offered = TokensField(required=False)
    """What was ticked when the paper came. What of it is not ticked now is refused."""

    note = forms.CharField(required=False, max_length=2000)
    seen = forms.IntegerField(required=False, min_value=0, max_value=BIGGEST_ID)
    """The last word (id) on the paper when its card was made. Who does not say has seen none."""

    def clean(self) -> dict[str, Any]:
        """Sets ``statements``: ticked is confirmed, offered and not ticked is refused."""
        values = super().clean() or {}
        if self.errors:
            return values
        ticked = list(dict.fromkeys([*values["on"], *values["add"]]))
        refused = [token for token in values["offered"] if token not in ticked]
        rows = targets_named([*ticked, *refused])
        # Who refuses a class has not confirmed the sub-class that was ticked for them beside it.
        wholes = {rows[token].pk for token in refused if token.startswith("class:")}
        parts = [token for token in ticked if getattr(rows[token], "parent_id", 0) in wholes]
        parts = [token for token in parts if token.startswith("class:")]
        ticked, refused = [token for token in ticked if token not in parts], [*refused, *parts]
        is_decided = values["kind"] == Decision.Kind.DECIDED
        if is_decided and not any(field_of(rows[token]) in DECIDING for token in ticked):
            raise forms.ValidationError(
                "No class or regimen is ticked. Tick one, or press x if the paper is not relevant "
                "to any class.",
                code="nothing_ticked",
            )
        self.statements = (
            *(Statement(rows[token], Tag.State.CONFIRMED) for token in ticked),
            *(Statement(rows[token], Tag.State.REJECTED) for token in refused),
        )
        return values

    @property
    def verdict(self) -> Verdict:
        values = self.cleaned_data
        return Verdict(
            key=values["key"],
            paper=values["paper"],
            kind=values["kind"],
            statements=self.statements,
            note=values["note"],
            seen=values["seen"] or 0,
        )


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
