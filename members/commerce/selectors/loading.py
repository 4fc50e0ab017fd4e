"""Load whole orders by (member, order), as many as wanted in three statements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from django.db import connection

from config.kernel import statements
from members.commerce.rows import ORDERS
from members.commerce.types import Fact, Line, Order, RefundAsk, RefundLineReport, Stage

_WANTED = "FROM unnest(%s::bigint[], %s::bigint[]) AS k (member_id, order_id)"
_ORDER_COLUMNS = tuple(c for c in ORDERS.columns if c not in ("recorded_at", "changed_at"))
_LINE_COLUMNS = tuple(Line.__slots__)
_ORDERS = f"""
SELECT {", ".join("o." + column for column in _ORDER_COLUMNS)} {_WANTED}
JOIN commerce_order o ON o.member_id = k.member_id AND o.id = k.order_id
"""
_LINES = f"""
SELECT l.order_id, {", ".join("l." + column for column in _LINE_COLUMNS)} {_WANTED}
JOIN commerce_orderline l ON l.member_id = k.member_id AND l.order_id = k.order_id
ORDER BY l.order_id, l.line_no
"""
_EVENTS = f"""
SELECT e.order_id, e.kind, e.occurred_at, e.refund_no, r.asked_lines::text, r.asked_shipping
{_WANTED}
JOIN commerce_orderevent e ON e.member_id = k.member_id AND e.order_id = k.order_id
LEFT JOIN commerce_refund r ON r.member_id = e.member_id AND r.order_id = e.order_id
    AND r.external_no = e.refund_no AND e.kind = 'refunded'
"""
_EFFECTS = """
SELECT effects::text FROM commerce_orderevent
WHERE member_id = %s AND order_id = %s AND kind = %s AND refund_no = %s
    AND (%s = 'refunded' OR occurred_at = %s)
"""
_STAGES = {stage.value: stage for stage in Stage}


def load_orders(*, keys: Iterable[tuple[int, int]]) -> dict[int, Order]:
    """Return orders by their id, with lines, facts and refunds asked for (not yet folded)."""
    wanted = list(keys)
    if not wanted:
        return {}
    params = [[member for member, _ in wanted], [order for _, order in wanted]]
    orders = {row[0]: _order(row) for row in statements.ask(_ORDERS, params)}
    lines: dict[int, list[Line]] = {order_id: [] for order_id in orders}
    for order_id, *values in statements.ask(_LINES, params):
        lines[order_id].append(Line(**dict(zip(_LINE_COLUMNS, values, strict=True))))
    for order_id, order in orders.items():
        order.lines = lines[order_id]
    for row in statements.ask(_EVENTS, params):
        _add_event(orders[row[0]], row)
    return orders


def event_effects(*, order: Order, fact: Fact) -> dict[str, Any] | None:
    """Return what an event caused when it was first told."""
    kind = fact.kind.value
    with connection.cursor() as cursor:
        cursor.execute(
            _EFFECTS,
            [order.member_id, order.id, kind, fact.refund_no, kind, fact.occurred_at],
        )
        row = cursor.fetchone()
    return None if row is None or row[0] is None else msgspec.json.decode(row[0])


def _order(row: tuple[Any, ...]) -> Order:
    values = dict(zip(_ORDER_COLUMNS, row, strict=True))
    values["content_hash"] = bytes(values["content_hash"])
    values["status"] = _STAGES[values["status"]]
    if isinstance(values["attributes"], str):
        values["attributes"] = msgspec.json.decode(values["attributes"])
    return Order(**values, lines=[])


def _add_event(order: Order, row: tuple[Any, ...]) -> None:
    _, kind, occurred_at, refund_no, asked_lines, asked_shipping = row
    order.facts.append(Fact(_STAGES[kind], occurred_at, refund_no))
    if kind == Stage.REFUNDED.value:
        parts = None if asked_lines is None else msgspec.json.decode(asked_lines)
        order.asks.append(
            RefundAsk(
                external_no=refund_no,
                occurred_at=occurred_at,
                lines=None if parts is None else tuple(_ask(part) for part in parts),
                shipping=asked_shipping,
            )
        )


def _ask(part: list[int | None]) -> RefundLineReport:
    line_no, quantity, amount = part
    assert line_no is not None  # noqa: S101 - we wrote it
    return RefundLineReport(line_no=line_no, quantity=quantity, amount=amount)
