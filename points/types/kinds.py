"""The words of the ledger: kinds of entry, counter-accounts, states, currencies."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

POINTS = "points"
GROWTH = "growth"
DebtPolicy = Literal["allow_debt", "within_balance", "pending_only"]


class Kind(StrEnum):
    """What an entry is. The names are part of the API."""

    EARN = "earn"
    ACTIVATE = "activate"
    SPEND = "spend"
    HOLD = "hold"
    RELEASE = "release"
    RETURN = "return"
    REVERSE = "reverse"
    EXPIRE = "expire"
    ADJUST = "adjust"
    EXCHANGE_OUT = "exchange_out"
    EXCHANGE_IN = "exchange_in"
    MERGE = "merge"


class Counter(StrEnum):
    """The other side of an entry. A counter-account's balance is a sum, never a row."""

    ISSUANCE = "issuance"
    REDEMPTION = "redemption"
    EXPIRY = "expiry"
    ADJUSTMENT = "adjustment"
    EXCHANGE = "exchange"
    SETTLEMENT = "settlement"
    MERGE = "merge"
    OWN = "own"  # the points stay the member's: pending, available and held among themselves


class HoldStatus(StrEnum):
    HELD = "held"
    CAPTURED = "captured"
    RELEASED = "released"
    LAPSED = "lapsed"
    MOVED = "moved"  # to the account of the member that this one was merged into


class CurrencyKind(StrEnum):
    """What a currency is to a member: it decides how amounts are written."""

    POINTS = "points"
    GROWTH = "growth"
    MONEY = "money"  # minor units of the programme's money: payment, never a discount
    PARTNER = "partner"  # another brand's points
    TICKETS = "tickets"


class ExpiryRule(StrEnum):
    """When a lot of a currency ends. All bounds are local midnights of the programme."""

    NEVER = "never"
    MONTHS = "months"  # at the end of the month, so many months later
    DAYS = "days"  # with the local day, so many days later


class Rounding(StrEnum):
    """How an exchange rounds what is received."""

    DOWN = "down"
    NEAREST = "nearest"  # half up
