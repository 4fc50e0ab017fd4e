"""The shapes of the orders API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from config.kernel import api

Number = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Text = Annotated[str, msgspec.Meta(max_length=200)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class LineIn(api.Body):
    """A line of an order. `discount` is the shop's own, on the whole line."""

    line_no: Count
    sku: Number
    quantity: Count
    unit_price: Amount
    name: Text | None = None
    category: Text | None = None
    brand: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    discount: Amount = 0


class OrderIn(api.Body):
    """An order as the storefront sees it now."""

    external_no: Number
    member: str
    placed_at: api.Instant
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
    lines: Annotated[list[LineIn], msgspec.Meta(min_length=1, max_length=1000)]
    status: Literal["placed", "paid", "completed"] = "placed"
    paid_at: api.Instant | None = None
    completed_at: api.Instant | None = None
    shipping: Amount = 0
    reservation: str | None = None
    coupons: Annotated[list[str], msgspec.Meta(max_length=50)] = []
    quote: str | None = None
    store: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    attributes: dict[str, Any] = {}


class RefundLineIn(api.Body):
    """What of a line is refunded: an amount, else the quantity's share of the net."""

    line_no: Count
    quantity: Count | None = None
    amount: Amount | None = None


class EventIn(api.Body):
    """Something that happened to an order. The last three are for refunds."""

    type: Literal["paid", "shipped", "completed", "cancelled", "refunded"]
    occurred_at: api.Instant
    external_no: Number | None = None
    lines: Annotated[list[RefundLineIn], msgspec.Meta(max_length=1000)] | None = None
    shipping: Amount | None = None


class Totals(api.Answer):
    """payable = goods − discount − coupons − points_paid + shipping, in minor units."""

    goods: int
    discount: int
    points_paid: int
    coupons: int
    shipping: int
    payable: int
    refunded: int


class ExplainOut(api.Answer):
    """How a line's points came about."""

    line_no: int
    rule: str
    base: int
    multiplier: int | float
    points: int


class PointsOut(api.Answer):
    """What the order earned; `reversed` of it has been taken back since."""

    earned: int
    state: Literal["pending", "available"]
    available_at: api.Instant | None
    reversed: int
    explain: list[ExplainOut]


class TierOut(api.Answer):
    """The member's tier before the order (or event) and after it."""

    before: str
    after: str


class LineOut(api.Answer):
    """A line with its shares."""

    line_no: int
    sku: str
    quantity: int
    net: int
    points_earned: int
    coupon_share: int
    points_share: int
    refunded: int


class RefundOut(api.Answer):
    """A refund and what it came to."""

    external_no: str
    occurred_at: api.Instant
    amount: int
    shipping: int


class EffectsOut(api.Answer):
    """What the event moved. What a debt policy left uncovered is a deduction, in money."""

    points_reversed: int
    points_returned: int
    points_debt: int
    growth_reversed: int
    coupons_returned: list[str]
    tier: TierOut
    refund_deduction: int


class OrderOut(api.Answer):
    """An order, with what it earned line by line. The id is null in a dry run."""

    id: str | None
    external_no: str
    member: str
    status: str
    currency: str
    placed_at: api.Instant
    paid_at: api.Instant | None
    completed_at: api.Instant | None
    totals: Totals
    points: PointsOut
    growth: int
    tier: TierOut
    lines: list[LineOut]
    refunds: list[RefundOut]


class SettledOut(OrderOut):
    """An order after an event, and what the event moved."""

    effects: EffectsOut
