"""What the console calls the ledger's codes and tables."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import words
from points import models
from points.types import Counter, HoldStatus, Kind

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
    return {"points": _("Points"), "growth": _("Growth value")}


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
