"""The way into the API past everything that only pages need.

Sessions, languages by cookie, CSRF, messages and the like cost more than an API call
itself; a call carries a token and nothing else. So this middleware, placed right behind
the security middleware, serves `/api/` without the ones below it.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import resolve
from django.utils import translation

from config.kernel.api import problems, routing, serving
from config.kernel.api.errors import NoSuchPathError
from config.kernel.api.operations import Endpoint

PREFIX = "/api/"


class ApiGate:
    """Serve API paths directly, all others through the rest of the middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if (found := routing.find(request.path_info)) is not None:
            return self._serve(*found, request)
        try:
            match = resolve(request.path_info)
        except Http404:
            return self._unknown(request)
        if not isinstance(match.func, Endpoint):
            # The schema and its page are ordinary views.
            return self.get_response(request)
        return self._serve(match.func, match.kwargs, request)

    def _serve(
        self, endpoint: Endpoint, texts: dict[str, str], request: HttpRequest
    ) -> HttpResponse:
        with translation.override(_language(request)):
            return serving.serve(endpoint, request, texts)

    def _unknown(self, request: HttpRequest) -> HttpResponse:
        request_id = serving.request_id_of(request)
        response = problems.respond(NoSuchPathError(), request_id=request_id)
        return serving.finish(response, request_id)


def _language(request: HttpRequest) -> str:
    """Texts for people inside answers follow Accept-Language; without one, English."""
    wanted = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    return "zh-hans" if wanted[:2].lower() == "zh" else "en"
