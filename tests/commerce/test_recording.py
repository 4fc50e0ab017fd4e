"""The content of an order, and the shares of its lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from members.commerce import services as commerce
from members.commerce.types import LineReport, Stage
from tests.factories.orders import at, report


def make(order, points=0):
    return commerce.make_order(
        order, order_id=1, programme_id=1, brand_id=1, storefront_id=1, points_used=points
    )


def test_the_content_leaves_out_status_times_reservation_and_attributes():
    first = report(1)
    later = replace(
        first,
        status=Stage.COMPLETED,
        paid_at=at(2),
        completed_at=at(3),
        placed_at=at(2),
        reservation_id=5,
        attributes={"till": 3},
        lines=tuple(reversed(first.lines)),
    )

    assert commerce.content_hash(first) == commerce.content_hash(later)


@pytest.mark.parametrize(
    "changes",
    [
        {"shipping": 1},
        {"currency": "GBP"},
        {"store": "S1"},
        {"coupons": ("cpn_1",)},
        {"lines": (LineReport(line_no=1, sku="A", quantity=3, unit_price=3333),)},
    ],
)
def test_anything_else_is_other_content(changes):
    assert commerce.content_hash(report(1)) != commerce.content_hash(report(1, **changes))


def test_a_line_may_carry_an_exact_amount():
    exact = LineReport(line_no=1, sku="A", quantity=3, unit_price=33, list_amount=100)

    order = make(report(1, lines=(exact,)))

    assert (order.goods, order.net) == (100, 100)


def test_h36_points_that_pay_are_shared_over_the_lines_and_are_no_net():
    order = make(report(1), points=1000)

    assert [line.points_share for line in order.lines] == [1000, 0]
    assert order.points_paid == 1000
    assert order.net == 9000
    assert order.payable == 9000


def test_the_leftover_unit_goes_to_the_first_line():
    thirds = tuple(LineReport(line_no=n, sku="A", quantity=1, unit_price=100) for n in (1, 2, 3))

    order = make(report(1, lines=thirds), points=100)

    assert [line.points_share for line in order.lines] == [34, 33, 33]


def test_points_worth_more_than_the_goods_are_refused():
    with pytest.raises(commerce.InvalidOrderError):
        make(report(1), points=10001)


def test_completed_without_times_happened_when_it_was_placed():
    facts = list(commerce.facts_of(report(1, status=Stage.COMPLETED)))

    assert [fact.kind for fact in facts] == [Stage.PLACED, Stage.PAID, Stage.COMPLETED]
    assert {fact.occurred_at for fact in facts} == {at(1)}
