"""The schema of the API, served. The pages that explain it are in config.pages.docs."""

from __future__ import annotations

import hashlib
from functools import cache

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.kernel.api import openapi


@cache
def _schema(urlconf: str) -> tuple[bytes, str]:
    raw = msgspec.json.format(msgspec.json.encode(openapi.document(urlconf)), indent=1)
    return raw, f'"{hashlib.blake2s(raw, digest_size=12).hexdigest()}"'


def schema(request: HttpRequest) -> HttpResponse:
    """Answer the OpenAPI 3.1 document as JSON."""
    urlconf = getattr(request, "urlconf", None) or settings.ROOT_URLCONF
    raw, etag = _schema(urlconf)
    headers = {"ETag": etag, "Cache-Control": "max-age=300", "Access-Control-Allow-Origin": "*"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(raw, content_type="application/json", headers=headers)


urlpatterns = [
    path("schema", schema, name="api_schema"),
]
