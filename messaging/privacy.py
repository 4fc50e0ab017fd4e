"""What messaging's columns hold, why, how long, and what an erasure does to them."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from config.kernel.privacy import Erase, Grade, classify, impersonal

_MODEL = "messaging.LocalMessage"


def declare() -> None:
    """Fill the register."""
    impersonal(_MODEL, "id", "programme_id", "provider", "reference", "forgotten_at")
    classify(
        _MODEL,
        "key",
        "member_id",
        "kind",
        "template",
        "channel",
        "locale",
        "status",
        "why",
        "recorded_at",
        grade=Grade.LINKED,
        purpose=_("to know what was sent, and why something was not"),
        retention=_("two years"),
        erase=Erase.KEEP,
    )
    classify(
        _MODEL,
        "address",
        "subject",
        "body",
        grade=Grade.DIRECT,
        purpose=_("to send the message, and to show what was sent"),
        retention=_("a day for sign-in codes, 180 days for others"),
        erase=Erase.CLEAR,
    )
