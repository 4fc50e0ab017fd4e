"""Tell the apps above what happened to an order."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from config.kernel import ids, outbox
from points.mall import models
from points.mall.events import MallOrderEvent

E = TypeVar("E", bound=MallOrderEvent)


def publish(event: type[E], order: models.Order, *, now: datetime, **more: Any) -> None:
    """Publish an event of an order in the transaction of its change."""
    outbox.publish(
        event(
            occurred_at=now,
            programme_id=order.programme_id,
            member_id=order.member_id,
            order=public_id(order),
            order_id=order.pk,
            number=order.number,
            item=order.item_code,
            kind=order.kind,
            quantity=order.quantity,
            points=order.points,
            cash=order.cash,
            currency=order.currency,
            status=order.status,
            **more,
        ),
        now=now,
    )


def public_id(order: models.Order) -> str:
    """Return the order's public id."""
    return ids.encode("mor", member_id=order.member_id, row_id=order.pk)


def source(order: models.Order) -> str:
    """Return what the ledger calls the order."""
    return f"mall:{public_id(order)}"
