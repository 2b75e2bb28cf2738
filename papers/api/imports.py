"""Imports: sending files, following what becomes of them."""

from __future__ import annotations

from functools import partial

import django_filters
from django.db import transaction
from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import ReadOnlyModelViewSet

from papers import tasks
from papers.api.errors import Conflict
from papers.api.lists import StreamedList
from papers.models import Import
from papers.serializers.imports import ImportSerializer, RejectedSerializer, UploadSerializer
from papers.services.imports import store_upload
from papers.services.jobs import cancel as cancel_job
from papers.services.jobs import resume as resume_job

_JOB = {"$ref": "#/components/schemas/Import"}


class ImportFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=Import.State.choices, label="State")

    class Meta:
        model = Import
        fields: list[str] = []


class ImportViewSet(StreamedList, ReadOnlyModelViewSet):
    """Uploaded files and how far they have come."""

    queryset = Import.objects.select_related("by")
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    lookup_value_converter = "int"
    parser_classes = [MultiPartParser]
    parameters = {"rejected": ("page", "page_size")}
    required_permissions = {
        "list": "papers.view_import",
        "retrieve": "papers.view_import",
        "create": "papers.add_import",
        "rejected": "papers.view_rejectedpiece",
        "cancel": "papers.change_import",
        "resume": "papers.change_import",
    }

    @extend_schema(
        request={"multipart/form-data": UploadSerializer},
        responses={201: {"oneOf": [_JOB, {"type": "array", "items": _JOB}]}},
    )
    def create(self, request: Request) -> Response:
        """Send one file, or several under the same name `file`; their imports are queued.

        Answers with the job and its address in `Location`; for several files with a list.
        """
        upload = UploadSerializer(data=request.data)
        upload.is_valid(raise_exception=True)
        given = upload.validated_data
        jobs = [
            store_upload(
                name=file.name,
                chunks=file.chunks(),
                forced_format=given.get("format", ""),
                by=request.user,
            )
            for file in given["file"]
        ]
        for job in jobs:
            _send(job)
        shown = self.get_serializer(jobs, many=True).data
        place = reverse("api:import-detail", args=[jobs[0].pk], request=request)
        return Response(
            shown[0] if len(jobs) == 1 else shown,
            status.HTTP_201_CREATED,
            headers={"Location": place} if len(jobs) == 1 else {},
        )

    @extend_schema(responses=RejectedSerializer(many=True))
    @action(detail=True, filter_backends=[])
    def rejected(self, request: Request, pk: int) -> HttpResponseBase:
        """The pieces of the file that are no valid records, with the reason for each."""
        page = self.paginate_queryset(self.get_object().rejected_pieces.all())
        return self.get_paginated_response(RejectedSerializer(page, many=True).data)

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Stop after the batch that is being stored; what is stored stays."""
        job = self.get_object()
        if not cancel_job(job, by=request.user):
            raise Conflict("The import had ended already.")
        job.refresh_from_db()
        return Response(self.get_serializer(job).data)

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: int) -> Response:
        """Go on with a failed or cancelled import where it stopped."""
        job = self.get_object()
        if not resume_job(job):
            raise Conflict("There is nothing to go on with: the import is done or running.")
        job.refresh_from_db()
        _send(job)
        return Response(self.get_serializer(job).data)


def _send(job: Import) -> None:
    """To the workers, once the row is sure to be there for them."""
    transaction.on_commit(partial(tasks.run_import.delay, job.pk))
