"""What the console calls the ledger's codes and tables."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import words
from points import models
from points.types import Counter, CurrencyKind, ExpiryRule, HoldStatus, Kind, Rounding

words.call(models.Entry, gettext_lazy("ledger entry"), gettext_lazy("ledger"))
words.call(models.Account, gettext_lazy("account"), gettext_lazy("accounts"))
words.call(models.Lot, gettext_lazy("lot"), gettext_lazy("lots"))
words.call(models.Hold, gettext_lazy("reservation"), gettext_lazy("reservations"))


def kind_words() -> dict[str, str]:
    """Return what the kinds of entry are called."""
    return {
        Kind.EARN: _("Earned"),
        Kind.ACTIVATE: _("Now available"),
        Kind.SPEND: _("Spent"),
        Kind.HOLD: _("Set aside"),
        Kind.RELEASE: _("Set free again"),
        Kind.RETURN: _("Given back"),
        Kind.REVERSE: _("Taken back"),
        Kind.EXPIRE: _("Expired"),
        Kind.ADJUST: _("Corrected"),
        Kind.EXCHANGE_OUT: _("Exchanged away"),
        Kind.EXCHANGE_IN: _("Exchanged in"),
        Kind.MERGE: _("Brought together"),
    }


def currency_words() -> dict[str, str]:
    """Return what is counted."""
    return {
        "points": _("Points"),
        "growth": _("Growth value"),
        "balance": _("Stored value"),
        "red_packet": _("Red packets"),
        "tickets": _("Lottery tickets"),
    }


def counter_words() -> dict[str, str]:
    """Return what the other side of an entry is called."""
    return {
        Counter.ISSUANCE: _("Issued"),
        Counter.REDEMPTION: _("Redeemed"),
        Counter.EXPIRY: _("Expired"),
        Counter.ADJUSTMENT: _("Corrected"),
        Counter.EXCHANGE: _("Exchanged"),
        Counter.SETTLEMENT: _("Settled"),
        Counter.MERGE: _("Brought together"),
        Counter.OWN: _("Stays with the member"),
    }


def hold_words() -> dict[str, str]:
    """Return what can become of a reservation."""
    return {
        HoldStatus.HELD: _("Set aside"),
        HoldStatus.CAPTURED: _("Spent"),
        HoldStatus.RELEASED: _("Set free again"),
        HoldStatus.LAPSED: _("Lapsed"),
    }


def sort_words() -> dict[str, str]:
    """Return what a currency can be."""
    return {
        CurrencyKind.POINTS: _("Points"),
        CurrencyKind.GROWTH: _("Growth value"),
        CurrencyKind.MONEY: _("Money, in minor units"),
        CurrencyKind.PARTNER: _("A partner's points"),
        CurrencyKind.TICKETS: _("Lottery tickets"),
    }


def expiry_words() -> dict[str, str]:
    """Return when what is given ends."""
    return {
        ExpiryRule.NEVER: _("Never"),
        ExpiryRule.MONTHS: _("At the end of a month"),
        ExpiryRule.DAYS: _("After so many days"),
    }


def rounding_words() -> dict[str, str]:
    """Return how what is received is rounded."""
    return {Rounding.DOWN: _("Down"), Rounding.NEAREST: _("To the nearest, half up")}
