"""Searches and their runs: writing, trying, running, following them."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import django_filters
from django.db import transaction
from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import CreateModelMixin, DestroyModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from papers import tasks
from papers.api.errors import Conflict
from papers.api.lists import StreamedList
from papers.api.queued import hand_to_workers
from papers.models import Pull, Search, Sources
from papers.serializers.imports import RejectedSerializer
from papers.serializers.searches import (
    PreviewSerializer,
    PullSerializer,
    QuerySerializer,
    RunSerializer,
    SearchSerializer,
)
from papers.services.jobs import cancel as cancel_job
from papers.services.jobs import resume as resume_job
from papers.services.pulls import queue_enrichment, queue_pull
from papers.services.searches import save_search, try_query
from papers.sources.questions import SourceError
from regimens.parameters import WholeNumberFilter


class SearchFilter(django_filters.FilterSet):
    source = django_filters.ChoiceFilter(choices=Sources.choices, label="Source")

    class Meta:
        model = Search
        fields: list[str] = []


class SearchViewSet(StreamedList, CreateModelMixin, DestroyModelMixin, ReadOnlyModelViewSet):
    """Saved searches. Deleting one deletes no paper."""

    queryset = Search.objects.select_related("owner")
    serializer_class = SearchSerializer
    filterset_class = SearchFilter
    lookup_value_converter = "int"
    required_permissions = {
        "list": "papers.view_search",
        "retrieve": "papers.view_search",
        "create": "papers.add_search",
        "partial_update": "papers.change_search",
        "destroy": "papers.delete_search",
        "run": "papers.add_pull",
        "try_out": "papers.add_search",
    }

    def perform_create(self, serializer: BaseSerializer) -> None:
        search = Search(**serializer.validated_data)
        serializer.instance = save_search(search, by=self.request.user)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what is sent, and leave the rest."""
        search = self.get_object()
        given = self.get_serializer(search, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        for name, value in given.validated_data.items():
            setattr(search, name, value)
        save_search(search, by=request.user)
        return Response(self.get_serializer(search).data)

    @extend_schema(request=RunSerializer, responses={201: PullSerializer, 200: PullSerializer})
    @action(detail=True, methods=["post"], filter_backends=[])
    def run(self, request: Request, pk: int) -> Response:
        """Queue a run. Answers with the one that is under way where there is one (200)."""
        given = RunSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        search, asked_at = self.get_object(), timezone.now()
        pull = queue_pull(search=search, by=request.user, is_full=given.validated_data["full"])
        return hand_to_workers(pull, request, asked_at)

    @extend_schema(request=QuerySerializer, responses=PreviewSerializer)
    @action(detail=False, methods=["post"], url_path="try", filter_backends=[])
    def try_out(self, request: Request) -> Response:
        """Ask a source how many records a query would find, and how it understands it."""
        given = QuerySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            preview = try_query(**given.validated_data)
        except SourceError as error:
            raise Conflict(str(error)) from error
        return Response(PreviewSerializer(asdict(preview)).data)


class PullFilter(django_filters.FilterSet):
    search = WholeNumberFilter("search_id", label="Search")
    state = django_filters.MultipleChoiceFilter(choices=Pull.State.choices, label="State")

    class Meta:
        model = Pull
        fields: list[str] = []


class PullViewSet(StreamedList, ReadOnlyModelViewSet):
    """Runs of searches, with their counts and warnings."""

    queryset = Pull.objects.select_related("by").defer("plan")
    serializer_class = PullSerializer
    filterset_class = PullFilter
    lookup_value_converter = "int"
    parameters = {"rejected": ("page", "page_size")}
    required_permissions = {
        "list": "papers.view_pull",
        "retrieve": "papers.view_pull",
        "enrich": "papers.add_pull",
        "rejected": "papers.view_rejectedpiece",
        "cancel": "papers.change_pull",
        "resume": "papers.change_pull",
    }

    @extend_schema(request=None, responses={201: PullSerializer, 200: PullSerializer})
    @action(detail=False, methods=["post"], filter_backends=[])
    def enrich(self, request: Request) -> Response:
        """Ask Semantic Scholar for citation counts, access and ids of every paper of the library.
        Answers with the run that does it already where there is one (200).
        """
        asked_at = timezone.now()
        return hand_to_workers(queue_enrichment(by=request.user), request, asked_at)

    @extend_schema(responses=RejectedSerializer(many=True))
    @action(detail=True, filter_backends=[])
    def rejected(self, request: Request, pk: int) -> HttpResponseBase:
        """What the source sent and is no valid record, with the reason for each."""
        page = self.paginate_queryset(self.get_object().rejected_pieces.all())
        return self.get_paginated_response(RejectedSerializer(page, many=True).data)

    @extend_schema(request=None, responses=PullSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Stop after the batch that is being stored; what is stored stays."""
        pull = self.get_object()
        if not cancel_job(pull, by=request.user):
            raise Conflict("The pull had ended already.")
        pull.refresh_from_db()
        return Response(self.get_serializer(pull).data)

    @extend_schema(request=None, responses=PullSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: int) -> Response:
        """Go on at once with a pull that waits, failed or was cancelled, where it stopped."""
        pull = self.get_object()
        if not resume_job(pull):
            raise Conflict("There is nothing to go on with: the pull is done or running.")
        pull.refresh_from_db()
        transaction.on_commit(partial(tasks.run_pull.delay, pull.pk))
        return Response(self.get_serializer(pull).data)
