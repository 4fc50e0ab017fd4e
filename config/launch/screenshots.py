"""`make screenshots`: the pictures in the README, taken from the running product.

Starts the product with its demo on a free port and in a VAR of its own, signs in by the
forms as anybody would, and writes docs/screenshots/. Needs Chromium and the dev tools.
"""

from __future__ import annotations

import base64
import sys
from typing import Any

from playwright.sync_api import Browser, Page

from config.launch import places, staging
from config.launch.packages import say
from config.launch.staging import NotTakenError

TARGET = places.ROOT / "docs" / "screenshots"
_QUALITY = 78
_MOST = 600_000


def take() -> None:
    """Take every picture anew.

    Raises:
        NotTakenError: there is no Chromium, the product does not come up, or the pictures
            are larger than a README should carry.
    """
    TARGET.mkdir(parents=True, exist_ok=True)
    with staging.product() as site, staging.chromium() as browser:
        _take_all(browser, site)
    size = sum(picture.stat().st_size for picture in TARGET.glob("*.webp"))
    say(f"docs/screenshots: {size:,} bytes")
    if size > _MOST:
        raise NotTakenError(f"The pictures have {size:,} bytes, more than {_MOST:,}.")


def _take_all(browser: Browser, site: str) -> None:
    desk = staging.window(browser, site, width=1280, height=800, scheme="light")
    staging.sign_in_staff(desk)
    _console(desk)
    _rules(desk)
    phone = staging.window(browser, site, width=390, height=844, scheme="light", sharp=2)
    staging.sign_in_member(phone, desk)
    _member_center(phone)
    dark = staging.window(
        browser, site, width=390, height=844, scheme="dark", sharp=2, language="en-US"
    )
    dark.context.add_cookies(phone.context.cookies())  # type: ignore[arg-type]
    dark.goto("/")
    _keep(dark, "member-home-dark")
    _docs(staging.window(browser, site, width=1280, height=800, scheme="light", language="en-US"))


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
    page.goto(f"/ops/members/member/?q={staging.MEMBER}")
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
