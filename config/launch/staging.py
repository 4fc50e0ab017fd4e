"""The running product as somebody sees it: started with its demo, opened in Chromium, signed in.

`make screenshots` and `make looks` stand on this. The ways in are the forms anybody uses.
"""

from __future__ import annotations

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
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from config.launch import places, ports

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
_OUTSIDE = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "BASE_URL", "ALLOWED_HOSTS")
_PATIENCE = 300.0
# The demo's gold member, and its staff.
MEMBER = "13900000004"
_STAFF, _PASSWORD = "admin", "changke-demo"

Scheme = Literal["light", "dark"]


class NotTakenError(RuntimeError):
    """A picture could not be taken; the message says why."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium.

    Raises:
        NotTakenError: there is none.
    """
    binary = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if binary is None:
        raise NotTakenError("Install Chromium to take pictures (apt install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def product() -> Iterator[str]:
    """Run the product on a free port and in a VAR of its own; yield its address.

    Raises:
        NotTakenError: it does not come up.
    """
    home = Path(tempfile.mkdtemp(prefix="changke-pictures-"))
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


def window(
    browser: Browser,
    site: str,
    *,
    width: int,
    height: int,
    scheme: Scheme = "light",
    sharp: int = 1,
    language: str = "zh-CN",
) -> Page:
    """Open a window of its own, with nobody signed in."""
    context: BrowserContext = browser.new_context(
        base_url=site,
        viewport={"width": width, "height": height},
        device_scale_factor=sharp,
        color_scheme=scheme,
        reduced_motion="reduce",
        locale=language,
    )
    return context.new_page()


def sign_in_staff(page: Page, *, name: str = _STAFF, password: str = _PASSWORD) -> None:
    """Sign in to the console."""
    page.goto("/ops/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.click("#login-form button")
    page.wait_for_selector("#content-main")


def sign_in_member(page: Page, desk: Page, *, phone: str = MEMBER) -> None:
    """Sign in by phone; the code stands in the console, as it does for a newcomer."""
    before = _codes(desk)
    page.goto("/sign-in")
    page.fill("[name=address]", phone)
    page.click("form[action='/sign-in'] button")
    page.wait_for_selector("[name=code]")
    page.fill("[name=code]", _new_code(desk, before))
    page.click("form[action='/sign-in/code'] button")
    page.wait_for_load_state()
    if page.locator("[name=agreed]").count():
        page.check("[name=agreed]")
        page.click("form[action='/sign-in/code'] button")
    page.wait_for_selector("#panel-card")


def _codes(desk: Page) -> list[str]:
    desk.goto("/ops/messaging/localmessage/")
    return re.findall(r"\b\d{6}\b", desk.inner_text("#changelist"))


def _new_code(desk: Page, before: list[str]) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = _codes(desk)
        if found and found != before:
            return found[0]
        time.sleep(0.5)
    raise NotTakenError("No sign-in code came to the local outbox.")
