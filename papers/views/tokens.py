"""One's own API tokens: make, see once, revoke."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from papers.forms import TokenForm
from papers.services.tokens import create_token, revoke_token, tokens_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def token_list(request: HttpRequest) -> HttpResponse:
    """The tokens that work; a new one is shown in the answer that makes it and nowhere else."""
    form = TokenForm(request.POST or None)
    token = None
    if request.method == "POST" and form.is_valid():
        token = create_token(days=form.cleaned_data["days"], by=request.user)
        form = TokenForm()
    context = {"form": form, "token": token, "tokens": tokens_of(request.user)}
    return render(request, "papers/token_list.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def token_revoke(request: HttpRequest) -> HttpResponse:
    if revoke_token(digest=request.POST.get("digest", ""), by=request.user):
        messages.success(request, "The token is revoked. Programs that use it are shut out now.")
    else:
        messages.info(request, "There is no such token of yours; it may have expired.")
    return redirect("papers:token_list")
