"""Refusals of the API: always JSON, always a sentence that says what to do."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from rest_framework import exceptions, status
from rest_framework.fields import get_error_detail
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import exception_handler


class Conflict(exceptions.APIException):
    """What was asked does not fit the state that things are in."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler, which also takes what services raise."""
    if isinstance(error, ModelValidationError):
        error = exceptions.ValidationError(get_error_detail(error))
    response = exception_handler(error, context)
    if response is None:
        return None
    sentence = _sentence(error)
    if sentence:
        response.data = {"detail": sentence}
    elif isinstance(response.data, list):
        response.data = {"detail": " ".join(map(str, response.data))}
    elif isinstance(response.data.get("detail"), list):
        # A serializer's sentence about the body as a whole; the schema promises one text.
        response.data["detail"] = " ".join(map(str, response.data["detail"]))
    # Whoever asked for CSV gets the refusal as JSON: it is no table.
    context["request"].accepted_renderer = JSONRenderer()
    context["request"].accepted_media_type = "application/json"
    return response


def _sentence(error: Exception) -> str | None:
    """What to do about a refusal that Django REST framework words for programmers."""
    if isinstance(error, exceptions.NotAuthenticated):
        return (
            "Sign in, or send a token in the header “Authorization: Token …”. "
            "You make tokens on the page /tokens/."
        )
    if isinstance(error, exceptions.ParseError):
        return f"The body cannot be read ({error.detail}). Send a JSON object."
    if isinstance(error, exceptions.NotAcceptable):
        return "Ask for application/json; lists also come as application/x-ndjson and text/csv."
    if isinstance(error, exceptions.UnsupportedMediaType):
        return f"{error.detail} Send application/json; files as multipart/form-data."
    return None
