"""The papers of the API: its schema, a page to browse it, and the error reference."""

from __future__ import annotations

import hashlib
from functools import cache

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from config.kernel.api import openapi, reference
from config.kernel.api.problems import status_of


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


def docs(request: HttpRequest) -> HttpResponse:
    """Show the schema to browse and to try."""
    return render(request, "api/docs.html")


def error_reference(request: HttpRequest) -> HttpResponse:
    """Show every error code with its status and meaning."""
    rows = [
        {
            "code": error.code,
            "status": status_of(error),
            "title": str(error.title),
            "meaning": reference.explain(error),
        }
        for error in reference.errors()
    ]
    return render(request, "api/errors.html", {"rows": rows})


urlpatterns = [
    path("schema", schema, name="api_schema"),
    path("docs", docs, name="api_docs"),
    path("errors", error_reference, name="api_errors"),
]
