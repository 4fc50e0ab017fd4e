"""Where a newcomer came from, kept from the first page they open until they join.

A link, a store's QR code or an invitation says so in its address. The first one counts, for
30 days, in a signed cookie of the browser; nothing is kept of who follows no such link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

COOKIE = "origin"
_SALT = "members.origin"
_DAYS_30 = 30 * 86400
_NAMES = {
    "utm_source": "source",
    "utm_medium": "medium",
    "utm_campaign": "campaign",
    "utm_term": "term",
    "utm_content": "content",
    "invite": "invite_code",
    "store": "store",
    "storefront": "storefront",
    "channel": "channel",
}


class OriginMiddleware:
    """Remember the origin that the first page's address tells."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        told = told_by(request) if request.method == "GET" and request.GET else {}
        response = self.get_response(request)
        if told and COOKIE not in request.COOKIES and response.status_code < 400:
            response.set_cookie(
                COOKIE,
                signing.dumps({**told, "landing": request.path[:200]}, salt=_SALT),
                max_age=_DAYS_30,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def told_by(request: HttpRequest) -> dict[str, str]:
    """Return what the address of this page says."""
    found = {name: _clean(request.GET.get(param, "")) for param, name in _NAMES.items()}
    return {name: value for name, value in found.items() if value}


def of(request: HttpRequest, *, storefront: str, channel: str) -> Mapping[str, str]:
    """Return where this browser first came from; by default this storefront's own channel."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_DAYS_30)
    except signing.BadSignature:
        kept = {}
    return {"storefront": storefront, "channel": channel, **kept}


def _clean(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:100]
