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
from papers.models import Tag
from papers.serializers.tags import (
    BulkSerializer,
    TaggedSerializer,
    TagSerializer,
    UndoSerializer,
)
from papers.services.tagging import (
    UNTAGGED,
    PlannedChange,
    Tagged,
    UndoRefused,
    last_undoable,
    plan_tagging,
    tag_papers,
    undo_tagging,
)
from regimens.models import TherapyClass
from regimens.parameters import TrueFalseFilter, WholeNumberFilter


class TagFilter(django_filters.FilterSet):
    paper = WholeNumberFilter("paper_id", label="Paper")
    by = django_filters.CharFilter("by__username", label="Who said it")
    state = django_filters.ChoiceFilter(choices=Tag.State.choices, label="State")
    therapy_class = django_filters.CharFilter("therapy_class__slug", label="Therapy class")
    regimen = django_filters.CharFilter("regimen__slug", label="Regimen")
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

    queryset = Tag.objects.select_related("therapy_class", "regimen", "by")
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
            done = Tagged(None, len(plan.changes), plan.unchanged, len(plan.paper_ids))
            changes = [_planned(change) for change in plan.changes]
        else:
            done = tag_papers(
                papers=given["papers"],
                statements=asked.statements,
                note=given["note"],
                by=request.user,
            )
            changes = _made(done)
        return Response(_report(done, changes, dry_run=given["dry_run"]))

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
        return Response(_report(done, _made(done), dry_run=False))


def _report(done: Tagged, changes: list[dict[str, Any]], *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "batch": done.batch,
        "papers": done.papers,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "changes": changes,
    }


def _planned(change: PlannedChange) -> dict[str, Any]:
    is_class = isinstance(change.target, TherapyClass)
    return {
        "paper": change.paper_id,
        "therapy_class": change.target.slug if is_class else None,
        "regimen": None if is_class else change.target.slug,
        "before": change.before,
        "after": change.after,
    }


def _made(done: Tagged) -> list[dict[str, Any]]:
    """What the act changed, as its rows say."""
    tags = Tag.objects.filter(batch=done.batch) if done.batch else Tag.objects.none()
    return [
        {
            "paper": tag.paper_id,
            "therapy_class": tag.therapy_class.slug if tag.therapy_class else None,
            "regimen": tag.regimen.slug if tag.regimen else None,
            "before": _as_said(tag.supersedes.state if tag.supersedes else UNTAGGED),
            "after": _as_said(tag.state),
        }
        for tag in tags.select_related("therapy_class", "regimen", "supersedes")
    ]


def _as_said(state: str) -> str:
    return UNTAGGED if state == Tag.State.WITHDRAWN else state
