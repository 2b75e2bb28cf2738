"""Candidates: papers around a paper, to be taken in or dismissed."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from papers.api.lists import StreamedList
from papers.models import Candidate
from papers.serializers.candidates import (
    CandidateSerializer,
    DecidedSerializer,
    DecisionSerializer,
)
from papers.services.snowballing import (
    accept_candidates,
    candidates_of,
    dismiss_candidates,
    reopen_candidates,
)
from regimens.parameters import WholeNumberFilter


class CandidateFilter(django_filters.FilterSet):
    paper = WholeNumberFilter("seed_id", label="Paper that they were found around")
    state = django_filters.ChoiceFilter(choices=Candidate.State.choices, label="State")
    direction = django_filters.ChoiceFilter(choices=Candidate.Direction.choices, label="Link")

    class Meta:
        model = Candidate
        fields: list[str] = []


class CandidateViewSet(StreamedList, ReadOnlyModelViewSet):
    """Papers that others of the library lead to; none is in it before a person takes it in."""

    queryset = Candidate.objects.none()
    serializer_class = CandidateSerializer
    filterset_class = CandidateFilter
    lookup_value_converter = "int"
    required_permissions = {
        "list": "papers.view_candidate",
        "retrieve": "papers.view_candidate",
        "decide": "papers.change_candidate",
    }

    def get_queryset(self) -> QuerySet[Candidate]:
        return candidates_of().select_related("by").order_by("pk")

    @extend_schema(request=DecisionSerializer, responses=DecidedSerializer)
    @action(detail=False, methods=["post"], filter_backends=[])
    def decide(self, request: Request) -> Response:
        """Take candidates into the library, dismiss them, or take a dismissal back."""
        given = DecisionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        ids = given.validated_data["candidates"]
        rows = Candidate.objects.select_related("pull__by").in_bulk(ids)
        unknown = [str(pk) for pk in ids if pk not in rows]
        if unknown:
            raise ValidationError({"candidates": [f"There is no candidate {', '.join(unknown)}."]})
        chosen = [rows[pk] for pk in dict.fromkeys(ids)]
        papers: list[int] = []
        if given.validated_data["state"] == Candidate.State.ACCEPTED:
            papers = [paper.pk for paper in accept_candidates(chosen, by=request.user)]
            changed = len(papers)
        elif given.validated_data["state"] == Candidate.State.DISMISSED:
            changed = dismiss_candidates(chosen, by=request.user)
        else:
            changed = reopen_candidates(chosen, by=request.user)
        return Response({"papers": papers, "changed": changed})
