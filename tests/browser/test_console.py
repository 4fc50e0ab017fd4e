"""An operator signs in and works: lists, a record, a correction; the policy is not broken."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from loyalty.models import LadderVersion
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
    page.select_option("[name=code]", index=1)
    page.fill("[name=reason]", "sorry for the wait")

    page.click("form button:has-text('Confirm')")

    page.wait_for_selector("text=Corrected by +88.")
    desk.open(f"/ops/points/entry/?member_id={story.member_id}")
    assert "sorry for the wait" in page.inner_text("#changelist")
    assert desk.complaints == []


def serious(page) -> list[tuple[str, str]]:
    """Return what stands in somebody's way on a page."""
    found = Axe().run(page).response["violations"]
    return [
        (rule["id"], rule["nodes"][0]["html"][:120])
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_board_lists_and_editors_stand_in_nobodys_way(visit, story, width, scheme):
    desk = staff(visit, width=width, scheme=scheme, language="zh-CN")
    ladder = LadderVersion.objects.get(programme_id=story.shop.programme.id)
    record = f"/ops/loyalty/ladderversion/{ladder.pk}"
    for path in ("/ops/", "/ops/kernel/delivery/", f"{record}/change/", f"{record}/draft/"):
        page = desk.open(path)
        assert not desk.sticks_out, path
        assert serious(page) == [], path
    assert desk.complaints == []


def test_ladder_is_edited_by_rows_and_wrong_cells_say_so(visit, story):
    desk = staff(visit, width=1280, language="en-US")
    ladder = LadderVersion.objects.get(programme_id=story.shop.programme.id)
    page = desk.open(f"/ops/loyalty/ladderversion/{ladder.pk}/draft/")

    page.get_by_role("button", name="Add a tier").click()
    expect(page.locator("[name=tiers-5-code]")).to_be_visible()
    for cell, value in (
        ("code", "black"),
        ("name_zh", "黑"),
        ("name_en", "Black"),
        ("threshold", "10"),
        ("multiplier", "2.5"),
    ):
        page.fill(f"[name=tiers-5-{cell}]", value)
    page.fill("[name=reason]", "one more")
    page.get_by_role("button", name="Keep as a draft").click()

    expect(page.locator("#id_tiers-5-threshold-error")).to_contain_text("more than 50000")
    expect(page.locator("[name=tiers-5-name_zh]")).to_have_value("黑")
    page.fill("[name=tiers-5-threshold]", "100000")
    expect(page.locator("#preview")).to_contain_text("Black")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_text("Compared with version 1: In force")).to_be_visible()
    assert LadderVersion.objects.get(version=2).tiers.count() == 6
    assert desk.complaints == []
