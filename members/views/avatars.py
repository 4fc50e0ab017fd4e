"""Serve avatars: nothing but WebP files that we drew, under a policy that runs nothing."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from members.avatars import path_of


@require_safe
def avatar(request: HttpRequest, name: str) -> HttpResponse:
    """Send a picture. Its name is random and new with each change, so it never changes."""
    try:
        with default_storage.open(path_of(name)) as file:
            answer = HttpResponse(file.read(), content_type="image/webp")
    except FileNotFoundError:
        raise Http404 from None
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
