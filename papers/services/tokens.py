"""Keys of the API: made, shown once, revoked. Only their hashes are stored."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.db.models.functions import Now
from knox.models import AuthToken


def tokens_of(user: User) -> QuerySet[AuthToken]:
    """The tokens that still work, the newest first."""
    working = AuthToken.objects.filter(user=user)
    return working.exclude(expiry__lt=Now()).order_by("-created", "digest")


def create_token(*, days: int | None = None, by: User) -> str:
    """A new token of ``by``, which nobody can ever see again; without ``days`` it does not expire."""
    expiry = dt.timedelta(days=days) if days else None
    _row, token = AuthToken.objects.create(user=by, expiry=expiry)
    return token


def revoke_token(*, digest: str, by: User) -> bool:
    """End one's own token. False where there is no such token."""
    deleted, _ = AuthToken.objects.filter(user=by, digest=digest).delete()
    return bool(deleted)
