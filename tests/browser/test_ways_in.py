"""Joining, as somebody does it: narrow and wide, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import VIEWS, Visit, latest_code

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("view", VIEWS)]
Opens = Callable[..., Visit]
View = tuple[int, str]


def opened(visit: Opens, view: View) -> Visit:
    width, language = view
    return visit(width=width, language=language)


@pytest.mark.parametrize("address", ["13711112222", "xin@example.com"])
def test_a_newcomer_joins_by_code(visit: Opens, view: View, address: str) -> None:
    window = opened(visit, view)
    page = window.open("/sign-in")
    window.submit("/sign-in", address="12")
    expect(page.locator("#address-error")).to_be_visible()
    window.look()
    window.submit("/sign-in", address=address)
    page.wait_for_url("**/sign-in/code*")
    window.look()
    code = latest_code()

    window.submit("/sign-in/code", code=f"{(int(code) + 1) % 10**6:06d}")
    expect(page.locator("#code-error")).to_be_visible()
    window.submit("/sign-in/code", code=code)
    page.check("[name=agreed]")
    window.look()
    page.click("form[action='/sign-in/code'] button")

    page.wait_for_selector("#panel-card")
    window.look()
    assert page.locator("html").get_attribute("lang") == {"zh-CN": "zh-Hans"}.get(view[1], "en")
