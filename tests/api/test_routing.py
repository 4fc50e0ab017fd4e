"""The table of paths says what Django's resolver says."""

from __future__ import annotations

import re

from django.http import Http404, HttpResponse
from django.urls import path, resolve

from config.kernel.api import openapi, routing
from config.kernel.api.operations import Endpoint


def _fill(template, text):
    return re.sub(r"{\w+}", text, template)


def _paths():
    for template, _ in openapi.mounted():
        for text in ("x", "mem_1", "earn", "1", "a.b", "顾客", "a b", ""):
            yield _fill(template, text)
            yield _fill(template, text) + "/"


def test_every_path_leads_where_django_leads_it():
    for tried in sorted(set(_paths())):
        found = routing.find(tried)
        # What the table does not know is asked of Django in any case.
        assert found in (None, _by_django(tried)), tried


def _by_django(tried):
    try:
        match = resolve(tried)
    except Http404:
        return None
    return (match.func, match.kwargs) if isinstance(match.func, Endpoint) else None


def test_the_first_declared_wins_whatever_its_form():
    literal, text, plain = (Endpoint(name, {}) for name in ("literal", "text", "plain"))
    table = routing.Table(
        [
            path("a/<str:one>", text),
            path("a/b", literal),
            path("c/d", HttpResponse),
            path("c/<str:one>", plain),
            path("n/<int:one>", plain),
        ]
    )

    assert table.find("/a/b") == (text, {"one": "b"})
    assert table.find("/c/d") is None
    assert table.find("/c/e") == (plain, {"one": "e"})
    assert table.find("/c/") is None
    assert table.find("/n/1") is None
    assert table.find("/nowhere/at/all") is None


def test_all_of_the_api_is_in_the_table_but_paths_with_slashes_inside():
    left = {
        endpoint.path
        for template, endpoint in openapi.mounted()
        if routing.find(_fill(template, "x")) is None
    }

    assert left == {e.path for _, e in openapi.mounted() if "<path:" in e.path}
