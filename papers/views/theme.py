"""Light, dark, or as the system has it: a standing choice in a cookie."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from papers.views.context import THEMES

A_YEAR_S = 365 * 24 * 3600


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice and go back to ``next``; no choice means as the system has it."""
    theme = request.POST.get("theme", "")
    answer = HttpResponseRedirect(_way_back(request))
    if theme not in THEMES:
        answer.delete_cookie("theme", samesite="Lax")
        return answer
    answer.set_cookie(
        "theme",
        theme,
        max_age=A_YEAR_S,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


def _way_back(request: HttpRequest) -> str:
    """Where the person was, if that is here: a foreign address would be an open redirect."""
    way_back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        way_back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return way_back
    return "/"
