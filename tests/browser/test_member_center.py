"""A member signs in by phone and looks around: narrow and wide, both languages, no script."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from members.models import User
from tests.browser.conftest import Visit, deliver, seat
from tests.factories.story import PHONE

pytestmark = pytest.mark.browser
PATHS = ("/", "/points", "/orders", "/tier")


def code_in_the_outbox(visit) -> str:
    """Read the newest code where a person on a laptop reads it: in the console."""
    desk = seat(visit(width=1280, language="en-US"), User.objects.get(staff_name="lin"))
    page = desk.open("/ops/messaging/localmessage/")
    return str(re.findall(r"\b\d{6}\b", page.inner_text("#changelist"))[0])


def sign_in(visit, **window) -> Visit:
    """Sign in by phone and code, by keyboard and form alone."""
    seated: Visit = visit(**window)
    page = seated.open("/")
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
    return seated


@pytest.mark.parametrize(
    ("width", "language", "scripts", "words"),
    [
        (390, "zh-CN", True, "还差 ¥10,705 升级金会员"),
        (1280, "en-US", False, "¥10,705 more to Gold"),
    ],
)
def test_member_signs_in_by_code_with_and_without_scripts(visit, width, language, scripts, words):
    window = sign_in(visit, width=width, language=language, scripts=scripts)

    assert words in window.page.inner_text("#panel-card")
    assert window.complaints == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_every_page_fits_and_keeps_the_policy(visit, story, width, language):
    window = seat(visit(width=width, language=language), story.user)
    for path in PATHS:
        page = window.open(path)
        assert page.locator("main").is_visible()
        assert not window.sticks_out, path
    window.open("/points")

    page.click("text=SO-1002")

    page.wait_for_selector("table")
    assert "6,688" in page.inner_text("main")
    assert not window.sticks_out
    assert window.complaints == []


def test_every_page_works_without_scripts(visit, story):
    window = seat(visit(scripts=False), story.user)
    page = window.open("/points")

    page.click("a[href='/points?kind=spent']")
    assert "SO-1002" not in page.inner_text("#entries")
    page.click("nav.dock a[href='/orders']")
    page.click("text=SO-1001")

    assert "1,719" in page.inner_text("main")


def test_statement_is_filtered_in_place_and_back_works(visit, story):
    window = seat(visit(), story.user)
    page = window.open("/points")
    page.evaluate("window.untouched = true")

    page.click("a[href='/points?kind=spent']")
    page.wait_for_url("**/points?kind=spent")

    page.wait_for_selector("#entries a[aria-current=true][href='/points?kind=spent']")
    assert "SO-1002" not in page.inner_text("#entries")
    assert page.evaluate("window.untouched")
    page.go_back()
    page.wait_for_selector("text=SO-1002")
    assert window.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way_of_anyone(visit, story, scheme):
    window = seat(visit(scheme=scheme), story.user)
    found: list[str] = []
    for path in PATHS:
        page = window.open(path)
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                nodes = [node["html"][:120] for node in violation["nodes"][:3]]
                found.append(f"{path}: {violation['id']} {nodes}")

    assert found == []


def test_home_is_light_the_first_time(visit, story):
    window = seat(visit(), story.user)
    sizes: list[int] = []
    window.page.on("response", lambda answer: sizes.append(len(answer.body())))

    window.page.goto(window.base + "/", wait_until="networkidle")

    assert 0 < len(sizes) <= 12
    assert sum(sizes) <= 150_000


def test_language_is_chosen_and_kept(visit):
    window = visit()
    page = window.open("/")

    page.click("button[value=en]")
    page.wait_for_selector("html[lang=en]")

    assert "Sign in or join" in page.inner_text("main")
    window.open("/sign-in")
    assert page.locator("html").get_attribute("lang") == "en"
