"""`make screenshots`: the pictures in the README, taken from the running product.

Starts the product with its demo on a free port and in a VAR of its own, signs in by the
forms as anybody would, and writes docs/screenshots/. Needs Chromium and the dev tools.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from config.launch import places, ports
from config.launch.packages import say

TARGET = places.ROOT / "docs" / "screenshots"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
_OUTSIDE = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "BASE_URL", "ALLOWED_HOSTS")
_PATIENCE = 300.0
_QUALITY = 78
_MOST = 600_000
# The demo's gold member, and its staff.
_PHONE = "13900000004"
_STAFF, _PASSWORD = "admin", "changke-demo"


class NotTakenError(RuntimeError):
    """A picture could not be taken; the message says why."""


def take() -> None:
    """Take every picture anew.

    Raises:
        NotTakenError: there is no Chromium, the product does not come up, or the pictures
            are larger than a README should carry.
    """
    binary = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if binary is None:
        raise NotTakenError("Install Chromium to take pictures (apt install chromium).")
    TARGET.mkdir(parents=True, exist_ok=True)
    with _product() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=_ARGUMENTS)
        _take_all(browser, site)
        browser.close()
    size = sum(picture.stat().st_size for picture in TARGET.glob("*.webp"))
    say(f"docs/screenshots: {size:,} bytes")
    if size > _MOST:
        raise NotTakenError(f"The pictures have {size:,} bytes, more than {_MOST:,}.")


@contextmanager
def _product() -> Iterator[str]:
    """Run the product until the pictures are taken; yield its address."""
    home = Path(tempfile.mkdtemp(prefix="changke-screenshots-"))
    home.chmod(0o755)
    port = ports.free()
    environment = {name: value for name, value in os.environ.items() if name not in _OUTSIDE}
    environment |= {"VAR": str(home / "var"), "PORT": str(port)}
    command = [sys.executable, "-m", "config.launch", "run"]
    running = subprocess.Popen(command, cwd=places.ROOT, env=environment, start_new_session=True)
    try:
        site = f"http://127.0.0.1:{port}"
        _wait_for(running, f"{site}/healthz")
        yield site
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(timeout=120)
        shutil.rmtree(home, ignore_errors=True)


def _wait_for(running: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if running.poll() is not None:
            raise NotTakenError("The product did not come up; it says why above.")
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  (our own address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise NotTakenError(f"{address} does not answer.")


def _take_all(browser: Browser, site: str) -> None:
    desk = _window(browser, site, width=1280, height=800, scheme="light")
    _sign_in_staff(desk)
    _console(desk)
    _rules(desk)
    phone = _window(browser, site, width=390, height=844, scheme="light", sharp=2)
    _sign_in_member(phone, desk)
    _member_center(phone)
    dark = _window(browser, site, width=390, height=844, scheme="dark", sharp=2, language="en-US")
    dark.context.add_cookies(phone.context.cookies())  # type: ignore[arg-type]
    dark.goto("/")
    _keep(dark, "member-home-dark")
    _docs(_window(browser, site, width=1280, height=800, scheme="light", language="en-US"))


def _window(
    browser: Browser,
    site: str,
    *,
    width: int,
    height: int,
    scheme: Literal["light", "dark"],
    sharp: int = 1,
    language: str = "zh-CN",
) -> Page:
    context: BrowserContext = browser.new_context(
        base_url=site,
        viewport={"width": width, "height": height},
        device_scale_factor=sharp,
        color_scheme=scheme,
        reduced_motion="reduce",
        locale=language,
    )
    return context.new_page()


def _sign_in_staff(page: Page) -> None:
    page.goto("/ops/")
    page.fill("[name=username]", _STAFF)
    page.fill("[name=password]", _PASSWORD)
    page.click("#login-form button")
    page.wait_for_selector("#content-main")


def _sign_in_member(page: Page, desk: Page) -> None:
    """Sign in by phone; the code stands in the console, as it does for a newcomer."""
    page.goto("/sign-in")
    page.fill("[name=address]", _PHONE)
    page.click("form[action='/sign-in'] button")
    page.wait_for_selector("[name=code]")
    page.fill("[name=code]", _code(desk))
    page.click("form[action='/sign-in/code'] button")
    page.wait_for_load_state()
    if page.locator("[name=agreed]").count():
        page.check("[name=agreed]")
        page.click("form[action='/sign-in/code'] button")
    page.wait_for_selector("#panel-card")


def _code(desk: Page) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        desk.goto("/ops/messaging/localmessage/")
        if found := re.findall(r"\b\d{6}\b", desk.inner_text("#changelist")):
            return str(found[0])
        time.sleep(0.5)
    raise NotTakenError("No sign-in code came to the local outbox.")


def _member_center(page: Page) -> None:
    page.goto("/")
    _keep(page, "member-home")
    page.goto("/points")
    page.locator("main a[href^='/points/']").first.click()
    page.wait_for_selector("table")
    _keep(page, "member-why")


def _console(page: Page) -> None:
    page.goto("/ops/")
    _keep(page, "console-board")
    page.goto(f"/ops/members/member/?q={_PHONE}")
    page.locator("#result_list tbody a").first.click()
    page.wait_for_load_state("networkidle")
    _keep(page, "console-member")


def _rules(page: Page) -> None:
    """Write a rate, and see what orders would earn by it."""
    page.goto("/ops/earning/earnruleversion/")
    page.locator("#result_list tbody tr", has_text="常客").locator("a").first.click()
    page.locator("a[href$='/draft/']").first.click()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.fill("[name=rate]", "2")
    page.wait_for_load_state("networkidle")
    page.locator("#preview").scroll_into_view_if_needed()
    _keep(page, "console-rules")


def _docs(page: Page) -> None:
    page.goto("/api/v1/docs")
    page.click("form#enrol .send")
    page.wait_for_selector("form#enrol .answer .status")
    page.evaluate("document.getElementById('first-order').scrollIntoView()")
    _keep(page, "api-docs")


def _keep(page: Page, name: str) -> None:
    """Write what the window shows as WebP, which Chromium makes but Playwright does not."""
    page.wait_for_load_state("networkidle")
    session: Any = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": _QUALITY})
    picture = TARGET / f"{name}.webp"
    picture.write_bytes(base64.b64decode(shot["data"]))
    say(f"{picture.relative_to(places.ROOT)}: {picture.stat().st_size:,} bytes")


if __name__ == "__main__":
    try:
        take()
    except NotTakenError as problem:
        sys.exit(str(problem))
