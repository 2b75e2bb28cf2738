"""One address, two answers: the whole page, or the part of it that htmx swaps."""

from __future__ import annotations

from django.http import HttpRequest


def wants_fragment(request: HttpRequest) -> bool:
    """True when htmx asks for a part. Going back in the browser it asks for the page again."""
    return bool(request.htmx) and not request.htmx.history_restore_request
