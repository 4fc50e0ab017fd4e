"""Show what is kept encrypted: codes to their member, addresses to staff for a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from config.kernel import audit
from points.mall import models
from points.mall.selectors.items import UNDONE
from points.mall.selectors.orders import list_codes, list_to_ship
from points.mall.services import locking
from points.mall.types import Order, OrderStatus

KEEP = timedelta(days=180)
_CHUNK = 5000


@transaction.atomic
def reveal_codes(*, member_id: int, order_id: int, now: datetime) -> list[str]:
    """Return an order's codes to its member; from now on they count as seen.

    Raises:
        OrderNotFoundError: there is no such order.
        WrongStateError: it was not given out, or was refunded.
    """
    order = locking.lock_order(member_id=member_id, order_id=order_id)
    locking.require(order, OrderStatus.DELIVERED)
    if order.revealed_at is None:
        locking.save(order, now=now, revealed_at=now)
    return list_codes(member_id=member_id, order_id=order_id)


@transaction.atomic
def reveal_address(
    *, member_id: int, order_id: int, actor: str, reason: str, now: datetime
) -> Order:
    """Return an order with its address in clear, and write down who asked for it and why.

    Raises:
        OrderNotFoundError: there is no such order.
    """
    order = locking.lock_order(member_id=member_id, order_id=order_id)
    audit.record(
        actor=actor,
        action="mall.address_revealed",
        target=f"mall_order:{member_id}-{order_id}",
        reason=reason,
        now=now,
    )
    return locking.shown(order)


@transaction.atomic
def take_to_ship(*, programme_id: int, actor: str, reason: str, now: datetime) -> list[Order]:
    """Return the orders that wait to be sent, addresses in clear, and write down who took them."""
    orders = list_to_ship(programme_id=programme_id)
    audit.record(
        actor=actor,
        action="mall.to_ship_exported",
        target=f"programme:{programme_id}",
        reason=reason,
        after={"orders": len(orders)},
        now=now,
    )
    return orders


def forget_old(*, now: datetime) -> int:
    """Forget where parcels went and what collected them, once it is long over; return how many."""
    ends = (*UNDONE, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COLLECTED)
    old = models.Order.objects.filter(
        Q(address__isnull=False) | Q(collect_blind__isnull=False),
        status__in=ends,
        changed_at__lt=now - KEEP,
    )
    forgotten = 0
    while taken := list(old.values_list("member_id", "id")[:_CHUNK]):
        forgotten += models.Order.objects.filter(
            member_id__in={member for member, _order in taken},
            id__in=[order for _member, order in taken],
        ).update(address=None, tracking=None, collect_code=None, collect_blind=None)
    return forgotten
