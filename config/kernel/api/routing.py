"""Find the endpoint of a path in a table, instead of trying one pattern after the other.

Paths of the API are literals and plain texts (`<str:…>`) between slashes. They are told
apart by where their literals stand, so a path is looked up once for each such form. What
the table does not know is left to Django's resolver, whose answers it gives otherwise.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from config.kernel.api.operations import Endpoint

_TEXT = re.compile(r"<str:(\w+)>")


class _Place(NamedTuple):
    """What stands at a form of paths: `endpoint` is None where it is an ordinary view."""

    rank: int
    endpoint: Endpoint | None
    texts: dict[str, int]


class Table:
    """The endpoints of a URL configuration by the form of their paths."""

    def __init__(self, patterns: list[Any]) -> None:
        self._places: dict[tuple[str | None, ...], _Place] = {}
        # By the number of segments: which of them are texts.
        self._forms: dict[int, set[tuple[int, ...]]] = {}
        self._add("/", patterns)

    def find(self, path: str) -> tuple[Endpoint, dict[str, str]] | None:
        """Return the endpoint of a path and the texts in it; the first declared wins."""
        segments = path.split("/")
        best: _Place | None = None
        for form in self._forms.get(len(segments), ()):
            shape: list[str | None] = [*segments]
            for place in form:
                # An empty text is none, so it stays and finds nothing.
                shape[place] = None if segments[place] else ""
            known = self._places.get(tuple(shape))
            if known is not None and (best is None or known.rank < best.rank):
                best = known
        if best is None or best.endpoint is None:
            return None
        return best.endpoint, {name: segments[place] for name, place in best.texts.items()}

    def _add(self, prefix: str, patterns: list[Any]) -> None:
        for pattern in patterns:
            if not isinstance(pattern.pattern, RoutePattern):
                continue
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                self._add(route, pattern.url_patterns)
            elif isinstance(pattern, URLPattern):
                self._add_route(route.split("/"), pattern.callback)

    def _add_route(self, segments: list[str], view: Any) -> None:
        texts = {i: found[1] for i, s in enumerate(segments) if (found := _TEXT.fullmatch(s))}
        if any("<" in s for i, s in enumerate(segments) if i not in texts):
            return
        shape = tuple(None if i in texts else s for i, s in enumerate(segments))
        endpoint = view if isinstance(view, Endpoint) else None
        named = {name: place for place, name in texts.items()}
        self._places.setdefault(shape, _Place(len(self._places), endpoint, named))
        self._forms.setdefault(len(segments), set()).add(tuple(texts))


@cache
def _table(resolver: URLResolver) -> Table:
    return Table(resolver.url_patterns)


def find(path: str) -> tuple[Endpoint, dict[str, str]] | None:
    """Return the endpoint a path leads to and the texts in it, None if Django is to be asked."""
    return _table(get_resolver()).find(path)
