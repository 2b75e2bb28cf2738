"""Tokens in the ``Authorization`` header."""

from __future__ import annotations

import knox.auth
from django.contrib.auth.models import AbstractUser
from rest_framework.exceptions import AuthenticationFailed

REFUSED = (
    "This token is not known here: it has expired, was revoked, or is misspelt. Make a new one."
)


class TokenAuthentication(knox.auth.TokenAuthentication):
    """Knox's hashed tokens; one that is not even text is refused like any wrong one."""

    def authenticate_credentials(self, token: bytes) -> tuple[AbstractUser, object]:
        if not token.isascii():
            raise AuthenticationFailed(REFUSED)
        try:
            return super().authenticate_credentials(token)
        except AuthenticationFailed as error:
            raise AuthenticationFailed(REFUSED) from error
