"""From where a request comes: network, browser, and the device cookie that tells it apart."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
COOKIE = "device"
_SALT = "members.device"
_TWO_YEARS = 2 * 365 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Where a request comes from. Nothing of it is stored in clear."""

    ip: str = ""
    device: str = ""
    agent: str = ""


def of(request: HttpRequest) -> Visit:
    """Return where a request comes from."""
    return Visit(
        ip=ip_of(request),
        device=_device(request),
        agent=request.headers.get("User-Agent", "")[:300],
    )


def ip_of(request: HttpRequest) -> str:
    """Return the network address of the browser, as our own proxies tell it.

    What stands further left in the header is the browser's own claim.
    """
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    proxies: int = settings.TRUSTED_PROXIES
    if proxies and len(hops) >= proxies and hops[-proxies].strip():
        return str(hops[-proxies].strip())
    return str(request.META.get("REMOTE_ADDR", ""))


def _device(request: HttpRequest) -> str:
    if named := request.headers.get("X-Device-Id", ""):
        # An app names the phone it is on; what it says weighs as much as a cookie would.
        return f"app {named[:64]}" if len(named) >= 16 else ""
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT))
    except signing.BadSignature:
        return ""


def remembers_device(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give a browser that has none its device cookie: a random number, signed."""

    @wraps(view)
    def marked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not _device(request):
            response.set_cookie(
                COOKIE,
                signing.dumps(secrets.token_urlsafe(15), salt=_SALT),
                max_age=_TWO_YEARS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponse], marked)
