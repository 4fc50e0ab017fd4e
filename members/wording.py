"""What proofs, reasons and ways to sign in are called on pages and in the console."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from config.kernel import merging
from config.kernel.console import code_words
from members import risk
from members.types import MergeLine, Outcome


def merge_line(line: MergeLine) -> str:
    """Return what a line of a merge is about."""
    part = merging.find(line.part)
    words = part.words() if part else {}
    name = words.get(line.what, line.what)
    return f"{name} · {of_words(line.of)}" if line.of else name


def of_words(of: str) -> str:
    """Return which one a line is about: a currency by its name, a moment as a date."""
    names = code_words("currency")
    return " ".join(names.get(part) or _moment(part) for part in of.split(" "))


def _moment(text: str) -> str:
    try:
        return date_format(localtime(datetime.fromisoformat(text)), "SHORT_DATE_FORMAT")
    except ValueError:
        return text


def merge_states() -> dict[str, str]:
    """Return what becomes of merge cases."""
    return {
        "open": pgettext("merge case", "Open"),
        "waiting": _("Waits for a second person"),
        "merged": _("Merged"),
        "undone": _("Undone"),
        "rejected": _("Rejected"),
    }


def merge_finds() -> dict[str, str]:
    """Return how it was found that two may be one."""
    return {
        "identity": _("An id that belongs to the other"),
        "operator": _("By an operator"),
        "api": _("By a storefront"),
        "rule": _("By a rule"),
    }


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
