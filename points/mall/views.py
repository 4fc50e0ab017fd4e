"""Serve pictures: nothing but WebP files that we drew, under a policy that runs nothing."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from points.mall.pictures import path_of


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send a picture; its name stands for its content, so it never changes."""
    try:
        file = default_storage.open(path_of(name))
    except FileNotFoundError:
        raise Http404 from None
    answer = FileResponse(file, content_type="image/webp")
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
