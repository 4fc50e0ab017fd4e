"""Each order's price divided between its goods and its points, as a file (IFRS 15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from members.commerce import selectors as commerce_selectors
from members.programmes.types import Programme
from points import valuing
from points.selectors.reporting import read_costs
from points.types import POINTS


def split_orders(programme: Programme, day: date, breakage: Fraction) -> Iterator[list[object]]:
    """Yield each order paid in the month of a day, its price divided."""
    first = valuing.month_of(day)
    since = datetime.combine(first, time.min, programme.zone)
    until = datetime.combine(valuing.add_months(first, 1), time.min, programme.zone)
    until = min(until, datetime.combine(day + timedelta(days=1), time.min, programme.zone))
    costs = read_costs(programme_id=programme.id, currency=POINTS)
    yield [
        "order",
        "brand_id",
        "paid_on",
        "currency",
        "price_minor",
        "points",
        "unit_value_minor",
        "breakage",
        "goods_minor",
        "points_minor",
    ]
    orders = commerce_selectors.iter_paid_orders(
        programme_id=programme.id, since=since, until=until
    )
    for order in orders:
        paid_on = programme.local_day(order.paid_at)
        unit = costs.at(brand_id=order.brand_id, day=paid_on)
        split = valuing.split_price(
            price=order.net, points=order.points, unit=unit, breakage=breakage
        )
        yield [
            order.external_no,
            order.brand_id,
            paid_on.isoformat(),
            order.currency,
            order.net,
            order.points,
            str(unit),
            f"{float(breakage):.6f}",
            split.goods,
            split.points,
        ]
