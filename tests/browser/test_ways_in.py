"""Every way in and every proof, as somebody goes it: narrow and wide, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from members.models import User
from tests.browser.conftest import VIEWS, Visit, latest_code, prove, seat
from tests.factories.story import Story
from tests.members.test_real_name import NAME, id_number

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("view", VIEWS)]
Opens = Callable[..., Visit]
View = tuple[int, str]


def opened(visit: Opens, view: View) -> Visit:
    width, language = view
    return visit(width=width, language=language)


def seated(visit: Opens, view: View, story: Story) -> Visit:
    """Sit down as the story's member, whose phone was proved when they joined."""
    User.objects.filter(pk=story.user.pk).update(phone_verified=True)
    return seat(opened(visit, view), story.user)


def give_code(window: Visit, address: str) -> None:
    window.submit("/sign-in", address=address)
    window.page.wait_for_url("**/sign-in/code*")
    window.submit("/sign-in/code", code=latest_code())


def sign_out(window: Visit) -> None:
    page = window.open("/me")
    page.locator("form[action='/sign-out'] button").first.click()
    page.wait_for_url(window.base + "/")
    cache.clear()


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


def test_a_password_is_set_after_a_proof_and_signs_in(
    visit: Opens, view: View, story: Story
) -> None:
    window = seated(visit, view, story)
    page = window.open("/me/security/password")
    window.look()
    prove(window)
    page.fill("[name=password]", "123")
    page.click("main form:has([name=password]) button")
    expect(page.locator("#password-error")).to_be_visible()
    window.look()
    page.fill("[name=password]", "seven old teapots")
    page.click("main form:has([name=password]) button")
    page.wait_for_url("**/me/security")
    window.look()

    sign_out(window)
    window.open("/sign-in/password")
    page.fill("[name=address]", story.user.phone or "")
    page.fill("[name=password]", "wrong word")
    page.click("form:has([name=password]) button")
    expect(page.locator("#password-error")).to_be_visible()
    window.look()
    page.fill("[name=password]", "seven old teapots")
    page.click("form:has([name=password]) button")

    page.wait_for_selector("#panel-card")


def test_a_real_name_is_verified_and_shown_in_full_after_a_proof(
    visit: Opens, view: View, story: Story
) -> None:
    window = seated(visit, view, story)
    page = window.open("/me/security/real-name")
    page.fill("[name=name]", NAME)
    page.fill("[name=id_number]", "123")
    page.click("form:has([name=id_number]) button")
    expect(page.locator("#id_number-error")).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value(NAME)
    window.look()
    page.fill("[name=id_number]", id_number())
    page.click("form:has([name=id_number]) button")
    expect(page.get_by_text("1****************X")).to_be_visible()
    window.look()

    page.click("a[href='?clear=1']")
    window.look()
    prove(window)

    expect(page.get_by_text(id_number())).to_be_visible()
    window.look()


def test_a_phone_is_changed_by_a_code_to_the_new_one(
    visit: Opens, view: View, story: Story
) -> None:
    window = seated(visit, view, story)
    page = window.open("/me/security/change")
    prove(window)
    page.fill("[name=address]", "12")
    page.click("form:has([name=address]) button")
    expect(page.locator("#address-error")).to_be_visible()
    window.look()
    page.fill("[name=address]", "13755556666")
    page.click("form:has([name=address]) button")
    page.wait_for_selector("[name=code]")
    window.look()
    page.fill("[name=code]", latest_code())
    page.click("form:has([name=code]) button")

    page.wait_for_url("**/me/security")
    expect(page.get_by_text("6666")).to_be_visible()
    window.look()
