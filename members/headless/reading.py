"""Bodies that no program of ours sends: refused before anything reads them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse


def readable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 400 to what is no JSON, is nested without end, or holds an endless number.

    The library's own reading lets the latter two through as an error of the server.
    """

    @wraps(view)
    def serve(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if request.body:
                json.loads(request.body)
        except (ValueError, RecursionError):
            error = {"code": "request.malformed", "message": "The body is no JSON"}
            return JsonResponse({"status": 400, "errors": [error]}, status=400)
        return view(request, *args, **kwargs)

    return serve
