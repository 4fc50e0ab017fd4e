"""Paid orders in figures, for reports of any length."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from members.commerce.models import Order
from members.commerce.types import PaidOrder


def iter_paid_orders(*, programme_id: int, since: datetime, until: datetime) -> Iterator[PaidOrder]:
    """Yield the orders paid in a span that are not cancelled, oldest first."""
    rows = Order.objects.filter(
        programme_id=programme_id, paid_at__gte=since, paid_at__lt=until, cancelled_at__isnull=True
    ).order_by("paid_at", "id")
    names = ("external_no", "brand_id", "currency", "paid_at", "spend", "points")
    for row in rows.values_list(*names).iterator(chunk_size=2000):
        external_no, brand_id, currency, paid_at, spend, points = row
        if paid_at is not None:
            yield PaidOrder(
                external_no=external_no,
                brand_id=brand_id,
                currency=currency,
                paid_at=paid_at,
                net=spend,
                points=points,
            )
