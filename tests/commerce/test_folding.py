"""The fold of events into a state, and of refunds into amounts."""

from __future__ import annotations

import pytest

from members.commerce import services as commerce
from members.commerce.types import Fact, Line, RefundAsk, RefundLineReport, Stage
from tests.factories.orders import at


def fold(*told):
    return commerce.fold([Fact(Stage(kind), at(day)) for kind, day in told])


def test_completing_counts_as_paying():
    life = fold(("placed", 1), ("completed", 3))

    assert (life.status, life.paid_at, life.completed_at) == (Stage.COMPLETED, at(3), at(3))


def test_shipping_does_not_count_as_paying():
    life = fold(("placed", 1), ("shipped", 3))

    assert (life.status, life.paid_at) == (Stage.SHIPPED, None)


def test_h9_a_cancelled_order_is_revived_by_completing_only():
    assert fold(("paid", 1), ("cancelled", 2), ("paid", 3)).status is Stage.CANCELLED
    life = fold(("paid", 1), ("cancelled", 2), ("completed", 3))
    assert (life.status, life.paid_at, life.cancelled_at) == (Stage.COMPLETED, at(3), None)
    assert fold(("paid", 1), ("completed", 2), ("cancelled", 3)).status is Stage.CANCELLED


def test_events_of_one_instant_are_ranked():
    assert fold(("cancelled", 2), ("completed", 2)).status is Stage.CANCELLED
    assert fold(("completed", 2), ("paid", 2)).paid_at == at(2)


def make_line(line_no=1, quantity=3, net=100):
    return Line(
        line_no=line_no,
        sku="A",
        name="",
        category="",
        brand="",
        quantity=quantity,
        unit_price=0,
        list_amount=net,
        discount=0,
        net=net,
    )


def ask(number, *parts, day=1, shipping=None):
    lines = tuple(RefundLineReport(line_no=n, quantity=q, amount=a) for n, q, a in parts)
    return RefundAsk(
        external_no=f"RF-{number}", occurred_at=at(day), lines=lines or None, shipping=shipping
    )


def amounts(*asks, lines=None, shipping=0):
    return [r.amount for r in commerce.fold_refunds(lines or [make_line()], shipping, asks)]


def test_h37_units_take_floors_and_the_last_the_rest():
    assert amounts(*(ask(n, (1, 1, None)) for n in range(3))) == [33, 33, 34]


def test_an_amount_drives_and_the_quantity_only_limits():
    assert amounts(ask(1, (1, 1, 90)), ask(2, (1, 2, None))) == [90, 10]
    with pytest.raises(commerce.RefundExceedsError):
        amounts(ask(1, (1, 1, 90)), ask(2, (1, 3, 10)))


def test_no_lines_take_all_that_is_left_shipping_too():
    [part, rest] = commerce.fold_refunds(
        [make_line(), make_line(2, 1, 50)], 800, [ask(1, (1, 1, None), shipping=300), ask(2, day=2)]
    )

    assert (part.amount, part.shipping) == (33, 300)
    assert (rest.amount, rest.shipping) == (117, 500)


@pytest.mark.parametrize(
    "asks",
    [
        [ask(1, (1, 4, None))],
        [ask(1, (1, None, 101))],
        [ask(1, (1, None, 60)), ask(2, (1, None, 60))],
        [ask(1, (1, None, None)), ask(2, (1, None, None), day=2)],
        [ask(1, (1, 1, None), shipping=1)],
    ],
)
def test_more_than_is_left_is_refused(asks):
    with pytest.raises(commerce.RefundExceedsError):
        amounts(*asks)


def test_a_line_the_order_does_not_have_is_refused():
    with pytest.raises(commerce.InvalidRefundError):
        amounts(ask(1, (9, 1, None)))


def test_a_refund_told_late_leaves_less_to_the_open_one_after_it():
    everything = ask(2, day=5)

    assert amounts(everything) == [100]
    assert amounts(everything, ask(1, (1, 1, None), day=2)) == [33, 67]


def test_a_line_that_cost_nothing_gives_its_points_back_by_quantity():
    line = make_line(net=0)
    line.refunded_quantity = 1

    assert line.taken(100) == 33
