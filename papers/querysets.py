"""Questions that are asked of the library."""

from __future__ import annotations

from django.db import models


class PaperQuerySet(models.QuerySet):
    pass
