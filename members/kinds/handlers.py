"""Reactions to orders and to published kinds: who has spent enough enters."""

from __future__ import annotations

from datetime import datetime

from config.kernel.handlers import handles
from members.commerce.events import OrderRecorded, OrdersImported
from members.kinds import services
from members.kinds.events import KindsPublished


@handles(OrderRecorded)
def review_buyer(event: OrderRecorded, *, now: datetime) -> None:
    """See whether this order has made somebody VIP."""
    if event.member_id is not None and event.programme_id is not None:
        services.review_spend(
            programme_id=event.programme_id, member_ids=[event.member_id], now=now
        )


@handles(OrdersImported, queue="bulk")
def review_buyers(event: OrdersImported, *, now: datetime) -> None:
    """See whom the imported orders have made VIP."""
    if event.programme_id is not None:
        services.review_range(
            programme_id=event.programme_id,
            first=event.first_member_id,
            last=event.last_member_id,
            now=now,
        )


@handles(KindsPublished, queue="bulk")
def review_everyone(event: KindsPublished, *, now: datetime) -> None:
    """Let in whoever has long spent what a new kind asks for."""
    if event.programme_id is not None:
        services.review_all(programme_id=event.programme_id, now=now)
