"""Pay the cash part: the points that were held are spent, and the order goes its way."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from points import services as points_services
from points.mall import models, payments
from points.mall.errors import AlreadyPaidError, PaymentExpiredError, UnknownPaymentError
from points.mall.events import MallPaid
from points.mall.selectors.items import get_item
from points.mall.services import announcing, delivering, locking
from points.mall.types import Order, OrderStatus, PaymentState
from points.types import Capture


@transaction.atomic
def pay_order(
    *,
    member_id: int,
    order_id: int,
    programme_id: int | None = None,
    method: str,
    reference: str = "",
    actor: str,
    now: datetime,
) -> Order:
    """Pay the cash part of an order. The same payment told again changes nothing.

    Raises:
        OrderNotFoundError: there is no such order.
        UnknownPaymentError: there is no such way to pay.
        PaymentExpiredError: the time to pay is over.
        AlreadyPaidError: another payment has paid it.
        WrongStateError: there is nothing to pay.
        InsufficientPointsError: the stored value does not suffice.
    """
    way = payments.find(method)
    if way is None:
        raise UnknownPaymentError
    order = locking.lock_order(member_id=member_id, order_id=order_id, programme_id=programme_id)
    if order.paid_at is not None:
        return _paid_before(order, method, reference)
    if order.status == OrderStatus.CANCELLED and order.why == "unpaid":
        raise PaymentExpiredError
    locking.require(order, OrderStatus.AWAITING_PAYMENT)
    if order.pay_by is not None and order.pay_by <= now:
        # The hold lapsed at that instant, whether the task has cancelled the order or not.
        raise PaymentExpiredError
    source = announcing.source(order)
    points_services.post(
        command=Capture(
            member_id=order.member_id,
            programme_id=order.programme_id,
            key=f"{source}:spend",
            source=source,
            occurred_at=now,
            actor=actor,
            reservation_id=order.reservation_id or 0,
        ),
        now=now,
    )
    way.take(order=locking.shown(order), reference=reference, actor=actor, now=now)
    models.Payment.objects.bulk_create(
        [
            models.Payment(
                member_id=order.member_id,
                order_id=order.pk,
                method=method,
                reference=reference,
                amount=order.cash,
                currency=order.currency,
                state=PaymentState.PAID,
                actor=actor,
                paid_at=now,
            )
        ]
    )
    changes = delivering.fulfil(order, item=get_item(item_id=order.item_id), now=now)
    locking.save(order, now=now, paid_at=now, **changes)
    delivering.hand_out(order)
    announcing.publish(MallPaid, order, now=now)
    return locking.shown(order)


def _paid_before(order: models.Order, method: str, reference: str) -> Order:
    known = models.Payment.objects.get(member_id=order.member_id, order_id=order.pk)
    if (known.method, known.reference) != (method, reference):
        raise AlreadyPaidError
    return locking.shown(order)
