"""A member adds a passkey, signs in with it, and proves by it: Chromium's own authenticator."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from members.models import SignInAttempt
from messaging.models import LocalMessage
from tests.browser.conftest import Visit, deliver, seat
from tests.factories.story import Story

pytestmark = pytest.mark.browser


def code() -> str:
    deliver()
    return str(re.findall(r"\d{6}", LocalMessage.objects.filter(kind="code").latest("id").body)[0])


def with_authenticator(visit: Visit) -> None:
    """Give the browser a passkey holder that always shows the right finger."""
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_signs_in_and_proves(visit: Callable[..., Visit], story: Story) -> None:
    story.user.phone_verified = True
    story.user.save(update_fields=["phone_verified"])
    opened = seat(visit(language="en-US"), story.user)
    with_authenticator(opened)
    page = opened.open("/me/security/proof?next=/me/security")
    page.get_by_role("button", name="Send a code").click()
    page.locator("input[name=code]").fill(code())
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Ways in")).to_be_visible()

    page.get_by_role("button", name="Add Passkey").click()

    expect(page.get_by_role("status")).to_contain_text("passkey is added")
    assert Authenticator.objects.filter(user=story.user, type="webauthn").count() == 1
    results: Any = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()

    page.context.clear_cookies()
    page = opened.open("/sign-in?next=/me/security")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Ways in")).to_be_visible()
    assert SignInAttempt.objects.latest("id").by == "passkey"

    page = opened.open("/me/security/recovery-codes")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert [text for text in opened.complaints if "Autofill" not in text] == []
