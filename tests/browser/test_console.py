"""An operator signs in and works: lists, a record, a correction; the policy is not broken."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser
LISTS = (
    "/ops/",
    "/ops/members/member/",
    "/ops/points/entry/",
    "/ops/messaging/localmessage/",
    "/ops/programmes/clientbinding/new/",
)


def staff(visit, **window) -> Visit:
    """Sign in to the console."""
    desk: Visit = visit(**window)
    page = desk.open("/ops/")
    page.fill("[name=username]", "lin")
    page.fill("[name=password]", "a-long-password")
    page.click("#login-form button")
    page.wait_for_selector("#content-main")
    return desk


def test_wrong_password_is_refused_kindly(visit):
    desk: Visit = visit(width=1280)
    page = desk.open("/ops/")
    page.fill("[name=username]", "lin")
    page.fill("[name=password]", "wrong")

    page.click("#login-form button")

    page.wait_for_selector("text=请输入")
    assert desk.complaints == []


@pytest.mark.parametrize(("width", "language"), [(1280, "zh-CN"), (390, "en-US")])
def test_screens_open_without_a_complaint(visit, width, language):
    desk = staff(visit, width=width, language=language)

    for path in LISTS:
        desk.open(path)
        assert desk.page.locator("#content-main").count() == 1, path

    assert desk.complaints == []


def test_operator_corrects_an_account_and_sees_it_in_the_ledger(visit, story):
    desk = staff(visit, width=1280, language="en-US")
    page = desk.open(f"/ops/points/account/?member_id={story.member_id}&currency=points")
    page.click("#result_list tbody a >> nth=0")
    page.click("text=Correct by hand")
    page.fill("[name=points]", "88")
    page.fill("[name=reason]", "sorry for the wait")

    page.click("form button:has-text('Confirm')")

    page.wait_for_selector("text=Corrected by +88.")
    desk.open(f"/ops/points/entry/?member_id={story.member_id}")
    assert "sorry for the wait" in page.inner_text("#changelist")
    assert desk.complaints == []
