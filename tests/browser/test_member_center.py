"""A member signs in by phone and looks around: narrow and wide, both languages, no script."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Visit, deliver
from tests.factories.story import PHONE

pytestmark = pytest.mark.browser
PATHS = ("/", "/points", "/orders", "/tier")


def code_in_the_outbox(visit) -> str:
    """Read the newest code where a person on a laptop reads it: in the console."""
    desk: Visit = visit(width=1280, language="en-US")
    page = desk.open("/ops/messaging/localmessage/")
    page.fill("[name=username]", "lin")
    page.fill("[name=password]", "a-long-password")
    page.click("#login-form button")
    page.wait_for_selector("#result_list, table")
    return re.findall(r"\b\d{6}\b", page.inner_text("#changelist"))[0]


def sign_in(visit, **window) -> Visit:
    """Sign in by phone and code, by keyboard and form alone."""
    seat: Visit = visit(**window)
    page = seat.open("/")
    page.click("a[href='/sign-in']")
    page.fill("[name=address]", PHONE)
    page.click("form[action='/sign-in'] button")
    deliver()
    page.fill("[name=code]", code_in_the_outbox(visit))
    page.click("form[action='/sign-in/code'] button")
    if page.locator("[name=agreed]").count():
        page.check("[name=agreed]")
        page.click("form[action='/sign-in/code'] button")
    page.wait_for_selector("#panel-card")
    return seat


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(
    ("width", "language", "words"),
    [(390, "zh-CN", "还差 ¥10,705 升级金会员"), (1280, "en-US", "¥10,705 more to Gold")],
)
def test_member_signs_in_and_sees_everything(visit, width, language, words, scripts):
    seat = sign_in(visit, width=width, language=language, scripts=scripts)
    page = seat.page

    assert words in page.inner_text("#panel-card")
    for path in PATHS:
        seat.open(path)
        assert page.locator("main").is_visible()
        if scripts:
            assert not seat.sticks_out, path
    page.goto(seat.base + "/points")
    page.click("text=SO-1002")
    page.wait_for_selector("table")
    assert "6,688" in page.inner_text("main")
    assert seat.complaints == []


def test_statement_is_filtered_in_place_and_back_works(visit):
    seat = sign_in(visit)
    page = seat.open("/points")
    page.evaluate("window.untouched = true")

    page.click("a[href='/points?kind=spent']")
    page.wait_for_url("**/points?kind=spent")

    page.wait_for_selector("#entries a[aria-current=true][href='/points?kind=spent']")
    assert "SO-1002" not in page.inner_text("#entries")
    assert page.evaluate("window.untouched")
    page.go_back()
    page.wait_for_selector("text=SO-1002")
    assert seat.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way_of_anyone(visit, scheme):
    seat = sign_in(visit, scheme=scheme)
    found: list[str] = []
    for path in PATHS:
        page = seat.open(path)
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                nodes = [node["html"][:120] for node in violation["nodes"][:3]]
                found.append(f"{path}: {violation['id']} {nodes}")

    assert found == []


def test_home_is_light_the_first_time(visit):
    seat = sign_in(visit)
    sizes: list[int] = []
    seat.page.on("response", lambda answer: sizes.append(len(answer.body())))
    seat.page.context.clear_cookies(name="nothing")

    seat.page.goto(seat.base + "/", wait_until="networkidle")

    assert len(sizes) <= 12
    assert sum(sizes) <= 150_000


def test_language_is_chosen_and_kept(visit):
    seat = visit()
    page = seat.open("/")

    page.click("button[value=en]")
    page.wait_for_selector("html[lang=en]")

    assert "Sign in or join" in page.inner_text("main")
    seat.open("/sign-in")
    assert page.locator("html").get_attribute("lang") == "en"
