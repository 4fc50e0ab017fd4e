"""A headless Chromium of the system, beside a live server."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from config.kernel import clock, relay
from members import services as members_services
from messaging.models import LocalMessage
from tests.factories.story import Story, make_story

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium for the tests of a file; without one they are skipped, loudly."""
    if not CHROMIUM:
        pytest.skip("NO CHROMIUM: install one to run the browser tests (apt install chromium)")
    # Playwright's loop runs in this thread, where Django would refuse the database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()
        # Beside a running loop Django keeps connections of its own, which nobody else closes.
        connections.close_all()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


# How long to wait for what comes at once: a busy machine shares its cores among several tests.
PATIENCE = 45_000
expect.set_options(timeout=PATIENCE)

# Both widths and both languages by `make test`; the other way round by `make soak`.
VIEWS = (
    pytest.param((390, "zh-CN"), id="narrow-zh"),
    pytest.param((1280, "en-US"), id="wide-en"),
    pytest.param((390, "en-US"), id="narrow-en", marks=pytest.mark.soak),
    pytest.param((1280, "zh-CN"), id="wide-zh", marks=pytest.mark.soak),
)


_CALM = """
() => !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")
  && document.getAnimations().every(
    (a) => a.playState !== "running" || a.effect.getComputedTiming().endTime > 2000)
"""


class Visit:
    """A page of the live server, and everything its console complained about."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.complaints: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        """Go somewhere; nothing may stick out of the window."""
        self.page.goto(self.base + path)
        return self.page

    def submit(self, action: str, **typed: str) -> Page:
        """Fill in a form by the names of its fields, and send it."""
        form = self.page.locator(f"form[action='{action}']")
        for name, value in typed.items():
            form.locator(f"[name={name}]").fill(value)
        form.locator("button").first.click()
        return self.page

    def look(self) -> None:
        """Stand on a page: nothing sticks out, axe is content, the console is quiet."""
        self.calm()
        stands = f"{self.page.url}: {self.page.title()}"
        assert not self.sticks_out, stands
        found = Axe().run(self.page).response["violations"]
        serious = [
            (rule["id"], rule["nodes"][0]["html"][:160])
            for rule in found
            if rule["impact"] in ("serious", "critical")
        ]
        assert serious == [], stands
        # A refused form is answered with 422, which Chromium notes; it is no fault of ours.
        assert [words for words in self.complaints if "422" not in words] == [], stands

    def calm(self) -> None:
        """Wait until nothing fades or slides and no part is being replaced; clocks go on."""
        self.page.wait_for_function(_CALM)

    @property
    def sticks_out(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


@pytest.fixture
def story(transactional_db: None) -> Story:
    """Return a member with a history, for the live server to see."""
    # How often a number may ask for a code is counted there.
    cache.clear()
    members_services.create_staff(username="lin", password="a-long-password", superuser=True)
    return make_story()


@pytest.fixture
def visit(browser: Browser, live_server: Any, story: Story) -> Iterator[Callable[..., Visit]]:
    """Return how to open a window: width, language, with or without scripts."""
    contexts = []

    def opened(
        *, width: int = 390, language: str = "zh-CN", scripts: bool = True, scheme: Any = "light"
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            locale=language,
            java_script_enabled=scripts,
            color_scheme=scheme,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return Visit(context.new_page(), live_server.url)

    yield opened
    for context in contexts:
        context.close()


def seat(visit: Visit, user: Any) -> Visit:
    """Sit down as somebody, without the way through the forms."""
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": visit.base}
    visit.page.context.add_cookies([cookie])  # type: ignore[list-item]
    return visit


def deliver() -> None:
    """Do what the worker would: send what has been asked for."""
    relay.drain(clock.now())


def latest_code() -> str:
    """Send what waits, and return the newest code, as it arrives at somebody's phone."""
    deliver()
    body = LocalMessage.objects.filter(kind="code").latest("id").body
    return str(re.findall(r"\d{6}", body)[0])


def prove(window: Visit, kind: str = "phone") -> None:
    """Give a fresh proof by a code, on the page that asks for one."""
    form = window.page.locator(f"form:has(input[name=kind][value={kind}])")
    form.locator("button[name=send]").click()
    window.page.locator("[name=code]").first.wait_for()
    form.locator("[name=code]").fill(latest_code())
    form.locator("button").click()
