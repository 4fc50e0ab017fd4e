"""The docs page, the error reference, and the sandbox token that a demo gives to any visitor."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from config.kernel import clock
from config.kernel.api import openapi
from config.pages.docs import reference, samples
from members.programmes import selectors, services

SANDBOX_STOREFRONT = "demo"
LIFETIME = timedelta(minutes=15)
# Where times of samples stand when there is no sandbox to say it.
_ZONE = ZoneInfo(settings.DEFAULT_ZONE)
_CHANGE = re.compile(r"^- \*\*(?P<version>[^*]+)\*\*, (?P<text>.+?)(?=^- |\Z)", re.M | re.S)


@require_safe
@never_cache
def docs(request: HttpRequest) -> HttpResponse:
    """Show the guide, every operation with a client to try it, and what has changed."""
    now = clock.now().astimezone(_ZONE)
    base = request.build_absolute_uri("/").rstrip("/")
    scopes = openapi.document(None)["components"]["securitySchemes"]["oauth2"]["flows"]
    return render(
        request,
        "api/docs.html",
        {
            "base": base,
            "sandbox": settings.DEMO,
            "steps": _with_curl(samples.guide(now=now), base),
            "groups": _operations(now, base),
            "scopes": scopes["clientCredentials"]["scopes"],
            "changes": [m.groupdict() for m in _CHANGE.finditer(openapi.changelog())],
            "error": _example_error(base),
        },
    )


def _with_curl(steps: dict[str, samples.Sample], base: str) -> dict[str, Any]:
    # A template cannot look up a name with a hyphen.
    return {
        name.replace("-", "_"): {"sample": step, "curl": step.curl(base)}
        for name, step in steps.items()
    }


def _operations(now: datetime, base: str) -> dict[str, list[dict[str, Any]]]:
    return {
        tag: [{"shown": shown, "curl": shown.sample.curl(base)} for shown in group]
        for tag, group in reference.groups(now=now).items()
    }


def _example_error(base: str) -> dict[str, str]:
    code = "request.unknown_field"
    return {"code": code, "type": f"{base}/api/v1/errors#{code}"}


@require_safe
def errors(request: HttpRequest) -> HttpResponse:
    """Show every error code by status, where problem documents' `type` leads."""
    return render(request, "api/errors.html", {"statuses": reference.errors_by_status()})


@require_POST
@csrf_protect
@never_cache
def sandbox_token(request: HttpRequest) -> HttpResponse:
    """Give a visitor of a demo a short-lived token of its storefront; elsewhere there is none."""
    storefront = selectors.find_storefront(SANDBOX_STOREFRONT) if settings.DEMO else None
    if storefront is None:
        raise Http404
    value = services.issue_sandbox_token(
        storefront_id=storefront.id, lifetime=LIFETIME, now=clock.now()
    )
    return JsonResponse(
        {
            "access_token": value,
            "token_type": "Bearer",
            "expires_in": int(LIFETIME.total_seconds()),
            "storefront": storefront.code,
        }
    )
