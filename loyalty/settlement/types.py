"""What the settlement answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from members.commerce.types import EventReport, Order, OrderReport

Document = OrderReport | EventReport


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainLine:
    """How a line's points came about."""

    line_no: int
    rule: str
    base: int
    multiplier: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What an event moved. All figures are counts of this event alone."""

    points_reversed: int = 0
    points_returned: int = 0
    points_debt: int = 0
    growth_reversed: int = 0
    coupons_returned: tuple[str, ...] = ()
    tier_before: str = ""
    tier_after: str = ""
    # What the programme's policy left uncovered, for the shop to take off the refund.
    refund_deduction: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The order after its document, whether the document made it, and what it moved."""

    order: Order
    created: bool
    effects: Effects = field(default_factory=Effects)
    replayed: bool = False
