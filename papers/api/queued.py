"""The answer to whoever asks for a pull."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import transaction
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from papers import tasks
from papers.models import Pull
from papers.serializers.searches import PullSerializer


def hand_to_workers(pull: Pull, request: Request, asked_at: dt.datetime) -> Response:
    """Send a queued pull to the workers: 201, or 200 where it was there before it was asked for."""
    transaction.on_commit(partial(tasks.run_pull.delay, pull.pk))
    is_new = pull.created_at >= asked_at
    return Response(
        PullSerializer(pull).data,
        status.HTTP_201_CREATED if is_new else status.HTTP_200_OK,
        headers={"Location": reverse("api:pull-detail", args=[pull.pk], request=request)},
    )
