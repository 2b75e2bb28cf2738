"""A person's standing choices of how pages look and listen, each in a cookie of this browser."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from papers.views.context import THEMES

A_YEAR_S = 365 * 24 * 3600


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light or dark. Any other choice means as the system has it."""
    theme = request.POST.get("theme", "")
    return _kept(request, "theme", theme if theme in THEMES else "")


@require_POST
def choose_keys(request: HttpRequest) -> HttpResponse:
    """Whether a single letter, digit or sign is a command. Who speaks to a computer, or strikes
    keys by mistake, must be able to switch that off (WCAG 2.1, criterion 2.1.4).
    """
    return _kept(request, "keys", "off" if request.POST.get("keys") == "off" else "")


def _kept(request: HttpRequest, name: str, choice: str) -> HttpResponse:
    """Keep the choice, or forget it where there is none, and go back to ``next``."""
    answer = HttpResponseRedirect(_way_back(request))
    if not choice:
        answer.delete_cookie(name, samesite="Lax")
        return answer
    answer.set_cookie(
        name,
        choice,
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
