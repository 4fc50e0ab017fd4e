"""Take an order back: points to their lots, pieces to their stock, cash where it came from."""

from __future__ import annotations

import contextlib
import logging
from datetime import datetime

from django.db import transaction

from config.kernel import audit
from config.kernel.errors import DomainError
from points import services as points_services
from points.mall import issuing, models, payments
from points.mall.errors import TicketsUsedError, WrongStateError
from points.mall.events import MallCancelled, MallRefunded
from points.mall.selectors.items import get_item
from points.mall.selectors.orders import list_unclaimed, list_unpaid
from points.mall.services import announcing, coding, locking, stocking
from points.mall.types import TICKETS, Delivery, Order, OrderStatus, PaymentState
from points.types import Release, Reverse

CANCELLABLE = (OrderStatus.AWAITING_PAYMENT, OrderStatus.TO_SHIP, OrderStatus.TO_COLLECT)
REFUNDABLE = (OrderStatus.SHIPPED, OrderStatus.COLLECTED, OrderStatus.DELIVERED)
_CHUNK = 200
log = logging.getLogger(__name__)


@transaction.atomic
def cancel_order(
    *,
    member_id: int,
    order_id: int,
    programme_id: int | None = None,
    why: str,
    actor: str,
    reason: str = "",
    now: datetime,
) -> Order:
    """Cancel an order that has not left; again, it answers with the order as it is.

    `why` is member, shop, unpaid or unclaimed.

    Raises:
        OrderNotFoundError: there is no such order.
        WrongStateError: it has been sent, collected or given out.
    """
    order = locking.lock_order(member_id=member_id, order_id=order_id, programme_id=programme_id)
    if order.status == OrderStatus.CANCELLED:
        return locking.shown(order)
    locking.require(order, *CANCELLABLE)
    return _cancel(order, why=why, actor=actor, reason=reason, now=now)


def _cancel(order: models.Order, *, why: str, actor: str, reason: str, now: datetime) -> Order:
    if order.status == OrderStatus.AWAITING_PAYMENT:
        _release(order, actor=actor, now=now)
    else:
        _return_price(order, cause="cancel", actor=actor, now=now)
    locking.save(order, now=now, status=OrderStatus.CANCELLED, why=why, closed_at=now)
    if reason:
        _record("cancelled", order, actor=actor, reason=reason, now=now)
    announcing.publish(MallCancelled, order, now=now, why=why)
    stocking.put_back(order)
    return locking.shown(order)


@transaction.atomic
def refund_order(
    *,
    member_id: int,
    order_id: int,
    programme_id: int | None = None,
    restock: bool,
    actor: str,
    reason: str,
    now: datetime,
) -> Order:
    """Refund what has been sent, collected or given out; again, it answers with the order.

    `restock`: the pieces came back and can be sold again. Codes that nobody has seen go
    back by themselves, seen ones never.

    Raises:
        OrderNotFoundError: there is no such order.
        WrongStateError: it has not left yet (cancel it), or was cancelled.
        TicketsUsedError: its tickets or coupons have been used.
    """
    order = locking.lock_order(member_id=member_id, order_id=order_id, programme_id=programme_id)
    if order.status == OrderStatus.REFUNDED:
        return locking.shown(order)
    locking.require(order, *REFUNDABLE)
    _return_price(order, cause="refund", actor=actor, now=now)
    _take_back(order, actor=actor, now=now)
    locking.save(order, now=now, status=OrderStatus.REFUNDED, closed_at=now)
    _record("refunded", order, actor=actor, reason=reason, now=now)
    announcing.publish(MallRefunded, order, now=now)
    if order.delivery == Delivery.CODE:
        seen = order.revealed_at is not None
        restock = coding.free(member_id=order.member_id, order_id=order.pk, seen=seen)
    if restock:
        stocking.put_back(order)
    return locking.shown(order)


@transaction.atomic
def confirm_refund_paid(
    *, member_id: int, order_id: int, actor: str, reason: str, now: datetime
) -> Order:
    """Write down that cash taken outside was given back by hand.

    Raises:
        OrderNotFoundError: there is no such order.
        WrongStateError: no cash is owed.
    """
    order = locking.lock_order(member_id=member_id, order_id=order_id)
    done = models.Payment.objects.filter(
        member_id=member_id, order_id=order_id, state=PaymentState.REFUND_DUE
    ).update(state=PaymentState.REFUNDED, refunded_at=now)
    if not done:
        raise WrongStateError
    _record("refund_paid", order, actor=actor, reason=reason, now=now)
    return locking.shown(order)


def return_unpaid(*, now: datetime) -> int:
    """Cancel every order whose time to pay is over; one transaction each."""
    return _sweep(OrderStatus.AWAITING_PAYMENT, why="unpaid", now=now)


def return_unclaimed(*, now: datetime) -> int:
    """Cancel every order that nobody came to collect; one transaction each."""
    return _sweep(OrderStatus.TO_COLLECT, why="unclaimed", now=now)


def _sweep(status: OrderStatus, *, why: str, now: datetime) -> int:
    listed = list_unpaid if status is OrderStatus.AWAITING_PAYMENT else list_unclaimed
    done = 0
    refused: set[tuple[int, int]] = set()
    while due := set(listed(at=now, limit=_CHUNK + len(refused))) - refused:
        for member_id, order_id in sorted(due):
            try:
                done += _return_one(member_id, order_id, status=status, why=why, now=now)
            except DomainError as error:
                # One order that cannot go back must not keep the others from it.
                log.error("mall order %s-%s stays %s: %s", member_id, order_id, status, error)
                refused.add((member_id, order_id))
    return done


@transaction.atomic
def _return_one(
    member_id: int, order_id: int, *, status: OrderStatus, why: str, now: datetime
) -> bool:
    order = locking.lock_order(member_id=member_id, order_id=order_id)
    if order.status != status:
        # Paid, collected or cancelled while this was on its way here.
        return False
    _cancel(order, why=why, actor="system:mall", reason="", now=now)
    return True


def _release(order: models.Order, *, actor: str, now: datetime) -> None:
    """Free what is held; after its time the ledger has freed it by itself.

    Whoever knows the reservation may have closed it by the points API: given up, its points are
    free; captured, they are spent and come back like those of an order that was paid.
    """
    if order.pay_by is not None and order.pay_by <= now:
        _return_points(order, cause="cancel", actor=actor, now=now)
        return
    source = announcing.source(order)
    try:
        points_services.post(
            command=Release(
                member_id=order.member_id,
                programme_id=order.programme_id,
                key=f"{source}:release",
                source=source,
                occurred_at=now,
                actor=actor,
                reservation_id=order.reservation_id or 0,
            ),
            now=now,
        )
    except points_services.ReservationClosedError:
        _return_points(order, cause="cancel", actor=actor, now=now)


def _return_points(order: models.Order, *, cause: str, actor: str, now: datetime) -> None:
    """Return what was spent under an order, if anything was, to the very lots it came from."""
    source = announcing.source(order)
    # Reversed already: somebody corrected the entry by hand. Once is enough.
    unspent = (points_services.AlreadyReversedError, points_services.EntryNotFoundError)
    with contextlib.suppress(*unspent):
        points_services.post(
            command=Reverse(
                member_id=order.member_id,
                programme_id=order.programme_id,
                key=f"{source}:{cause}",
                source=source,
                occurred_at=now,
                actor=actor,
                spent_under=source,
                cause=f"{source}:{cause}",
            ),
            now=now,
        )


def _return_price(order: models.Order, *, cause: str, actor: str, now: datetime) -> None:
    """Return the points to the very lots they came from, and the cash by its own way."""
    _return_points(order, cause=cause, actor=actor, now=now)
    payment = models.Payment.objects.filter(member_id=order.member_id, order_id=order.pk).first()
    if payment is None:
        return
    way = payments.find(payment.method)
    done = way is not None and way.give_back(order=locking.shown(order), actor=actor, now=now)
    models.Payment.objects.filter(member_id=order.member_id, id=payment.pk).update(
        state=PaymentState.REFUNDED if done else PaymentState.REFUND_DUE,
        refunded_at=now if done else None,
    )


def _take_back(order: models.Order, *, actor: str, now: datetime) -> None:
    """Take tickets and coupons back, all of them or none."""
    source = announcing.source(order)
    if order.delivery == Delivery.TICKET:
        outcome = points_services.post(
            command=Reverse(
                member_id=order.member_id,
                programme_id=order.programme_id,
                currency=TICKETS,
                key=f"{source}:tickets-back",
                source=source,
                occurred_at=now,
                actor=actor,
                earned_under=source,
                cause=f"{source}:refund",
                policy="within_balance",
            ),
            now=now,
        )
        if outcome.uncovered:
            raise TicketsUsedError
    elif order.delivery == Delivery.COUPON:
        issuer = issuing.find(get_item(item_id=order.item_id).issuer)
        if issuer is None or not issuer.take_back(
            member_id=order.member_id, source=source, now=now
        ):
            raise TicketsUsedError


def _record(what: str, order: models.Order, *, actor: str, reason: str, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=f"mall.order_{what}",
        target=f"mall_order:{order.member_id}-{order.pk}",
        reason=reason,
        after={"number": order.number, "points": order.points, "cash": order.cash},
        now=now,
    )
