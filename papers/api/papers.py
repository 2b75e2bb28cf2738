"""Papers: to read, to stream, to correct and to tag."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from papers.api.errors import Conflict
from papers.api.lists import StreamedList
from papers.api.queued import hand_to_workers
from papers.filters import PaperFilter
from papers.models import Paper, Tag
from papers.records import TARGETS
from papers.renderers import StreamRenderer
from papers.serializers.corrections import CorrectionsSerializer
from papers.serializers.paper import PaperSerializer
from papers.serializers.searches import PullSerializer
from papers.serializers.tags import StatementSerializer, TagSerializer, current_tag
from papers.services.correcting import correct_paper
from papers.services.exporting import write_export
from papers.services.snowballing import NoIdentifier, queue_snowball
from papers.services.tagging import tag_papers


class PaperViewSet(StreamedList, ReadOnlyModelViewSet):
    """The library's papers."""

    queryset = Paper.objects.for_reading()
    serializer_class = PaperSerializer
    filterset_class = PaperFilter
    lookup_value_converter = "int"
    required_permissions = {
        "list": "papers.view_paper",
        "retrieve": "papers.view_paper",
        "partial_update": "papers.add_correction",
        "tags": "papers.view_tag",
        "add_tag": "papers.add_tag",
        "snowball": "papers.add_pull",
    }

    @property
    def is_public(self) -> bool:
        """The papers are; who said what of them is not."""
        return self.action in ("list", "retrieve")

    def stream(self, found: QuerySet, renderer: StreamRenderer) -> Iterator[bytes]:
        with_people = self.request.user.is_authenticated
        return write_export(renderer.export_format, found, with_people=with_people)

    @extend_schema(request=CorrectionsSerializer, responses=PaperSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Correct fields of a paper. A correction wins over every source until it is taken back."""
        paper = self.get_object()
        corrections = CorrectionsSerializer(data=request.data)
        corrections.is_valid(raise_exception=True)
        correct_paper(
            paper=paper,
            changes=corrections.changes,
            note=corrections.validated_data["reason"],
            by=request.user,
        )
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses={201: PullSerializer, 200: PullSerializer})
    @action(detail=True, methods=["post"], filter_backends=[])
    def snowball(self, request: Request, pk: int) -> Response:
        """Look for the papers that cite this one or are cited by it. They become `candidates`.
        Answers with the run that does it already where there is one (200).
        """
        asked_at = timezone.now()
        try:
            pull = queue_snowball(paper=self.get_object(), by=request.user)
        except NoIdentifier as error:
            raise Conflict(str(error)) from error
        return hand_to_workers(pull, request, asked_at)

    @extend_schema(responses=TagSerializer(many=True))
    @action(detail=True, pagination_class=None, filter_backends=[])
    def tags(self, request: Request, pk: int) -> Response:
        """All that was ever said of a paper's classes, regimens, settings and designs, the first first."""
        said = Tag.objects.filter(paper=self.get_object())
        rows = said.select_related(*TARGETS, "by")
        return Response(TagSerializer(rows, many=True).data)

    @extend_schema(
        request=StatementSerializer,
        responses={201: TagSerializer, 200: TagSerializer},
    )
    @tags.mapping.post
    def add_tag(self, request: Request, pk: int) -> Response:
        """State that the paper does, or does not, evaluate a class or a regimen, or is of a setting
        or a study design.

        201 with the new tag; 200 with the one there is where it says the same already. The
        state `withdrawn` takes back what was said.
        """
        paper = self.get_object()
        statement = StatementSerializer(data=request.data, context={"paper": paper})
        statement.is_valid(raise_exception=True)
        tagged = tag_papers(
            papers=[paper.pk],
            statements=[statement.statement],
            note=statement.validated_data["note"],
            by=request.user,
        )
        tag = current_tag(paper, statement.statement.target)
        code = status.HTTP_201_CREATED if tagged.changed else status.HTTP_200_OK
        return Response(TagSerializer(tag).data, code)
