"""Orders are changed one at a time, and only from the states that allow it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from points.mall import models
from points.mall.errors import OrderNotFoundError, WrongStateError
from points.mall.selectors.orders import as_orders
from points.mall.types import Order, OrderStatus


def lock_order(*, member_id: int, order_id: int, programme_id: int | None = None) -> models.Order:
    """Return an order, for this transaction's alone.

    Raises:
        OrderNotFoundError: there is no such order.
    """
    rows = models.Order.objects.select_for_update().filter(member_id=member_id, id=order_id)
    if programme_id is not None:
        rows = rows.filter(programme_id=programme_id)
    order = rows.first()
    if order is None:
        raise OrderNotFoundError
    return order


def require(order: models.Order, *statuses: OrderStatus) -> None:
    """Raise WrongStateError unless the order is in one of these states."""
    if order.status not in statuses:
        raise WrongStateError


def save(order: models.Order, *, now: datetime, **changes: Any) -> None:
    """Write changes of a locked order; the row is named by member and id."""
    for name, value in changes.items():
        setattr(order, name, value)
    order.changed_at = now
    changes["changed_at"] = now
    models.Order.objects.filter(member_id=order.member_id, id=order.pk).update(**changes)


def shown(order: models.Order) -> Order:
    """Return a changed order as a value."""
    return as_orders([order])[0]
