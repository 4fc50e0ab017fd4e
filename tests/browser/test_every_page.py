"""Every page, opened as somebody sees it: axe finds nothing, nothing sticks out, no complaint.

A few pages in the suite; all of them, in half of the eight views, by `make soak`, through the
demo shop. `make looks` keeps pictures of the same walk.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from config.kernel import clock
from config.launch.looks import walking
from config.launch.looks.crawling import Stop
from config.pages.demo import loading, people
from members import selectors as members_selectors
from members.models import User
from members.programmes import selectors as programmes_selectors
from members.types import ContactKind
from tests.factories.story import make_user

pytestmark = pytest.mark.browser
# Findings that nobody may leave; what else the walk tells is for somebody to look at.
HARD = ("sticks out", "complaint", "not opened")
FEW = (
    Stop("staff", "/ops/"),
    Stop("staff", "/ops/members/member/"),
    Stop("staff", "/ops/kernel/auditrecord/"),
    Stop("staff", "/ops/points/entry/?q=zzzznothing"),
    Stop("staff", "/ops/settlement/importrun/new/"),
)


def cookies_of(user: User, site: str) -> list[dict[str, str]]:
    """Return what a browser holds of somebody who is signed in."""
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}]


def hard(told: walking.Walk) -> list[str]:
    return [
        line
        for line in told.lines
        if line.startswith(HARD)
        or (line.startswith("axe") and ("(serious)" in line or "(critical)" in line))
    ]


def test_a_few_pages_of_the_console_are_clean(browser: Any, live_server: Any, story: Any) -> None:
    cookies = {"staff": cookies_of(User.objects.get(staff_name="lin"), live_server.url)}

    told = walking.walk(browser, live_server.url, FEW, cookies, views=walking.HALF[:2])

    assert hard(told) == []
    assert told.opened == len(FEW)


@pytest.mark.soak
def test_every_page_is_clean(browser: Any, live_server: Any, transactional_db: None) -> None:
    list(loading.load(now=clock.now()))
    cookies = {
        "staff": cookies_of(User.objects.get(staff_name=loading.STAFF_NAME), live_server.url),
        "member": cookies_of(_member(), live_server.url),
        "nobody": [],
    }
    contexts = {}
    for who, held in cookies.items():
        contexts[who] = browser.new_context(base_url=live_server.url)
        contexts[who].add_cookies(held)

    stops = walking.find_stops(contexts)
    told = walking.walk(browser, live_server.url, stops, cookies, views=walking.HALF)

    assert hard(told) == []
    assert told.opened > 150


def _member() -> User:
    """Return the demo's gold member, with an account to sign in by."""
    gold = next(person for person in people.PEOPLE if person.tier == "gold")
    storefront = programmes_selectors.find_storefront("demo")
    assert storefront is not None
    programme = storefront.programme_id
    member = members_selectors.find_by_contact(
        programme_id=programme, kind=ContactKind.PHONE, address=gold.phone
    )
    assert member is not None
    return make_user(member)
