"""What happened in the mall: ids, numbers and prices, nobody's address or code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from config.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MallOrderEvent(Event):
    """Common facts of all of them."""

    order: str
    order_id: int
    number: str
    item: str
    kind: str
    quantity: int
    points: int
    cash: int
    currency: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MallOrdered(MallOrderEvent):
    name: ClassVar[str] = "mall.ordered.v1"
    public_name: ClassVar[str | None] = "mall.ordered"


@dataclass(frozen=True, slots=True, kw_only=True)
class MallPaid(MallOrderEvent):
    name: ClassVar[str] = "mall.paid.v1"
    public_name: ClassVar[str | None] = "mall.paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class MallShipped(MallOrderEvent):
    name: ClassVar[str] = "mall.shipped.v1"
    public_name: ClassVar[str | None] = "mall.shipped"

    carrier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MallCollected(MallOrderEvent):
    name: ClassVar[str] = "mall.collected.v1"
    public_name: ClassVar[str | None] = "mall.collected"

    store: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MallCancelled(MallOrderEvent):
    """`why`: member, shop, unpaid (the time to pay is over) or unclaimed (never collected)."""

    name: ClassVar[str] = "mall.cancelled.v1"
    public_name: ClassVar[str | None] = "mall.cancelled"

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MallRefunded(MallOrderEvent):
    name: ClassVar[str] = "mall.refunded.v1"
    public_name: ClassVar[str | None] = "mall.refunded"
