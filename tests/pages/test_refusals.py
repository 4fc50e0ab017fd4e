"""What a visitor sees when something is refused, gone, or broken."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.utils import translation
from django.views import defaults

from tests.pages.conftest import browse


def test_broken_page_needs_nothing_that_could_be_broken(language):
    with translation.override(language):
        answer = defaults.server_error(RequestFactory().get("/"))

    assert answer.status_code == 500
    words = "我们这边出了点问题" if language == "zh-hans" else "Something went wrong on our side"
    assert words in answer.content.decode()


def test_unknown_address_gets_a_clear_page(db, language):
    answer = browse(None, language).get("/no-such-page")

    assert answer.status_code == 404
    words = "页面不存在" if language == "zh-hans" else "This page does not exist"
    assert words in answer.content.decode()


def test_form_from_elsewhere_is_refused_clearly(db):
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})

    answer = client.post("/language", {"language": "en"})

    assert answer.status_code == 403
    assert "You may not open this page" in answer.content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example"])
def test_language_switch_sends_nobody_elsewhere(db, target):
    answer = browse(None).post("/language", {"language": "en", "next": target})

    assert "evil" not in answer.headers["Location"]
