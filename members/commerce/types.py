"""Orders as plain values: what storefronts report, and what is on record.

A *report* is what arrived; an `Order` is what all reports so far fold into. Amounts are
integers in the minor unit of the order's currency, times are aware instants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from members.commerce.lines import Line as Line
from members.commerce.lines import LineReport as LineReport
from members.commerce.lines import PackedLines as PackedLines
from members.commerce.lines import PackedOrderLines as PackedOrderLines
from members.commerce.lines import read_content as read_content
from members.commerce.lines import touched_lines as touched_lines


class Stage(StrEnum):
    """What can happen to an order, which is also what it can be."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"

    @property
    def rank(self) -> int:
        """Break ties of time, and tell a further stage from an earlier one."""
        return _RANKS[self]


_RANKS = {stage: rank for rank, stage in enumerate(Stage)}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReport:
    """An order as a storefront tells it, perhaps not for the first time."""

    external_no: str
    member_id: int
    placed_at: datetime
    currency: str
    lines: Sequence[LineReport]
    status: Stage = Stage.PLACED
    paid_at: datetime | None = None
    completed_at: datetime | None = None
    shipping: int = 0
    reservation_id: int | None = None
    coupons: tuple[str, ...] = ()
    quote: str | None = None
    store: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLineReport:
    """What of a line is refunded: an amount, else a quantity's share, else all that is left."""

    line_no: int
    quantity: int | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReport:
    """Something that happened to an order. A refund carries its number and what it covers.

    `lines` None means all lines and shipping that are left.
    """

    order_no: str
    kind: Stage
    occurred_at: datetime
    refund_no: str = ""
    lines: tuple[RefundLineReport, ...] | None = None
    shipping: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One event of an order, as the fold sees it."""

    kind: Stage
    occurred_at: datetime
    refund_no: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAsk:
    """A refund as asked for; what it comes to depends on those before it."""

    external_no: str
    occurred_at: datetime
    lines: tuple[RefundLineReport, ...] | None
    shipping: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLine:
    """What a refund took of one line."""

    line_no: int
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A refund with what it came to."""

    external_no: str
    occurred_at: datetime
    lines: tuple[RefundLine, ...]
    shipping: int

    @property
    def amount(self) -> int:
        """Return the goods' part of the refund."""
        return sum(line.amount for line in self.lines)


@dataclass(slots=True, kw_only=True)
class Order:
    """An order as recorded, with what the settlement has posted for it.

    Not frozen: the settlement folds a list of documents over it before writing it once.
    """

    id: int
    member_id: int
    programme_id: int
    brand_id: int
    storefront_id: int
    external_no: str
    content_hash: bytes
    currency: str
    placed_at: datetime
    shipping: int
    store: str
    attributes: dict[str, Any]
    lines: Sequence[Line]
    status: Stage = Stage.PLACED
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    reservation_id: int | None = None
    # Money, folded.
    goods: int = 0
    discount: int = 0
    coupons: int = 0
    points_paid: int = 0
    refunded: int = 0
    refunded_shipping: int = 0
    # What was posted: `run` counts the earnings (a revived order earns again as #2).
    run: int = 0
    decided: bool = False
    counted_at: datetime | None = None
    available_at: datetime | None = None
    points: int = 0
    points_taken: int = 0
    growth: int = 0
    growth_taken: int = 0
    spend: int = 0
    spend_taken: int = 0
    # Points that pay: `held` while their reservation waits, `spent_run` once they are spent.
    points_used: int = 0
    held: bool = False
    spent_run: int = 0
    spent_returned: int = 0
    tier_before: str = ""
    tier_after: str = ""
    facts: list[Fact] = field(default_factory=list)
    asks: list[RefundAsk] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)

    @property
    def net(self) -> int:
        """Return the net of all lines, without shipping."""
        lines = self.lines
        if isinstance(lines, PackedOrderLines):
            return sum(lines.nets)
        return sum(line.net for line in lines)

    @property
    def earned(self) -> tuple[int, int]:
        """Return the points and the growth that the lines earned."""
        lines = self.lines
        if isinstance(lines, PackedOrderLines):
            return lines.earned
        return sum(line.points_earned for line in lines), sum(line.growth_earned for line in lines)

    @property
    def payable(self) -> int:
        """Return what the customer pays, shipping included."""
        return self.goods - self.discount - self.coupons - self.points_paid + self.shipping


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidOrder:
    """A paid order in figures: the net price of its goods and the points it earned."""

    external_no: str
    brand_id: int
    currency: str
    paid_at: datetime
    net: int
    points: int
