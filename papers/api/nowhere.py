"""Addresses under the API at which nothing is: the answer is JSON there too."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view, permission_classes
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response


@extend_schema(exclude=True)
@api_view(["GET", "POST", "PUT", "PATCH", "DELETE"])
@permission_classes([AllowAny])
def nowhere(request: Request, address: str) -> Response:
    raise NotFound("There is nothing at this address. The API is described at /api/v1/docs/.")
