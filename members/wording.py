"""What proofs, reasons and ways to sign in are called on pages and in the console."""

from __future__ import annotations

from django.utils.translation import gettext as _

from members import risk
from members.types import Outcome


def reasons() -> dict[str, str]:
    """Return why a sign-in looks risky."""
    return {
        risk.NEW_DEVICE: _("new device"),
        risk.NEW_NETWORK: _("new network"),
        risk.UNUSUAL_HOUR: _("unusual hour"),
        risk.MANY_FAILURES: _("many failed tries before"),
        risk.IMPOSSIBLE_SPEED: _("too far from the last sign-in for the time between"),
    }


def outcomes() -> dict[str, str]:
    """Return what became of a sign-in."""
    return {
        Outcome.PASSED: _("Signed in"),
        Outcome.TOLD: _("Signed in, member told"),
        Outcome.CHALLENGED: _("Asked for a second proof"),
        Outcome.REFUSED: _("Refused"),
    }


def ways() -> dict[str, str]:
    """Return by what somebody signs in."""
    return {
        "phone": _("Phone code"),
        "email": _("E-mail code"),
        "password": _("Password"),
        "passkey": _("Passkey"),
        "wechat": _("WeChat"),
        "qq": _("QQ"),
        "alipay": _("Alipay"),
        "staff": _("Staff password"),
    }


def steps() -> dict[str, tuple[str, str]]:
    """Return what raises the score: its name, and what it is good for."""
    return {
        "phone": (
            _("Confirm your phone number"),
            _("The surest way back in when all else is lost."),
        ),
        "second_proof": (
            _("Add an authenticator app or a passkey"),
            _("Whoever gets hold of your number still cannot get in."),
        ),
        "recovery": (
            _("Keep recovery codes"),
            _("They get you in when the phone with the app is lost."),
        ),
        "email": (_("Add an e-mail address"), _("A second way in, and where we can warn you.")),
        "passkey": (_("Add a passkey"), _("Sign in by finger or face; no code can be stolen.")),
        "real_name": (
            _("Verify your real name"),
            _("Then nobody else can claim to be you at the counter."),
        ),
        "quiet": (
            _("Look at the sign-ins below"),
            _("One of them looked unusual in the last 30 days."),
        ),
    }
