"""Who may open a page: every app's views ask here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def requires(permission: str, *, is_public: bool = False) -> Callable[[View], View]:
    """Sign-in and ``permission``, or 403. With PUBLIC_READ, ``is_public`` pages need neither."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if is_public and settings.PUBLIC_READ and request.method in ("GET", "HEAD"):
                return view(request, *args, **kwargs)
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not request.user.has_perm(permission):
                raise PermissionDenied(
                    "Your role does not allow this. Ask an administrator of this library for it."
                )
            return view(request, *args, **kwargs)

        guarded.required_permission = permission
        guarded.is_public = is_public
        return guarded

    return decorate
