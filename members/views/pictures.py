"""The picture whose digits are to be read, and the same read aloud."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from members import captcha


@never_cache
@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """Draw the digits."""
    return _media(captcha.draw(name), "image/png")


@never_cache
@require_safe
def sound(request: HttpRequest, name: str) -> HttpResponse:
    """Read the digits aloud, for those who cannot see them."""
    return _media(captcha.speak(name), "audio/wav")


def _media(content: bytes | None, kind: str) -> HttpResponse:
    if content is None:
        raise Http404
    return HttpResponse(content, content_type=kind)
