"""A newcomer's walk, all in the browser: a rule is changed, an order comes, a member asks why."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_console import staff
from tests.browser.test_member_center import sign_in

pytestmark = pytest.mark.browser


def send(page: Page, step: str) -> tuple[int, str]:
    """Send a step of the guide; return the answer's status and its body."""
    form = page.locator(f"form#{step}")
    form.get_by_role("button", name="Send").click()
    status = form.locator(".answer .status")
    expect(status).to_have_text(re.compile(r"^\d{3} "))
    return int(status.inner_text()[:3]), form.locator(".answer > pre").inner_text()


def change_the_rate(desk: Visit) -> None:
    """Draft a version with twice the points, compare it, publish it."""
    page = desk.open("/ops/earning/earnruleversion/")
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("link", name="New version from this").click()
    page.fill("[name=rate]", "2")
    page.fill("[name=reason]", "double points for the opening")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_text("Compared with version 1: In force")).to_be_visible()
    page.get_by_role("link", name="Publish").click()
    page.fill("[name=reason]", "looked at, agreed")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("is in force.")).to_be_visible()


def test_rule_is_changed_an_order_arrives_and_the_member_sees_why(visit):
    desk = staff(visit, width=1280, language="en-US")
    change_the_rate(desk)
    shop: Visit = visit(width=1280, language="en-US")
    page = shop.open("/api/v1/docs")
    assert send(page, "enrol")[0] == 200

    status, body = send(page, "order")

    told = json.loads(body)
    assert status == 201
    # ¥576 at 2 points for ¥1, times 1.2 for silver.
    assert told["points"]["earned"] == 1382
    window = sign_in(visit, width=390, language="en-US")
    mine = window.open("/points")
    mine.get_by_text(told["external_no"]).first.click()
    expect(mine.locator("main")).to_contain_text("1,382")
    expect(mine.locator("main")).to_contain_text(re.compile("[Vv]ersion 2"))
    assert [*desk.complaints, *shop.complaints, *window.complaints] == []


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_docs_fit_keep_the_policy_and_stand_in_nobodys_way(visit, width, scheme):
    reader: Visit = visit(width=width, scheme=scheme, language="zh-CN")
    for path in ("/api/v1/docs", "/api/v1/errors"):
        page = reader.open(path)
        assert not reader.sticks_out, path
        found = Axe().run(page).response["violations"]
        assert [
            (rule["id"], rule["nodes"][0]["html"][:120])
            for rule in found
            if rule["impact"] in ("serious", "critical")
        ] == []
    assert reader.complaints == []


def test_docs_read_without_scripts(visit):
    reader: Visit = visit(scripts=False, language="en-US")
    page = reader.open("/api/v1/docs")

    assert "curl -i -X POST" in page.locator("form#order").inner_text()
    assert not page.get_by_role("button", name="Send").first.is_visible()


def test_a_step_that_needs_an_id_says_which_comes_first(visit):
    reader: Visit = visit(width=1280, language="en-US")
    page = reader.open("/api/v1/docs")

    page.locator("form#balance").get_by_role("button", name="Send").click()

    expect(page.locator("form#balance .answer")).to_contain_text("Enrol a member")
