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
        assert routing.find(tried) == _by_django(tried), tried


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


def test_all_of_the_api_is_in_the_table():
    endpoints = {endpoint for _, endpoint in openapi.mounted()}
    assert len(endpoints) > 20
    assert {routing.find(_fill(t, "x"))[0] for t, _ in openapi.mounted()} == endpoints
