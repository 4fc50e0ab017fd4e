"""Light or dark: the system decides until somebody chooses, and then a cookie remembers."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

THEMES = ("light", "dark")
COOKIE = "theme"
_KEPT = timedelta(days=365)


def chosen(request: HttpRequest | None) -> str:
    """Return "light" or "dark" when the visitor chose one, or nothing."""
    said = request.COOKIES.get(COOKIE, "") if request is not None else ""
    return said if said in THEMES else ""


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the visitor's choice and go back; anything but a theme means: as the system does."""
    onward = request.POST.get("next", "/")
    # Without its slash it would be taken for the name of a view.
    if not onward.startswith("/") or not url_has_allowed_host_and_scheme(
        onward, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        onward = "/"
    answer = redirect(onward)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        answer.set_cookie(
            COOKIE,
            theme,
            max_age=_KEPT,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    else:
        answer.delete_cookie(COOKIE, samesite="Lax")
    return answer
