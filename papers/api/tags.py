"""Tags: what curators said, saying it of many papers, and taking it back."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from papers.api.errors import Conflict
from papers.api.lists import StreamedList
from papers.api.tagged import report_of_act, report_of_plan
from papers.filters import by_slug
from papers.models import Tag
from papers.records import TARGETS
from papers.serializers.tags import (
    BulkSerializer,
    TaggedSerializer,
    TagSerializer,
    UndoSerializer,
)
from papers.services.tagging import (
    UndoRefused,
    last_undoable,
    plan_tagging,
    tag_papers,
    undo_tagging,
)
from regimens.models import Regimen, Setting, StudyDesign, TherapyClass
from regimens.parameters import RowsFilter, TrueFalseFilter, WholeNumberFilter


class TagFilter(django_filters.FilterSet):
    paper = WholeNumberFilter("paper_id", label="Paper")
    by = django_filters.CharFilter("by__username", label="Who said it")
    state = django_filters.ChoiceFilter(choices=Tag.State.choices, label="State")
    therapy_class = RowsFilter(
        "therapy_class__slug", label="Therapy class", **by_slug(TherapyClass)
    )
    regimen = RowsFilter("regimen__slug", label="Regimen", **by_slug(Regimen))
    setting = RowsFilter("setting__slug", label="Setting", **by_slug(Setting))
    study_design = RowsFilter("study_design__slug", label="Study design", **by_slug(StudyDesign))
    history = TrueFalseFilter(
        method="with_history", label="true: also what was superseded or withdrawn."
    )

    class Meta:
        model = Tag
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("history"):
            return found
        found = found.filter(is_current=True)
        if self.form.cleaned_data.get("state") == Tag.State.WITHDRAWN:
            return found
        return found.exclude(state=Tag.State.WITHDRAWN)

    def with_history(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return queryset  # filter_queryset narrows where it is not asked for


class TagViewSet(StreamedList, ReadOnlyModelViewSet):
    """What curators say of papers."""

    queryset = Tag.objects.select_related(*TARGETS, "by")
    serializer_class = TagSerializer
    filterset_class = TagFilter
    lookup_value_converter = "int"
    required_permissions = {
        "list": "papers.view_tag",
        "retrieve": "papers.view_tag",
        "bulk": "papers.add_tag",
        "undo": "papers.add_tag",
    }

    @extend_schema(request=BulkSerializer, responses=TaggedSerializer)
    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """State something of many papers at once; with `dry_run` only look what would change."""
        asked = BulkSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        if given["dry_run"]:
            plan = plan_tagging(papers=given["papers"], statements=asked.statements)
            return Response(report_of_plan(plan))
        done = tag_papers(
            papers=given["papers"],
            statements=asked.statements,
            note=given["note"],
            by=request.user,
        )
        return Response(report_of_act(done))

    @extend_schema(request=UndoSerializer, responses=TaggedSerializer)
    @action(detail=False, methods=["post"])
    def undo(self, request: Request) -> Response:
        """Give every target of one of your own acts the state that it had before."""
        asked = UndoSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        batch = asked.validated_data.get("batch") or last_undoable(by=request.user)
        if batch is None:
            raise Conflict("You have tagged nothing that could be undone.")
        try:
            done = undo_tagging(batch=batch, by=request.user)
        except UndoRefused as refusal:
            raise Conflict(str(refusal)) from refusal
        return Response(report_of_act(done))
