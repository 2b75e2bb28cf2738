"""What every page knows: the house's own words and the person's standing choices."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from papers.services.desk import waiting_count

THEMES = ("light", "dark")


def house(request: HttpRequest) -> dict[str, object]:
    theme = request.COOKIES.get("theme", "")
    return {
        "theme": theme if theme in THEMES else "",
        "are_keys_off": request.COOKIES.get("keys") == "off",
        "public_read": settings.PUBLIC_READ,
        # Asked only by the pages of those who see the number.
        "waiting_count": waiting_count,
    }
