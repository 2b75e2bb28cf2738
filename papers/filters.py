"""The one filter of papers: library page, API and export read the same parameters alike.

A value that cannot be read makes the filter invalid, with a sentence for each; nothing is quietly
left out, for a filter that does less than it says would export the wrong papers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import reduce
from operator import and_
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django_filters.fields import IsoDateTimeField

from papers.identifiers import normalise_doi, normalise_pmid
from papers.models import Author, Finding, Journal, Paper, PublicationType, Tag, Target
from papers.records import TARGETS
from papers.search.engine import WAITING, find, has_drug, has_kind, has_tag_state, has_target
from papers.search.grammar import SearchSyntaxError, parse
from regimens.models import Drug, Regimen, Setting, StudyDesign, TherapyClass
from regimens.parameters import RowsFilter, TrueFalseFilter, WholeNumberFilter

TAG_STATES = (
    ("confirmed", "Confirmed"),
    ("waiting", "Suggested, undecided"),
    ("rejected", "Rejected"),
    ("none", "Not tagged yet"),
)

ORDERINGS: dict[str, tuple[str, Sequence[Any]]] = {
    "relevance": ("Best match", ["relevance", "-pk"]),
    "-year": ("Published last", [F("year").desc(nulls_last=True), "-publication_date", "-pk"]),
    "year": ("Published first", [F("year").asc(nulls_last=True), "publication_date", "pk"]),
    "title": ("Title", [Lower("title"), "pk"]),
    "-title": ("Title, from Z", [Lower("title").desc(), "-pk"]),
    "-citation_count": ("Most cited", [F("citation_count").desc(nulls_last=True), "-pk"]),
    "citation_count": ("Least cited", [F("citation_count").asc(nulls_last=True), "pk"]),
    "-created_at": ("Added last", ["-created_at", "-pk"]),
    "created_at": ("Added first", ["created_at", "pk"]),
    "-updated_at": ("Changed last", ["-updated_at", "-pk"]),
    "updated_at": ("Changed first", ["updated_at", "pk"]),
    "id": ("Oldest in the library", ["pk"]),
    "-id": ("Newest in the library", ["-pk"]),
}
"""ordering parameter -> (its name in menus, what the database sorts by)."""


class SearchField(forms.CharField):
    """A search in the words of ``papers.search.grammar``."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            parse(text)
            find(Paper.objects.none(), text)
        except SearchSyntaxError as error:
            raise ValidationError(error.message, code="search") from error
        return text


class IdentifierField(forms.CharField):
    """A DOI or PMID in any of the ways it is written."""

    def __init__(self, *args: Any, normalise: Any, sentence: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.normalise, self.sentence = normalise, sentence

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        normal = self.normalise(text) if text else ""
        if text and not normal:
            raise ValidationError(self.sentence, code="invalid")
        return normal or ""


class InstantField(IsoDateTimeField):
    """A moment that a database can compare: none that another time zone puts before the year 1."""

    def to_python(self, value: Any) -> dt.datetime | None:
        moment = super().to_python(value)
        try:
            return moment.astimezone(dt.UTC) if moment else None
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class InstantFilter(filters.IsoDateTimeFilter):
    field_class = InstantField


class SearchFilter(filters.CharFilter):
    field_class = SearchField


class IdentifierFilter(filters.CharFilter):
    field_class = IdentifierField


def by_slug(model: type[Any]) -> dict[str, Any]:
    """What a filter for rows of the vocabulary needs: a slug that there is not is refused."""
    return {
        "queryset": model.objects.all(),
        "to_field_name": "slug",
        "distinct": False,
        "error_messages": {
            "invalid_choice": f"There is no {model._meta.verbose_name} “%(value)s”."
        },
    }


class PaperFilter(filters.FilterSet):
    """Parameters that narrow the library; several of one kind widen each other."""

    search = SearchFilter(
        method="by_search", label="Search", help_text="The words of the search box."
    )
    therapy_class = RowsFilter(method="by_target", label="Therapy class", **by_slug(TherapyClass))
    setting = RowsFilter(method="by_target", label="Setting", **by_slug(Setting))
    study_design = RowsFilter(method="by_target", label="Study design", **by_slug(StudyDesign))
    has_setting = TrueFalseFilter(
        method="by_kind",
        label="With a setting",
        help_text="true: a setting is confirmed, or proposed and undecided. false: neither.",
    )
    has_study_design = TrueFalseFilter(
        method="by_kind",
        label="With a study design",
        help_text="true: a design is confirmed, or proposed and undecided. false: neither.",
    )
    tag_state = filters.ChoiceFilter(
        method="by_tag_state",
        label="Tag",
        choices=TAG_STATES,
        help_text="With a class, regimen, setting or design: what is said of it. Alone: of any "
        "class or regimen. waiting, with several kinds: each is confirmed or suggested, and not "
        "all are confirmed.",
    )
    drug = RowsFilter(method="by_drug", label="Drug", **by_slug(Drug))
    regimen = RowsFilter(method="by_target", label="Regimen", **by_slug(Regimen))
    year_min = WholeNumberFilter("year", "gte", label="From year")
    year_max = WholeNumberFilter("year", "lte", label="To year")
    has_year = TrueFalseFilter("year", "isnull", exclude=True, label="With a year")
    journal = RowsFilter(queryset=Journal.objects.all(), label="Journal")
    author = RowsFilter(method="by_author", queryset=Author.objects.all(), label="Author")
    publication_type = RowsFilter(
        method="by_publication_type",
        queryset=PublicationType.objects.all(),
        to_field_name="name",
        label="Publication type",
        error_messages={"invalid_choice": "No paper has the publication type “%(value)s”."},
    )
    status = filters.MultipleChoiceFilter(choices=Paper.Status.choices, label="Status")
    is_retracted = TrueFalseFilter(method="by_retraction", label="Retracted")
    has_abstract = TrueFalseFilter(method="by_abstract", label="With an abstract")
    has_remarks = TrueFalseFilter(method="by_remarks", label="With something left out or doubtful")
    pmid = IdentifierFilter(
        "pmid", label="PMID", normalise=normalise_pmid, sentence="A PMID has 1 to 9 digits."
    )
    doi = IdentifierFilter(
        "doi",
        label="DOI",
        normalise=normalise_doi,
        sentence="This is no DOI. One looks like 10.1002/pbc.28904",
    )
    updated_since = InstantFilter("updated_at", "gte", label="Changed since")
    added_by = WholeNumberFilter(method="by_import", label="Import")
    found_by = WholeNumberFilter(method="by_finding", label="Found by search")
    new_in_pull = WholeNumberFilter(method="by_finding", label="Found first by pull")
    gone_in_pull = WholeNumberFilter(method="by_finding", label="Found no longer since pull")
    ordering = filters.ChoiceFilter(
        method="by_ordering",
        label="Order",
        choices=[(name, label) for name, (label, _) in ORDERINGS.items()],
    )

    class Meta:
        model = Paper
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filtered, and always in a definite order."""
        found = super().filter_queryset(queryset)
        values = self.form.cleaned_data
        ordering = values.get("ordering") or ("relevance" if values.get("search") else "-id")
        if ordering == "relevance" and not values.get("search"):
            ordering = "-id"
        return found.order_by(*ORDERINGS[ordering][1])

    def by_search(self, papers: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return find(papers, value) if value else papers

    def by_target(self, papers: QuerySet[Any], name: str, value: Sequence[Target]) -> QuerySet[Any]:
        state = self.form.cleaned_data.get("tag_state") or Tag.State.CONFIRMED
        found = _any(has_target(row, state) for row in value)
        if state == WAITING and value:
            # Another kind may be what waits; see by_tag_state.
            found |= _any(has_target(row) for row in value)
        return papers.filter(found)

    def by_kind(self, papers: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        has = has_kind(name.removeprefix("has_"))
        return papers.filter(has if value else ~has)

    def by_tag_state(self, papers: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        asked = [rows for field in TARGETS if (rows := self.form.cleaned_data.get(field))]
        if not asked:
            return papers.filter(has_tag_state(value))
        if value == WAITING:
            confirmed = [_any(has_target(row) for row in rows) for rows in asked]
            return papers.exclude(reduce(and_, confirmed))
        return papers  # it speaks of these, and they have heeded it

    def by_drug(self, papers: QuerySet[Any], name: str, value: Sequence[Drug]) -> QuerySet[Any]:
        return papers.filter(_any(has_drug(drug) for drug in value))

    def by_author(self, papers: QuerySet[Any], name: str, value: Sequence[Author]) -> QuerySet[Any]:
        if not value:
            return papers
        authorships = Paper.authorships.rel.related_model.objects.filter(author__in=value)
        return papers.filter(pk__in=authorships.values("paper"))

    def by_publication_type(
        self, papers: QuerySet[Any], name: str, value: Sequence[PublicationType]
    ) -> QuerySet[Any]:
        if not value:
            return papers
        through = Paper.publication_types.through.objects.filter(publicationtype__in=value)
        return papers.filter(pk__in=through.values("paper"))

    def by_abstract(self, papers: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return papers.exclude(abstract="") if value else papers.filter(abstract="")

    def by_remarks(self, papers: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return papers.exclude(remarks=[]) if value else papers.filter(remarks=[])

    def by_retraction(self, papers: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        retracted = {"status": Paper.Status.RETRACTED}
        return papers.filter(**retracted) if value else papers.exclude(**retracted)

    def by_import(self, papers: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        records = Paper.source_records.rel.related_model.objects.filter(job=value)
        return papers.filter(pk__in=records.values("paper"))

    def by_finding(self, papers: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        findings = Finding.objects.filter(**{_FINDINGS[name]: value})
        return papers.filter(pk__in=findings.values("paper"))

    def by_ordering(self, papers: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return papers  # filter_queryset sorts last, when the search has been heard


_FINDINGS = {"found_by": "search", "new_in_pull": "pull", "gone_in_pull": "gone_pull"}


def _any(conditions: Any) -> Q:
    joined = Q()
    for condition in conditions:
        joined |= condition
    return joined
