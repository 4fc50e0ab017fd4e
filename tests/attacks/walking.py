"""The list of URLs as an attacker reads it: every pattern, its arguments and its methods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from config.kernel.api.operations import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A pattern of the list: how it is written, and what takes part in it."""

    pattern: str
    arguments: tuple[str, ...]
    endpoint: Endpoint | None
    callback: Any

    @property
    def methods(self) -> tuple[str, ...]:
        """Return the methods that the storefront API declares."""
        return tuple(sorted(self.endpoint.operations)) if self.endpoint else ()


def routes() -> list[Route]:
    """Return every pattern that is served, in the order in which Django looks."""
    return list(_walk(get_resolver().url_patterns, ""))


def pages() -> list[Route]:
    """Return what a browser or an app opens: everything but the console and the API."""
    return [r for r in routes() if not r.pattern.startswith(("ops/", "api/"))]


def operations() -> list[Route]:
    """Return the paths of the storefront API."""
    return [r for r in routes() if r.endpoint is not None]


def console() -> list[Route]:
    """Return the console's paths."""
    return [r for r in routes() if r.pattern.startswith("ops/")]


def _walk(patterns: list[Any], before: str) -> Iterator[Route]:
    for one in patterns:
        whole = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, whole)
        elif isinstance(one, URLPattern):
            callback = one.callback
            yield Route(
                pattern=whole,
                arguments=_arguments(one.pattern),
                endpoint=callback if isinstance(callback, Endpoint) else None,
                callback=callback,
            )


def _arguments(pattern: Any) -> tuple[str, ...]:
    """Return the names in a pattern, whether it is written as a path or as an expression."""
    regex = getattr(pattern, "regex", None)
    named = tuple(regex.groupindex) if regex is not None else ()
    return tuple(pattern.converters) or named


# What a visit by itself writes: sessions, and where somebody is signed in.
_VISITS = ("django_session", "usersessions_usersession", "django_migrations")


def fingerprint() -> dict[str, str]:
    """Return a digest of every table that a request could change what is known in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)",
            [list(_VISITS)],
        )
        tables = sorted(name for (name,) in cursor.fetchall())
        parts = [
            f"SELECT '{name}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
            f' FROM "{name}" AS t'
            for name in tables
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())
