"""Cancel and refund: points to their lots, stock and cash where they came from, exactly once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from points import selectors as points_selectors
from points import services as points_services
from points.mall import models, selectors, services
from points.mall.types import ItemKind, OrderStatus, PaymentState
from points.models import Lot
from points.types import Capture, Release, Reverse, Spend
from tests.factories.mall import ACTOR, NOON, REASON
from tests.mall.test_ordering import available, events

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def cancel(order, **more):
    values: dict[str, Any] = {"why": "member", "actor": ACTOR, "now": NOON} | more
    return services.cancel_order(member_id=order.member_id, order_id=order.id, **values)


def refund(order, **more):
    values: dict[str, Any] = {
        "restock": False,
        "actor": ACTOR,
        "reason": REASON,
        "now": NOON,
    } | more
    return services.refund_order(member_id=order.member_id, order_id=order.id, **values)


def pay(order, **more):
    values: dict[str, Any] = {
        "method": "confirmed",
        "reference": "till 7",
        "actor": ACTOR,
        "now": NOON,
    } | more
    return services.pay_order(member_id=order.member_id, order_id=order.id, **values)


def ship(order, **more):
    values: dict[str, Any] = {
        "carrier": "SF",
        "tracking": "SF100",
        "actor": ACTOR,
        "now": NOON,
    } | more
    return services.ship_order(member_id=order.member_id, order_id=order.id, **values)


def stock(item) -> int | None:
    return selectors.get_item(item_id=item.id).left


def test_h2_a_cancelled_order_returns_points_to_their_lots_once(mall):
    item, member = mall.item(points=150, stock=3), mall.buyer(0)
    mall.give(member, 100, expires_at=NOON + DAY)
    mall.give(member, 100, expires_at=NOON + 2 * DAY)
    order = mall.order(item, member)

    cancelled = cancel(order)
    again = cancel(order)

    assert cancelled.status is again.status is OrderStatus.CANCELLED
    lots = Lot.objects.filter(member_id=member).order_by("expires_at")
    assert [lot.remaining for lot in lots] == [100, 100]
    assert stock(item) == 3
    assert events() == ["ordered", "cancelled"]


def test_what_was_sent_is_refunded_and_not_cancelled(mall):
    item, member = mall.item(stock=2), mall.buyer(100)
    order = mall.order(item, member)
    with pytest.raises(services.WrongStateError):
        refund(order)
    ship(order)

    with pytest.raises(services.WrongStateError):
        cancel(order)
    refund(order)
    refund(order)

    assert available(mall, member) == 100
    assert stock(item) == 1
    assert events() == ["ordered", "shipped", "refunded"]


def test_a_refund_with_the_piece_back_is_stock_again(mall):
    item = mall.item(stock=2)
    order = mall.order(item, mall.buyer())
    ship(order)

    refund(order, restock=True)

    assert stock(item) == 2


def test_codes_nobody_saw_are_stock_again_and_seen_ones_are_void(mall):
    item = mall.item(kind=ItemKind.VIRTUAL, stock=2)
    unseen, seen = mall.order(item, mall.buyer()), mall.order(item, mall.buyer())
    services.reveal_codes(member_id=seen.member_id, order_id=seen.id, now=NOON)

    refund(unseen, restock=True)
    refund(seen, restock=True)

    assert stock(item) == 1
    assert models.Code.objects.filter(void=True).count() == 1
    with pytest.raises(services.WrongStateError):
        services.reveal_codes(member_id=seen.member_id, order_id=seen.id, now=NOON)
    mall.order(item, mall.buyer())
    with pytest.raises(services.SoldOutError):
        mall.order(item, mall.buyer())


def test_used_tickets_cannot_be_refunded(mall):
    item, member = mall.item(kind=ItemKind.TICKET, tickets=2), mall.buyer()
    order = mall.order(item, member)
    points_services.post(
        command=Spend(
            member_id=member,
            programme_id=mall.shop.programme.id,
            currency="tickets",
            key="draw",
            source="draw:1",
            occurred_at=NOON,
            points=1,
        ),
        now=NOON,
    )

    with pytest.raises(services.TicketsUsedError):
        refund(order)
    assert (available(mall, member), available(mall, member, "tickets")) == (900, 1)

    unused = mall.order(item, mall.buyer())
    refund(unused)
    assert available(mall, unused.member_id, "tickets") == 0


def test_points_and_cash_wait_for_the_cash(mall):
    item, member = mall.item(points=100, cash=990, stock=1), mall.buyer(150)

    order = mall.order(item, member)

    assert (order.status, order.pay_by) == (OrderStatus.AWAITING_PAYMENT, NOON + 30 * MINUTE)
    balance = points_selectors.get_balance(
        member_id=member, programme_id=mall.shop.programme.id, at=NOON, now=NOON
    )
    assert (balance.available, balance.held) == (50, 100)
    assert stock(item) == 0

    paid = pay(order)
    assert paid.status is OrderStatus.TO_SHIP
    assert (paid.payment.amount, paid.payment.state) == (990, PaymentState.PAID)
    assert pay(order) == paid
    with pytest.raises(services.AlreadyPaidError):
        pay(order, reference="till 8")
    assert available(mall, member) == 50
    assert events() == ["ordered", "paid"]


def test_an_unpaid_order_returns_points_and_stock_at_its_deadline(mall):
    item, member = mall.item(points=100, cash=990, stock=1), mall.buyer(100)
    order = mall.order(item, member)
    late = NOON + 30 * MINUTE

    with pytest.raises(services.PaymentExpiredError):
        pay(order, now=late)
    assert available(mall, member, at=late) == 100
    assert services.return_unpaid(now=late - timedelta(microseconds=1)) == 0
    assert services.return_unpaid(now=late) == 1
    assert services.return_unpaid(now=late) == 0

    assert stock(item) == 1
    with pytest.raises(services.PaymentExpiredError):
        pay(order, now=late)
    assert events() == ["ordered", "cancelled"]
    assert mall.order(item, member, now=late)


def test_an_unpaid_order_can_be_cancelled_before(mall):
    item, member = mall.item(points=100, cash=990, stock=1), mall.buyer(100)

    cancel(mall.order(item, member))

    assert (available(mall, member), stock(item)) == (100, 1)


def test_stored_value_pays_and_comes_back(mall):
    item, member = mall.item(cash=990), mall.buyer(balance=1000)
    order = mall.order(item, member)

    pay(order, method="stored_value", reference="")
    assert available(mall, member, "balance") == 10
    cancelled = cancel(order)

    assert (available(mall, member), available(mall, member, "balance")) == (1000, 1000)
    assert cancelled.payment.state is PaymentState.REFUNDED


def test_too_little_stored_value_pays_nothing(mall):
    item, member = mall.item(cash=990), mall.buyer(balance=989)
    order = mall.order(item, member)

    with pytest.raises(points_services.InsufficientPointsError):
        pay(order, method="stored_value", reference="")

    assert available(mall, member, "balance") == 989
    assert models.Order.objects.get(id=order.id).status == OrderStatus.AWAITING_PAYMENT
    with pytest.raises(services.UnknownPaymentError):
        pay(order, method="gold")


def test_cash_taken_outside_is_owed_until_somebody_gives_it_back(mall):
    order = mall.order(mall.item(cash=990), mall.buyer())
    pay(order)
    names = {"member_id": order.member_id, "order_id": order.id}

    cancelled = cancel(order, why="shop", reason="broken")

    assert cancelled.payment.state is PaymentState.REFUND_DUE
    done = services.confirm_refund_paid(**names, actor=ACTOR, reason=REASON, now=NOON)
    assert done.payment.state is PaymentState.REFUNDED
    with pytest.raises(services.WrongStateError):
        services.confirm_refund_paid(**names, actor=ACTOR, reason=REASON, now=NOON)


def test_nothing_to_pay_is_refused(mall):
    with pytest.raises(services.WrongStateError):
        pay(mall.order(mall.item(), mall.buyer()))
    with pytest.raises(services.OrderNotFoundError):
        services.pay_order(member_id=1, order_id=1, method="confirmed", actor=ACTOR, now=NOON)


def test_what_was_given_back_by_hand_is_not_given_twice(mall):
    """Staff may reverse the entry itself; cancelling the order then only gives the stock back."""
    item, member = mall.item(points=100, stock=1), mall.buyer(100)
    order = mall.order(item, member)
    points_services.post(
        command=Reverse(
            member_id=member,
            programme_id=mall.shop.programme.id,
            key="by hand",
            source="reversal",
            occurred_at=NOON,
            spent_under=order.source,
            cause="by hand",
        ),
        now=NOON,
    )

    assert cancel(order).status is OrderStatus.CANCELLED
    assert (available(mall, member), stock(item)) == (100, 1)


def test_a_hold_that_was_given_up_elsewhere_does_not_keep_the_order(mall):
    item, member = mall.item(points=100, cash=990, stock=1), mall.buyer(100)
    order = mall.order(item, member)
    row = models.Order.objects.get(id=order.id)
    points_services.post(
        command=Release(
            member_id=member,
            programme_id=mall.shop.programme.id,
            key="elsewhere",
            source="x",
            occurred_at=NOON,
            reservation_id=row.reservation_id or 0,
        ),
        now=NOON,
    )

    with pytest.raises(points_services.ReservationClosedError):
        pay(order)
    assert cancel(order).status is OrderStatus.CANCELLED
    assert (available(mall, member), stock(item)) == (100, 1)


@pytest.mark.parametrize("late", [False, True])
def test_points_captured_elsewhere_come_back_with_the_order(mall, late):
    item, member = mall.item(points=100, cash=990, stock=1), mall.buyer(100)
    order = mall.order(item, member)
    row = models.Order.objects.get(id=order.id)
    points_services.post(
        command=Capture(
            member_id=member,
            programme_id=mall.shop.programme.id,
            key="elsewhere",
            source="",
            occurred_at=NOON,
            reservation_id=row.reservation_id or 0,
            points=60,
        ),
        now=NOON,
    )
    then = NOON + 30 * MINUTE if late else NOON

    if late:
        assert services.return_unpaid(now=then) == 1
    else:
        assert cancel(order).status is OrderStatus.CANCELLED

    assert (available(mall, member, at=then), stock(item)) == (100, 1)


def test_one_order_that_cannot_go_back_keeps_no_other_from_it(mall, caplog):
    from points.mall.payments import _methods

    class Stubborn:
        title = "stubborn"

        def take(self, **_):
            pass

        def give_back(self, **_):
            raise services.UnknownPaymentError

    services.register_payment(slug="stubborn", method=Stubborn())
    item = mall.item(ships=False, collects=True, cash=100)
    store = mall.store(item, "hz", 2)
    orders = [mall.order(item, mall.buyer(), store_id=store) for _ in range(2)]
    pay(orders[0], method="stubborn")
    pay(orders[1])

    done = services.return_unclaimed(now=NOON + 15 * DAY)

    del _methods["stubborn"]
    assert done == 1
    assert models.Order.objects.get(id=orders[0].id).status == OrderStatus.TO_COLLECT
    assert "stays to_collect" in caplog.text
