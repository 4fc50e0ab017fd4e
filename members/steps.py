"""A page that needs a fresh second proof leads to where it is given, and back."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from members.errors import StepUpNeededError

# Whoever calls these is a program, and reads JSON.
_MACHINES = ("/_allauth/",)


class StepUpPages:
    """Answer `StepUpNeededError`, from whichever app: pages by a redirect, programs by JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        """Lead to the proof. What was posted is not kept: it is done again after it."""
        if not isinstance(exc, StepUpNeededError):
            return None
        if request.path_info.startswith(_MACHINES):
            return JsonResponse({"status": 401, "code": exc.code}, status=401)
        target = f"{reverse('members:prove')}?{urlencode({'next': _back(request)})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=200, headers={"HX-Redirect": target})
        return redirect(target)


def _back(request: HttpRequest) -> str:
    """Return the page to come back to: for a form, the one it stood on."""
    if request.method == "GET":
        return request.get_full_path()
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc == request.get_host() and came.path:
        return came.path + (f"?{came.query}" if came.query else "")
    return request.path
