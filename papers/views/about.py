"""What this is, which version, and whose work it stands on."""

from __future__ import annotations

import platform
from importlib.metadata import version

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from regimens.views.access import requires

SHOWN = ("Django", "djangorestframework", "celery", "django-htmx", "lxml")


@require_safe
@requires("papers.view_paper", is_public=True)
def about(request: HttpRequest) -> HttpResponse:
    versions = [
        ("RMS Review", settings.SPECTACULAR_SETTINGS["VERSION"]),
        ("Python", platform.python_version()),
        *((name, version(name)) for name in SHOWN),
        ("Database", connection.display_name),
    ]
    return render(request, "papers/about.html", {"versions": versions})
