"""Make an order of a first report: its content's hash, and the shares of its lines. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import msgspec

from config.kernel.money import minor_digits, share_out
from members.commerce.errors import InvalidOrderError
from members.commerce.lines import Line, PackedLines, PackedOrderLines, line_of
from members.commerce.types import Fact, Order, OrderReport, Stage


def content_hash(report: OrderReport) -> bytes:
    """Return what must be equal when the same number comes again."""
    head = (report.currency, report.shipping, report.store, sorted(report.coupons))
    lines = report.lines
    if isinstance(lines, PackedLines):
        return hashlib.sha256(
            b"%s,[%s]]" % (msgspec.json.encode(head)[:-1], lines.content.encode())
        ).digest()
    content = (*head, sorted(line.content for line in lines))
    return hashlib.sha256(msgspec.json.encode(content)).digest()


def facts_of(report: OrderReport) -> Iterator[Fact]:
    """Yield what a report says has happened; `paid` follows from `completed`."""
    yield Fact(Stage.PLACED, report.placed_at)
    if report.status is Stage.PLACED:
        return
    paid_at = report.paid_at or report.placed_at
    yield Fact(Stage.PAID, paid_at)
    if report.status is Stage.COMPLETED:
        yield Fact(Stage.COMPLETED, report.completed_at or paid_at)


def value_of(points: int, currency: str) -> int:
    """Return what points pay in minor units: 100 points are one unit of the currency."""
    units: int = 10 ** minor_digits(currency)
    return points * units // 100


def make_order(
    report: OrderReport,
    *,
    order_id: int,
    programme_id: int,
    brand_id: int,
    storefront_id: int,
    points_used: int,
) -> Order:
    """Return a new order with its allocation; nothing is posted for it yet.

    Raises:
        InvalidOrderError: the points are worth more than the goods.
    """
    lines: Sequence[Line]
    if isinstance(report.lines, PackedLines) and not points_used:
        lines = PackedOrderLines(report.lines)
        goods, discount = sum(lines.nets), 0
    else:
        lines = [line_of(line) for line in sorted(report.lines, key=lambda line: line.line_no)]
        goods = sum(line.list_amount for line in lines)
        discount = sum(line.discount for line in lines)
    order = Order(
        id=order_id,
        member_id=report.member_id,
        programme_id=programme_id,
        brand_id=brand_id,
        storefront_id=storefront_id,
        external_no=report.external_no,
        content_hash=content_hash(report),
        currency=report.currency,
        placed_at=report.placed_at,
        shipping=report.shipping,
        store=report.store,
        attributes=report.attributes,
        lines=lines,
        reservation_id=report.reservation_id,
        goods=goods,
        discount=discount,
        facts=list(facts_of(report)),
    )
    if points_used:
        _pay_with_points(order, points_used)
    return order


def _pay_with_points(order: Order, points: int) -> None:
    value = value_of(points, order.currency)
    if value > order.net:
        raise InvalidOrderError(f"{points} points are worth more than the goods")
    for line, share in zip(
        order.lines, share_out(value, [line.net for line in order.lines]), strict=True
    ):
        line.points_share = share
        line.net -= share
    order.points_paid, order.points_used, order.held = value, points, True
