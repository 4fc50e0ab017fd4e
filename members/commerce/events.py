"""What happened to orders, told to the apps above and to subscribed channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from config.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecorded(Event):
    """An order was recorded, or moved on to a further stage."""

    name: ClassVar[str] = "commerce.order_recorded.v1"
    public_name: ClassVar[str | None] = "order.recorded"

    order: str
    member: str
    external_no: str
    storefront_id: int
    status: str
    currency: str
    net: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefunded(Event):
    """A refund of an order was recorded."""

    name: ClassVar[str] = "commerce.order_refunded.v1"
    public_name: ClassVar[str | None] = "order.refunded"

    order: str
    member: str
    external_no: str
    storefront_id: int
    refund_no: str
    currency: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersImported(Event):
    """A chunk of orders was recorded at once: one event for all of them."""

    name: ClassVar[str] = "commerce.orders_imported.v1"

    storefront_id: int
    orders: int
    first_member_id: int
    last_member_id: int
