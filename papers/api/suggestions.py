"""Suggestions: what the rules propose, and a person's yes or no to it."""

from __future__ import annotations

import django_filters
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from papers.api.errors import Conflict
from papers.api.lists import StreamedList
from papers.api.tagged import report_of_act, report_of_plan
from papers.filters import by_slug
from papers.models import Paper, Suggestion, Tag
from papers.serializers.suggestions import (
    DecisionsSerializer,
    NoteSerializer,
    SuggestionSerializer,
)
from papers.serializers.tags import TaggedSerializer
from papers.serializers.track_record import TrackRecordSerializer
from papers.services.tagging import Statement, WouldOverrule, plan_each, tag_each
from papers.services.track_record_json import track_record, track_record_json
from regimens.models import Regimen, Setting, StudyDesign, TherapyClass
from regimens.parameters import RowsFilter, TrueFalseFilter, WholeNumberFilter


class SuggestionFilter(django_filters.FilterSet):
    paper = WholeNumberFilter("paper_id", label="Paper")
    therapy_class = RowsFilter(
        "therapy_class__slug", label="Therapy class", **by_slug(TherapyClass)
    )
    regimen = RowsFilter("regimen__slug", label="Regimen", **by_slug(Regimen))
    setting = RowsFilter("setting__slug", label="Setting", **by_slug(Setting))
    study_design = RowsFilter("study_design__slug", label="Study design", **by_slug(StudyDesign))
    rule = django_filters.CharFilter("rule", label="Rule")
    min_score = django_filters.NumberFilter(
        "score", "gte", label="Score at least", min_value=0, max_value=1
    )
    undecided = TrueFalseFilter(
        method="by_decision", label="true: nobody has said anything of the target there yet."
    )

    class Meta:
        model = Suggestion
        fields: list[str] = []

    def by_decision(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        """By whether a person's word stands on the target, for their paper."""
        return queryset.undecided() if value else queryset.decided()


class SuggestionViewSet(StreamedList, ReadOnlyModelViewSet):
    """What the rules propose for the library's papers, the strongest of each first."""

    queryset = Suggestion.objects.none()
    serializer_class = SuggestionSerializer
    filterset_class = SuggestionFilter
    lookup_value_converter = "int"
    required_permissions = {
        "list": "papers.view_suggestion",
        "retrieve": "papers.view_suggestion",
        "accept": "papers.add_tag",
        "reject": "papers.add_tag",
        "bulk": "papers.add_tag",
        "track_record": "papers.view_suggestion",
    }

    def get_queryset(self) -> QuerySet[Suggestion]:
        papers = Prefetch("paper", Paper.objects.with_current_tags())
        found: QuerySet[Suggestion] = Suggestion.objects.with_targets().prefetch_related(papers)
        return found

    @extend_schema(request=NoteSerializer, responses=TaggedSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def accept(self, request: Request, pk: int) -> Response:
        """Confirm the proposed target on its paper. 409 where somebody else has rejected it."""
        return self._decide(request, Tag.State.CONFIRMED)

    @extend_schema(request=NoteSerializer, responses=TaggedSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def reject(self, request: Request, pk: int) -> Response:
        """Reject the proposed target on its paper. 409 where somebody else has confirmed it."""
        return self._decide(request, Tag.State.REJECTED)

    def _decide(self, request: Request, state: Tag.State) -> Response:
        suggestion = self.get_object()
        given = NoteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        said = [(suggestion.paper_id, Statement(suggestion.target, state.value))]
        return self._say(said, given.validated_data["note"])

    @extend_schema(request=DecisionsSerializer, responses=TaggedSerializer)
    @action(detail=False, methods=["post"], filter_backends=[])
    def bulk(self, request: Request) -> Response:
        """Accept and reject many in one act, which `tags/undo/` takes back as a whole. 409, and
        nothing is written, where somebody else has said otherwise of one.
        """
        asked = DecisionsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        if asked.validated_data["dry_run"]:
            return Response(report_of_plan(plan_each(asked.said)))
        return self._say(asked.said, asked.validated_data["note"])

    def _say(self, said: list[tuple[int, Statement]], note: str) -> Response:
        """Who answers a machine's proposal has not seen what another person says of it."""
        try:
            done = tag_each(said=said, note=note, overrules=False, by=self.request.user)
        except WouldOverrule as error:
            raise Conflict(str(error)) from error
        return Response(report_of_act(done))

    @extend_schema(responses=TrackRecordSerializer)
    @action(detail=False, url_path="track-record", filter_backends=[], pagination_class=None)
    def track_record(self, request: Request) -> Response:
        """How often rules and classifier were right, and how far curators agree."""
        return Response(track_record_json(track_record()))
