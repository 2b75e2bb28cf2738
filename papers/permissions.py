"""Who may do what over the API: the same Django permissions that pages and admin ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    # rest_framework.views itself imports this module, through the settings.
    from rest_framework.views import APIView


class RolePermission(BasePermission):
    """Asks for ``view.required_permissions[action]``; an action that names none is refused.

    With PUBLIC_READ, reading needs no sign-in where the view says ``is_public = True``.
    """

    message = "Your role does not allow this. Ask an administrator of this library for it."

    def has_permission(self, request: Request, view: APIView) -> bool:
        if (
            settings.PUBLIC_READ
            and getattr(view, "is_public", False)
            and request.method in SAFE_METHODS
        ):
            return True
        if not request.user.is_authenticated:
            return False
        action = getattr(view, "action", None) or str(request.method).lower()
        if action in ("metadata", "options"):
            return True
        needed = getattr(view, "required_permissions", {}).get(action)
        return needed is not None and request.user.has_perm(needed)
