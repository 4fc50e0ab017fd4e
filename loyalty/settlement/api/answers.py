"""Show orders in the API's shapes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from loyalty.earning.types import ExplainRow
from loyalty.settlement import selectors
from loyalty.settlement.api import contracts
from loyalty.settlement.sources import public_id
from loyalty.settlement.types import Effects
from members import selectors as member_selectors
from members.commerce.types import Line, Order


def show_order(order: Order, now: datetime) -> contracts.OrderOut:
    """Return an order as the API tells it."""
    return show_orders([order], now)[0]


def show_orders(orders: Sequence[Order], now: datetime) -> list[contracts.OrderOut]:
    """Return orders as the API tells them."""
    rows = selectors.list_explain_rows(orders=orders)
    return [contracts.OrderOut(**_parts(order, now, rows.get(order.id))) for order in orders]


def show_settled(order: Order, effects: Effects, now: datetime) -> contracts.SettledOut:
    """Return an order after an event, with what the event moved."""
    moved = contracts.EffectsOut(
        points_reversed=effects.points_reversed,
        points_returned=effects.points_returned,
        points_debt=effects.points_debt,
        growth_reversed=effects.growth_reversed,
        coupons_returned=list(effects.coupons_returned),
        tier=contracts.TierOut(before=effects.tier_before, after=effects.tier_after),
        refund_deduction=effects.refund_deduction,
    )
    rows = selectors.list_explain_rows(orders=[order])
    return contracts.SettledOut(**_parts(order, now, rows.get(order.id)), effects=moved)


def _parts(order: Order, now: datetime, rows: Sequence[ExplainRow] | None) -> dict[str, Any]:
    return {
        "id": public_id(order.member_id, order.id),
        "external_no": order.external_no,
        "member": member_selectors.public_id(order.member_id),
        "status": order.status.value,
        "currency": order.currency,
        "placed_at": order.placed_at.astimezone(UTC),
        "paid_at": _utc(order.paid_at),
        "completed_at": _utc(order.completed_at),
        "totals": contracts.Totals(
            goods=order.goods,
            discount=order.discount,
            points_paid=order.points_paid,
            coupons=order.coupons,
            shipping=order.shipping,
            payable=order.payable,
            refunded=order.refunded + order.refunded_shipping,
        ),
        "points": _points(order, now, rows),
        "growth": order.growth,
        "tier": contracts.TierOut(before=order.tier_before, after=order.tier_after),
        "lines": [_line(line) for line in order.lines],
        "refunds": [
            contracts.RefundOut(
                external_no=refund.external_no,
                occurred_at=refund.occurred_at.astimezone(UTC),
                amount=refund.amount,
                shipping=refund.shipping,
            )
            for refund in order.refunds
        ],
    }


def _points(order: Order, now: datetime, rows: Sequence[ExplainRow] | None) -> contracts.PointsOut:
    due = order.available_at
    return contracts.PointsOut(
        earned=order.points,
        state="available" if due is not None and due <= now else "pending",
        available_at=_utc(due),
        reversed=order.points_taken,
        explain=[_explain(row) for row in rows or _rows(order)],
    )


def _rows(order: Order) -> Iterator[ExplainRow]:
    """Yield what the lines themselves tell of how their points came about."""
    for line in order.lines:
        if line.earn_rule:
            yield ExplainRow(
                line_no=line.line_no,
                rule=line.earn_rule,
                base=line.net,
                multiplier=Fraction(line.multiplier),
                points=line.points_earned,
            )


def _explain(row: ExplainRow) -> contracts.ExplainOut:
    times = row.multiplier
    return contracts.ExplainOut(
        line_no=row.line_no,
        rule=row.rule,
        base=row.base,
        multiplier=int(times) if times.denominator == 1 else float(times),
        points=row.points,
    )


def _line(line: Line) -> contracts.LineOut:
    return contracts.LineOut(
        line_no=line.line_no,
        sku=line.sku,
        quantity=line.quantity,
        net=line.net,
        points_earned=line.points_earned,
        coupon_share=line.coupon_share,
        points_share=line.points_share,
        refunded=line.refunded,
    )


def _utc(at: datetime | None) -> datetime | None:
    """Show times in one zone, whether they were just told or come from the database."""
    return None if at is None else at.astimezone(UTC)
