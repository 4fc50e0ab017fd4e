"""Points of one programme against points of another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from points.types.kinds import POINTS, Rounding
from points.types.outcomes import Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """A currency of a programme: one end of an exchange."""

    programme_id: int
    currency: str = POINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate as it holds at an instant."""

    id: int
    version: int
    source: Purse
    target: Purse
    per: int
    gives: int
    rounding: Rounding = Rounding.DOWN
    fee_fixed: int = 0
    fee_permille: int = 0
    minimum: int = 1
    step: int = 1
    member_limit: int | None = None
    pair_limit: int | None = None
    carries_expiry: bool = True
    price: int = 0
    begins_at: datetime
    closed: bool = False

    def quote(self, points: int) -> Quote:
        """Return what giving `points` brings: the fee goes off first, then the rate, once."""
        fee = min(points, self.fee_fixed + -(-points * self.fee_permille // 1000))
        brought = (points - fee) * self.gives
        if self.rounding is Rounding.NEAREST:
            received = (2 * brought + self.per) // (2 * self.per)
        else:
            received = brought // self.per
        return Quote(given=points, fee=fee, received=received)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What an exchange takes and brings."""

    given: int
    fee: int
    received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """What an exchange did: both entries, and the rate that made them."""

    out: Posted
    into: Posted
    rate: Rate
    quote: Quote
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementDay:
    """What one programme owes another for the exchanges of a local day.

    `posted` and `received_posted` are the sums of the ledger's own entries: they must equal
    `given` and `received`.
    """

    day: date
    source: Purse
    target: Purse
    exchanges: int
    undone: int
    given: int
    fee: int
    received: int
    owed: int
    posted: int
    received_posted: int

    @property
    def ties(self) -> bool:
        """Tell whether the ledger says the same."""
        return (self.given, self.received) == (self.posted, self.received_posted)
