"""Hand an order over in a store for its code, once; a slip can be taken back for a while."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from django.db import transaction

from config.kernel import audit
from members.programmes import selectors as programmes_selectors
from points.mall.errors import (
    CollectCodeError,
    CollectedAlreadyError,
    UndoTooLateError,
    WrongStateError,
)
from points.mall.events import MallCollected
from points.mall.selectors.items import get_terms
from points.mall.selectors.orders import clean_code
from points.mall.services import announcing, locking
from points.mall.types import Delivery, Order, OrderStatus


@transaction.atomic
def collect_order(
    *,
    member_id: int,
    order_id: int,
    programme_id: int | None = None,
    code: str,
    store_id: int | None = None,
    actor: str,
    now: datetime,
) -> Order:
    """Hand an order over to whoever shows its code. The code works once.

    `store_id`, where given, is the store this happens in: another store's order stays there.

    Raises:
        OrderNotFoundError: there is no such order.
        CollectCodeError: the code is another one, or the order waits in another store.
        CollectedAlreadyError: it was handed over before.
        WrongStateError: it does not wait to be collected. Late is no matter until it went back.
    """
    order = locking.lock_order(member_id=member_id, order_id=order_id, programme_id=programme_id)
    if order.delivery != Delivery.COLLECT:
        raise WrongStateError
    right = hmac.compare_digest((order.collect_code or "").encode(), clean_code(code).encode())
    if not order.collect_code or not right or store_id not in (None, order.store_id):
        raise CollectCodeError
    if order.status == OrderStatus.COLLECTED:
        raise CollectedAlreadyError(order.collected_at)
    locking.require(order, OrderStatus.TO_COLLECT)
    locking.save(order, now=now, status=OrderStatus.COLLECTED, collected_at=now, collected_by=actor)
    stores = programmes_selectors.list_stores(order.programme_id)
    store = next((one.code for one in stores if one.id == order.store_id), "")
    announcing.publish(MallCollected, order, now=now, store=store)
    return locking.shown(order)


@transaction.atomic
def undo_collection(
    *,
    member_id: int,
    order_id: int,
    programme_id: int | None = None,
    actor: str,
    reason: str,
    now: datetime,
) -> Order:
    """Take a collection back that was a slip; the code works again.

    Raises:
        OrderNotFoundError: there is no such order.
        WrongStateError: it was not collected.
        UndoTooLateError: the programme's time for it is over.
    """
    order = locking.lock_order(member_id=member_id, order_id=order_id, programme_id=programme_id)
    locking.require(order, OrderStatus.COLLECTED)
    minutes = get_terms(programme_id=order.programme_id).undo_minutes
    if order.collected_at is None or now > order.collected_at + timedelta(minutes=minutes):
        raise UndoTooLateError
    # At least as long as it takes to hand it over again.
    until = max(order.collect_by or now, now + timedelta(minutes=minutes))
    locking.save(
        order,
        now=now,
        status=OrderStatus.TO_COLLECT,
        collected_at=None,
        collected_by="",
        collect_by=until,
    )
    audit.record(
        actor=actor,
        action="mall.collection_undone",
        target=f"mall_order:{order.member_id}-{order.pk}",
        reason=reason,
        after={"number": order.number},
        now=now,
    )
    return locking.shown(order)
