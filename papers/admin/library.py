"""The stewards' panel. Papers are corrected through the service, so every edit locks its field
and stands in the paper's history; rows that only tell what happened cannot be edited.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from simple_history.admin import SimpleHistoryAdmin

from papers.admin.read_only import ReadOnly
from papers.models import (
    Author,
    Change,
    Correction,
    Import,
    Journal,
    JournalMetric,
    Paper,
    Pull,
    Search,
    SourceRecord,
    Tag,
)
from papers.records import TARGETS
from papers.services.correcting import check_corrections, correct_paper, release_correction
from papers.services.corrections import CORRECTABLE, shown_text
from papers.services.journals import WORDS, index_papers_of
from papers.services.searches import save_search

admin.site.site_header = "RMS Review, stewards' panel"
admin.site.site_title = "RMS Review"
admin.site.index_title = "Records, people and vocabulary"


class TypedText(forms.CharField):
    """Text of several lines that counts as unchanged although browsers send CR LF."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class CorrectionForm(forms.ModelForm):
    """Every correctable field as text; what is changed becomes a correction."""

    why = forms.CharField(label="Why", required=False, help_text="Kept in the paper's history.")

    class Meta:
        model = Paper
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in CORRECTABLE.items():
            self.fields[name] = TypedText(
                label=field.label,
                help_text=field.help,
                required=False,
                initial=shown_text(self.instance, name) if self.instance.pk else "",
                widget=forms.Textarea(attrs={"rows": 4, "cols": 90})
                if field.is_long
                else forms.TextInput(attrs={"size": 80}),
            )
        self.order_fields([*CORRECTABLE, "why"])

    def corrections(self) -> dict[str, str]:
        """The texts that a person changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in CORRECTABLE}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        try:
            check_corrections(paper=self.instance, changes=self.corrections())
        except ValidationError as error:
            self.add_error(None, error)
        return cleaned

    def _post_clean(self) -> None:
        """The typed text is not the columns' values: the service makes those."""


class SourceRecordInline(ReadOnly, admin.TabularInline):
    model = SourceRecord
    fields = ("source", "source_id", "format", "fetched_at", "withdrawn_at")
    readonly_fields = fields
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourceRecord]:
        return super().get_queryset(request).defer("payload")


class CorrectionInline(ReadOnly, admin.TabularInline):
    model = Correction
    fields = ("field", "value", "by", "at", "note", "proposed")
    readonly_fields = fields
    extra = 0


@admin.register(Paper)
class PaperAdmin(admin.ModelAdmin):
    form = CorrectionForm
    list_display = ("short_title", "year", "journal", "pmid", "doi", "status", "updated_at")
    list_filter = ("status", "publication_types", "year", "created_at")
    list_select_related = ("journal",)
    search_fields = ("title", "doi", "pmid", "pmcid", "authorships__name")
    search_help_text = "Title, author, DOI, PMID or PMCID"
    ordering = ("-id",)
    inlines = (CorrectionInline, SourceRecordInline)
    readonly_fields = ("status", "remarks", "created_at", "updated_at")
    show_full_result_count = False

    @admin.display(description="title", ordering="title")
    def short_title(self, paper: Paper) -> str:
        title = str(paper)
        return title if len(title) <= 90 else title[:89] + "…"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Paper]:
        return super().get_queryset(request).defer("abstract", "abstract_sections", "provenance")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Paper | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Paper | None = None) -> list[str]:
        return [*CORRECTABLE, "why", *self.readonly_fields]

    def get_form(self, request: HttpRequest, obj: Paper | None = None, **kwargs: Any) -> Any:
        kwargs["fields"] = []
        return super().get_form(request, obj, **kwargs)

    def save_model(
        self, request: HttpRequest, paper: Paper, form: CorrectionForm, change: bool
    ) -> None:
        corrections = form.corrections()
        if corrections:
            correct_paper(
                paper=Paper.objects.get(pk=paper.pk),
                changes=corrections,
                note=form.cleaned_data["why"],
                by=request.user,
            )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        return HttpResponseRedirect(self.model(pk=object_id).get_absolute_url() + "#history")


class JournalMetricInline(admin.TabularInline):
    model = JournalMetric
    extra = 0


@admin.register(Journal)
class JournalAdmin(SimpleHistoryAdmin):
    list_display = ("title", "iso_abbreviation", "issn_linking", "nlm_id", "papers_count")
    search_fields = ("title", "iso_abbreviation", "issn_print", "issn_electronic", "issn_linking")
    search_help_text = "Title, abbreviation or ISSN"
    list_filter = ("country",)
    inlines = (JournalMetricInline,)

    def save_model(
        self, request: HttpRequest, obj: Journal, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if WORDS & set(form.changed_data):
            index_papers_of(obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Journal]:
        return super().get_queryset(request).annotate(_papers=Count("papers"))

    @admin.display(description="papers", ordering="_papers")
    def papers_count(self, journal: Journal) -> int:
        return journal._papers

    def has_delete_permission(self, request: HttpRequest, obj: Journal | None = None) -> bool:
        return False


@admin.register(Author)
class AuthorAdmin(SimpleHistoryAdmin):
    list_display = ("name", "orcid", "semantic_scholar_id", "is_collective")
    search_fields = ("name", "orcid", "semantic_scholar_id")
    search_help_text = "Name or ORCID"
    list_filter = ("is_collective", ("orcid", admin.EmptyFieldListFilter))
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Author | None = None) -> bool:
        return False


@admin.register(Tag)
class TagAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("paper", *TARGETS, "state", "is_current", "by", "at", "note")
    list_select_related = ("paper", *TARGETS, "by")
    list_filter = ("is_current", "state", "therapy_class", "setting", "study_design", "by", "at")
    search_fields = ("paper__title", "paper__pmid", "note")


@admin.register(Change)
class ChangeAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("at", "paper", "kind", "by", "job", "pull", "note")
    list_select_related = ("paper", "by", "job", "pull__search", "pull__seed")
    list_filter = ("kind", "by", "at")
    search_fields = ("paper__title", "paper__pmid", "note")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Change]:
        return super().get_queryset(request).defer("pull__plan")


@admin.register(Correction)
class CorrectionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("paper", "field", "value", "by", "at", "proposed")
    list_select_related = ("paper", "by")
    list_filter = ("field", "by", ("proposed", admin.EmptyFieldListFilter))
    search_fields = ("paper__title", "paper__pmid")
    actions = ("take_back",)

    @admin.action(description="Take back: say again what the sources say", permissions=["release"])
    def take_back(self, request: HttpRequest, corrections: QuerySet[Correction]) -> None:
        for correction in corrections:
            release_correction(paper=correction.paper, field=correction.field, by=request.user)
        self.message_user(request, f"{len(corrections)} corrections taken back.")

    def has_release_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("papers.delete_correction")


@admin.register(SourceRecord)
class SourceRecordAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("source", "source_id", "format", "paper", "fetched_at", "withdrawn_at")
    list_select_related = ("paper",)
    list_filter = ("source", "format", ("withdrawn_at", admin.EmptyFieldListFilter))
    search_fields = ("source_id", "paper__title")
    exclude = ("payload", "sha256")
    readonly_fields = ("payload_link",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourceRecord]:
        return super().get_queryset(request).defer("payload")

    @admin.display(description="raw payload")
    def payload_link(self, record: SourceRecord) -> str:
        url = reverse("papers:source", args=[record.paper_id, record.pk])
        return format_html('<a href="{}">as the source sent it</a>', url)


@admin.register(Import)
class ImportAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("name", "state", "format", "read", "created", "rejected", "by", "created_at")
    list_select_related = ("by",)
    list_filter = ("state", "format", "by", "created_at")
    search_fields = ("name",)


@admin.register(Search)
class SearchAdmin(SimpleHistoryAdmin):
    list_display = ("name", "source", "schedule", "is_paused", "next_run_at", "owner")
    list_select_related = ("owner",)
    list_filter = ("source", "schedule", "is_paused")
    search_fields = ("name", "query", "note")
    readonly_fields = ("next_run_at", "created_at")

    def save_model(self, request: HttpRequest, obj: Search, form: Any, change: bool) -> None:
        save_search(obj, by=request.user)


@admin.register(Pull)
class PullAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("search", "source", "state", "found", "created", "missing", "by", "created_at")
    list_select_related = ("search", "by")
    list_filter = ("state", "source", "created_at")
    search_fields = ("query", "search__name")
    exclude = ("plan",)
    raw_id_fields = ("seed",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pull]:
        return super().get_queryset(request).defer("plan")
