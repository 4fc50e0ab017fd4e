"""Write folded orders: whole lists, a statement a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from members.commerce.copying import copy_lines
from members.commerce.rows import EVENTS, LINES, ORDERS, REFUND_LINES, REFUNDS
from members.commerce.types import Fact, Line, Order, RefundAsk

# What an order keeps from its first report; the rest may change with every event.
_FIXED = frozenset(
    {
        "programme_id",
        "brand_id",
        "storefront_id",
        "external_no",
        "content_hash",
        "currency",
        "placed_at",
        "store",
        "attributes",
        "recorded_at",
        "goods",
        "discount",
        "coupons",
        "points_paid",
        "points_used",
        "shipping",
        "reservation_id",
    }
)
_CHANGING = tuple(column for column in ORDERS.columns if column not in _FIXED)
_LINE_KEY = ("member_id", "order_id", "line_no")


# From here on COPY is cheaper than one JSON value; it cannot travel with other statements.
_MANY_LINES = 300


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event to be kept, with what it caused."""

    order: Order
    fact: Fact
    effects: dict[str, Any] | None = None


def write_orders(
    *,
    made: Sequence[Order],
    changed: Sequence[Order],
    reshared: Sequence[Order],
    events: Sequence[EventRow],
    asks: Sequence[tuple[Order, RefundAsk]],
    now: datetime,
) -> None:
    """Write new orders whole, and of known ones what their events changed.

    `reshared` are those of the changed whose lines earned or were refunded.
    """
    ORDERS.insert([_order_row(order, tuple(ORDERS.columns), now) for order in made])
    if are_many(made=made):
        copy_lines(made)
    else:
        LINES.insert([_line_row(order, line) for order in made for line in order.lines])
    ORDERS.update([_order_row(order, _CHANGING, now) for order in changed], key=("member_id", "id"))
    LINES.update(
        [_line_change(order, line) for order in reshared for line in order.lines], key=_LINE_KEY
    )
    fresh = {order.id for order in made}
    EVENTS.insert([_event_row(event, now) for event in events if event.order.id in fresh])
    EVENTS.insert(
        [_event_row(event, now) for event in events if event.order.id not in fresh],
        extra="ON CONFLICT DO NOTHING",
    )
    if asks:
        _write_refunds(asks, now)


def are_many(*, made: Sequence[Order]) -> bool:
    """Tell whether the lines of these orders will be copied (not inside `together`)."""
    return sum(len(order.lines) for order in made) > _MANY_LINES


def _order_row(order: Order, columns: tuple[str, ...], now: datetime) -> dict[str, Any]:
    row = {name: getattr(order, name, now) for name in columns}
    if "content_hash" in row:
        row["content_hash"] = "\\x" + order.content_hash.hex()
    return row


def _line_row(order: Order, line: Line) -> dict[str, Any]:
    row = {name: getattr(line, name) for name in Line.__slots__}
    row["member_id"], row["order_id"] = order.member_id, order.id
    return row


def _line_change(order: Order, line: Line) -> dict[str, Any]:
    return {
        "member_id": order.member_id,
        "order_id": order.id,
        "line_no": line.line_no,
        "points_earned": line.points_earned,
        "growth_earned": line.growth_earned,
        "earn_rule": line.earn_rule,
        "multiplier": line.multiplier,
        "refunded": line.refunded,
        "refunded_quantity": line.refunded_quantity,
    }


def _event_row(event: EventRow, now: datetime) -> dict[str, Any]:
    return {
        "member_id": event.order.member_id,
        "order_id": event.order.id,
        "kind": event.fact.kind,
        "occurred_at": event.fact.occurred_at,
        "refund_no": event.fact.refund_no,
        "effects": event.effects,
        "recorded_at": now,
    }


def _write_refunds(asks: Sequence[tuple[Order, RefundAsk]], now: datetime) -> None:
    """Write the new refunds, and what earlier-recorded ones of the same orders come to now."""
    orders = {order.id: order for order, _ in asks}
    new = {(order.id, ask.external_no) for order, ask in asks}
    folded = {(o.id, r.external_no): r for o in orders.values() for r in o.refunds}
    REFUNDS.insert([_refund_row(order, ask, folded, now) for order, ask in asks])
    REFUNDS.update(
        [
            {
                "member_id": order.member_id,
                "order_id": order.id,
                "external_no": refund.external_no,
                "amount": refund.amount,
                "shipping": refund.shipping,
            }
            for order in orders.values()
            for refund in order.refunds
            if (order.id, refund.external_no) not in new
        ],
        key=("member_id", "order_id", "external_no"),
    )
    REFUND_LINES.insert(
        [row for order in orders.values() for row in _refund_line_rows(order, new)],
        extra="ON CONFLICT (member_id, order_id, refund_no, line_no)"
        " DO UPDATE SET quantity = EXCLUDED.quantity, amount = EXCLUDED.amount",
    )


def _refund_row(
    order: Order, ask: RefundAsk, folded: dict[tuple[int, str], Any], now: datetime
) -> dict[str, Any]:
    refund = folded[order.id, ask.external_no]
    return {
        "member_id": order.member_id,
        "order_id": order.id,
        "external_no": ask.external_no,
        "occurred_at": ask.occurred_at,
        "asked_lines": None
        if ask.lines is None
        else [[part.line_no, part.quantity, part.amount] for part in ask.lines],
        "asked_shipping": ask.shipping,
        "amount": refund.amount,
        "shipping": refund.shipping,
        "recorded_at": now,
    }


def _refund_line_rows(order: Order, new: set[tuple[int, str]]) -> Iterator[dict[str, Any]]:
    """Yield what refunds took of lines: 0 where one on record lost its share to an earlier."""
    for refund in order.refunds:
        taken = {part.line_no: (part.quantity, part.amount) for part in refund.lines}
        if (order.id, refund.external_no) not in new:
            taken = {line.line_no: taken.get(line.line_no, (0, 0)) for line in order.lines}
        for line_no, (quantity, amount) in taken.items():
            yield {
                "member_id": order.member_id,
                "order_id": order.id,
                "refund_no": refund.external_no,
                "line_no": line_no,
                "quantity": quantity,
                "amount": amount,
            }
