"""What happened in the ledger. One event per entry that a caller announces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from config.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsMoved(Event):
    """Common facts of all of them; the SQL functions write exactly these fields."""

    entry_id: int
    currency: str
    points: int
    balance: int
    source: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsEarned(PointsMoved):
    name: ClassVar[str] = "points.earned.v1"
    public_name: ClassVar[str | None] = "points.earned"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsActivated(PointsMoved):
    name: ClassVar[str] = "points.activated.v1"
    public_name: ClassVar[str | None] = "points.activated"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsSpent(PointsMoved):
    name: ClassVar[str] = "points.spent.v1"
    public_name: ClassVar[str | None] = "points.spent"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsReturned(PointsMoved):
    name: ClassVar[str] = "points.returned.v1"
    public_name: ClassVar[str | None] = "points.returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsReversed(PointsMoved):
    name: ClassVar[str] = "points.reversed.v1"
    public_name: ClassVar[str | None] = "points.reversed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsExpired(PointsMoved):
    name: ClassVar[str] = "points.expired.v1"
    public_name: ClassVar[str | None] = "points.expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsAdjusted(PointsMoved):
    name: ClassVar[str] = "points.adjusted.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsHeld(PointsMoved):
    name: ClassVar[str] = "points.held.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsReleased(PointsMoved):
    name: ClassVar[str] = "points.released.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsExchanged(PointsMoved):
    """One side of an exchange between programmes; the other side is told as well."""

    name: ClassVar[str] = "points.exchanged.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsTransferred(Event):
    """Everything of `from_member_id` is now `member_id`'s; or back again, when `undone`."""

    name: ClassVar[str] = "points.transferred.v1"

    from_member_id: int
    source: str
    undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsExpiring(Event):
    """Points of a member will end soon: 30 days before, and each week after that."""

    name: ClassVar[str] = "points.expiring.v1"
    public_name: ClassVar[str | None] = "points.expiring"

    currency: str
    points: int
    at: datetime
    day: str  # the local day of this reminder: a member hears of all that ends once a day


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSwept(Event):
    """A batch job ran over a range of members: one event per chunk, not one per member."""

    name: ClassVar[str] = "points.due_swept.v1"

    job: str
    from_member: int
    to_member: int
    accounts: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerDiffers(Event):
    """The nightly reconciliation found differences: an alarm."""

    name: ClassVar[str] = "points.ledger_differs.v1"

    differences: int
    examples: list[str]
    proof_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerUnproven(Event):
    """No proof of the ledger has come to its end for 26 hours: an alarm."""

    name: ClassVar[str] = "points.ledger_unproven.v1"

    proof_id: int
    last_proved_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsInflated(Event):
    """Issued ÷ redeemed of the last three whole months has left its band: an alarm."""

    name: ClassVar[str] = "points.inflated.v1"

    month: str
    issued: int
    redeemed: int
