"""A member signs in by phone and looks around: narrow and wide, both languages, no script."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from members.models import Member, User
from tests.browser.conftest import Visit, deliver, seat
from tests.factories.orders import line
from tests.factories.story import PHONE, report

pytestmark = pytest.mark.browser
PATHS = (
    "/",
    "/benefits",
    "/tier",
    "/points",
    "/messages",
    "/me",
    "/me/profile",
    "/me/kinds",
    "/orders",
    "/me/profile/history",
    "/me/balance",
    "/me/addresses",
    "/me/addresses/new",
    "/me/cards",
    "/me/invoice-titles",
    "/me/invoice-titles/new",
    "/code",
    "/me/privacy",
    "/me/privacy/held",
    "/me/privacy/consents",
    "/privacy/policies",
    "/me/privacy/exports",
    "/me/privacy/erasure",
)


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


def test_long_words_stay_inside_their_page(visit, story):
    """A name nobody breaks, goods an import brought along: nothing sticks out at 390 px."""
    Member.objects.filter(pk=story.member_id).update(nickname="W" * 64)
    name = "Donaudampfschifffahrtsgesellschaft" * 5
    report(story, "LONG-" + "9" * 40, days_ago=1, lines=[line(1, name=name, unit_price=99999900)])
    window = seat(visit(), story.user)

    for path in PATHS:
        window.open(path)
        assert not window.sticks_out, path
    page = window.open("/orders")
    page.locator("main a[href^='/orders/']").first.click()
    page.wait_for_selector("text=Donau")
    assert not window.sticks_out


def test_every_page_works_without_scripts(visit, story):
    window = seat(visit(scripts=False), story.user)
    page = window.open("/points")

    page.click("a[href='/points?kind=spent']")
    assert "SO-1002" not in page.inner_text("#entries")
    page.click("nav.dock a[href='/me']")
    page.click("main a[href='/orders']")
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
    for path in (*PATHS, "/_ui/", "/points/nonsense"):
        page = window.open(path)
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                nodes = [node["html"][:120] for node in violation["nodes"][:3]]
                found.append(f"{path}: {violation['id']} {nodes}")

    assert found == []


@pytest.mark.parametrize("scripts", [True, False])
def test_card_turns_to_the_code_and_back(visit, story, scripts):
    window = seat(visit(scripts=scripts), story.user)
    page = window.open("/")
    back, front = page.locator(".flip-back"), page.locator(".flip-front")
    expect(back).to_be_hidden()

    page.locator(".flip-front .face-chip").click(force=True)

    expect(back).to_be_visible()
    expect(front).to_be_hidden()
    page.get_by_role("checkbox").press("Space")
    expect(front).to_be_visible()
    assert window.complaints == []


def test_card_stays_turned_when_its_panel_is_drawn_again(visit, story):
    window = seat(visit(), story.user)
    page = window.open("/")
    page.locator(".flip-touch").first.click()

    with page.expect_response("**/panels/card"):
        page.evaluate(
            "htmx.ajax('GET', '/panels/card', {target: '#panel-card', swap: 'outerHTML'})"
        )

    expect(page.locator(".flip-back")).to_be_visible()


def test_sheet_opens_and_escape_closes_it(visit, story):
    window = seat(visit(scripts=False), story.user)
    page = window.open("/")
    sheet = page.locator("#expiry")

    page.locator("[popovertarget=expiry]").first.click()
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")

    expect(sheet).to_be_hidden()


def test_losing_the_network_is_told_and_costs_nothing(visit, story):
    window = seat(visit(), story.user)
    page = window.open("/points")

    page.context.set_offline(True)
    expect(page.locator("#failure [data-offline]")).to_be_visible()
    page.context.set_offline(False)

    expect(page.locator("#failure")).to_be_hidden()
    assert "SO-1002" in page.inner_text("#entries")


@pytest.mark.parametrize("scripts", [True, False])
def test_profile_saves_a_name_and_keeps_a_bad_one_for_mending(visit, story, scripts):
    window = seat(visit(scripts=scripts), story.user)
    page = window.open("/me/profile")
    page.fill("#nickname", "很长的称呼" * 20)
    page.click("form[action='/me/profile'] button")
    expect(page.locator("#nickname-error")).to_be_visible()
    expect(page.locator("#nickname")).to_have_value("很长的称呼" * 20)

    page.fill("#nickname", "宁宁")
    page.click("form[action='/me/profile'] button")

    expect(page.get_by_role("status")).to_contain_text("已保存")
    expect(page.locator("#nickname")).to_have_value("宁宁")


@pytest.mark.parametrize("scripts", [True, False])
def test_dark_is_chosen_and_kept(visit, story, scripts):
    window = seat(visit(scripts=scripts, scheme="light"), story.user)
    page = window.open("/me")

    page.click("button[name=theme][value=dark]")

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    window.open("/points")
    expect(page.locator("body")).to_have_css("color-scheme", "dark")
    window.open("/me")
    page.click("button[name=theme][value='']")
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")


def test_language_is_chosen_and_kept(visit):
    window = visit()
    page = window.open("/")

    page.click("button[value=en]")
    page.wait_for_selector("html[lang=en]")

    assert "Sign in or join" in page.inner_text("main")
    window.open("/sign-in")
    assert page.locator("html").get_attribute("lang") == "en"
