"""What stands in an address behind the question mark: read with care, written in one place."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from config.kernel import numerals

_DIGITS = 15


def place(text: str | None) -> int | None:
    """Return the row a page starts before; None for anything that is no row."""
    return numerals.read(text, digits=_DIGITS)


def linked(name: str, **said: object) -> str:
    """Return the address of a page with a query; what is empty is left out."""
    query = urlencode({key: value for key, value in said.items() if value})
    return reverse(name) + (f"?{query}" if query else "")
