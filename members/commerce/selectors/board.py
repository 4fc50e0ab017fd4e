"""Orders by day, for the console's board: one pass over the orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import connection

_BY_DAY = """
SELECT (placed_at AT TIME ZONE %s)::date, count(*),
       sum(goods - discount - coupons - points_paid - refunded)
FROM commerce_order WHERE programme_id = %s AND status <> 'cancelled' GROUP BY 1
"""


def sum_orders_by_day(*, programme_id: int, zone: str) -> dict[str, Mapping[date, int]]:
    """Return the orders and their net sales in minor units by local day."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, [zone, programme_id])
        rows = cursor.fetchall()
    return {
        "orders": {day: orders for day, orders, _ in rows},
        "sales": {day: int(sales) for day, _, sales in rows},
    }
