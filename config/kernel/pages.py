"""A domain error raised behind a page becomes a clear page, by the API's own mapper.

HTMX swaps the message into the page it came from; a full request gets a full page.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from config.kernel.api import problems, serving
from config.kernel.errors import DomainError, MalformedError

# Whoever calls these is a program, and reads JSON.
_MACHINES = "/oauth/"


class RefusalPages:
    """Show `errors/problem.html` with the status that the API would answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        """Answer for domain errors and unstorable text; leave everything else to Django."""
        if isinstance(exc, DataError):
            # A NUL character, which PostgreSQL does not store: nobody types one by mistake.
            exc = MalformedError("the request holds what cannot be stored")
        if not isinstance(exc, DomainError):
            return None
        if request.path_info.startswith(_MACHINES):
            return problems.respond(exc, request_id=serving.request_id_of(request))
        problem = problems.describe(exc, request_id=serving.request_id_of(request))
        return render(request, "errors/problem.html", {"problem": problem}, status=problem.status)
