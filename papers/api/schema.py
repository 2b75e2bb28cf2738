"""What the OpenAPI schema says of all operations alike: refusals, and the streams of lists."""

from __future__ import annotations

from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme


class TokenScheme(KnoxTokenScheme):
    """Known to drf-spectacular by being imported."""

    target_class = "papers.api.authentication.TokenAuthentication"
    name = "token"


_REFUSALS = {
    "400": "The request cannot be read: each sentence says what to change.",
    "401": "Sign in, or send a token: `Authorization: Token …`.",
    "403": "Your role does not allow this.",
    "404": "There is no such thing.",
    "406": "None of the media types in `Accept` is served here.",
}
_REFUSALS_OF_WRITING = {
    "409": "What was asked does not fit the present state.",
    "415": "The body is of a media type that is not read here.",
}
_STREAMS = {
    "application/x-ndjson": "One row as a JSON object on each line, without pages.",
    "text/csv": "One row on each line under a header, without pages.",
}
_REFUSAL = {
    "type": "object",
    "description": "Either `detail`, or the names of fields and parameters with their sentences.",
    "properties": {"detail": {"type": "string"}},
    "additionalProperties": {},
}


def describe_all(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A postprocessing hook of drf-spectacular."""
    schemas = result["components"]["schemas"]
    for name, shape in schemas.items():
        if name.endswith("Request"):  # a StrictSerializer
            shape["additionalProperties"] = False
    schemas["Refusal"] = _REFUSAL
    for path in result["paths"].values():
        for method, operation in path.items():
            _describe_refusals(operation, is_reading=method == "get")
            _describe_streams(operation)
    return result


def _describe_refusals(operation: dict[str, Any], *, is_reading: bool) -> None:
    refusals = _REFUSALS if is_reading else _REFUSALS | _REFUSALS_OF_WRITING
    reference = {"$ref": "#/components/schemas/Refusal"}
    for status, sentence in refusals.items():
        operation["responses"].setdefault(
            status,
            {"description": sentence, "content": {"application/json": {"schema": reference}}},
        )


def _describe_streams(operation: dict[str, Any]) -> None:
    for response in operation["responses"].values():
        for media_type, sentence in _STREAMS.items():
            if media_type in response.get("content", {}):
                response["content"][media_type] = {
                    "schema": {"type": "string", "description": sentence}
                }
