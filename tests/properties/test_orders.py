"""Whatever the order in which reports come, the end is the same; parts add up to the whole."""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from members.commerce import services as commerce
from members.commerce.types import Fact, Line, RefundAsk, RefundLineReport, Stage
from points import services as points_services
from points.types import Earn, Hold
from tests.factories.members import make_member
from tests.factories.orders import at, event, figures, make_earning_shop, report, settle_all

PART = (RefundLineReport(line_no=1, quantity=1),)
MONEY = (RefundLineReport(line_no=1, amount=1234), RefundLineReport(line_no=2))


def _state(member_id, settled):
    order = settled.order
    return (
        order.status,
        order.paid_at,
        order.completed_at,
        order.available_at,
        order.refunded,
        order.refunded_shipping,
        order.points - order.points_taken,
        order.growth - order.growth_taken,
        order.spend - order.spend_taken,
        figures(member_id),
        figures(member_id, "growth"),
    )


def _ends(shop, tellings, now, reservations=None):
    """Tell each member's order its events in one of the orders; all members in step.

    Each round is one list of documents, so that lists are put to the test as well.
    """
    members = [make_member(shop) for _ in tellings]
    held = reservations(members) if reservations else [None] * len(members)
    rounds: list[list[Any]] = [
        [
            report(member, f"SO-{member}", shipping=500, reservation_id=reservation)
            for member, reservation in zip(members, held, strict=True)
        ]
    ]
    for told in zip(*tellings, strict=True):
        rounds.append(
            [
                event(**{**happened, "order_no": f"SO-{member}"})
                for member, happened in zip(members, told, strict=True)
            ]
        )
    for documents in rounds:
        answers = settle_all(shop, documents, now=now)
    return [_state(member, answer) for member, answer in zip(members, answers, strict=True)]


STORIES = {
    "refunds": [
        {"kind": "paid", "when": at(2)},
        {"kind": "completed", "when": at(3)},
        {"kind": "refunded", "when": at(4), "refund_no": "RF-1", "lines": PART},
        {"kind": "refunded", "when": at(5), "refund_no": "RF-2", "lines": MONEY},
    ],
    "all that is left": [
        {"kind": "paid", "when": at(2)},
        {"kind": "refunded", "when": at(4), "refund_no": "RF-1", "lines": PART},
        {"kind": "completed", "when": at(5)},
        {"kind": "refunded", "when": at(6), "refund_no": "RF-2"},
    ],
    "cancelled": [
        {"kind": "paid", "when": at(2)},
        {"kind": "shipped", "when": at(3)},
        {"kind": "refunded", "when": at(4), "refund_no": "RF-1", "lines": PART},
        {"kind": "cancelled", "when": at(5)},
    ],
    "h9 flip flop": [
        {"kind": "paid", "when": at(2)},
        {"kind": "completed", "when": at(3)},
        {"kind": "cancelled", "when": at(4)},
        {"kind": "completed", "when": at(5)},
    ],
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("now", [at(9), at(20)], ids=["in the window", "after it"])
def test_every_permutation_of_events_ends_the_same(name, now):
    shop = make_earning_shop()
    tellings = list(permutations(STORIES[name]))

    ends = _ends(shop, tellings, now)

    nothing_left = name in ("cancelled", "all that is left")
    assert (ends[0][-2] == (0, 0, 0, 0)) == nothing_left
    for told, end in zip(tellings, ends, strict=True):
        assert end == ends[0], told


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["refunds", "cancelled", "h9 flip flop"])
def test_every_permutation_ends_the_same_when_points_pay(name):
    """A cancellation known before the payment releases the points; reviving spends anew."""
    shop = make_earning_shop()
    tellings = list(permutations(STORIES[name]))

    def reservations(members):
        for member in members:
            give(shop, member, 5000)
        return [hold(shop, member, 3001) for member in members]

    ends = _ends(shop, tellings, at(20), reservations)

    for told, end in zip(tellings, ends, strict=True):
        assert end == ends[0], told


def give(shop, member_id, points):
    points_services.post(
        command=Earn(
            member_id=member_id,
            programme_id=shop.programme.id,
            key="gift",
            source="gift",
            occurred_at=at(1),
            points=points,
        ),
        now=at(1),
    )


def hold(shop, member_id, points):
    outcome = points_services.post(
        command=Hold(
            member_id=member_id,
            programme_id=shop.programme.id,
            key="hold",
            source="cart",
            occurred_at=at(1),
            points=points,
            expires_at=at(28),
            brand_id=shop.brand.id,
        ),
        now=at(1),
    )
    return outcome.reservation_id


lines = st.lists(
    st.tuples(st.integers(1, 7), st.integers(0, 10**6), st.integers(0, 1000)),
    min_size=1,
    max_size=5,
)


def _line(number, quantity, net, points):
    return Line(
        line_no=number,
        sku="A",
        name="",
        category="",
        brand="",
        quantity=quantity,
        unit_price=0,
        list_amount=net,
        discount=0,
        net=net,
        points_earned=points,
    )


@settings(deadline=None, max_examples=300)
@given(lines, st.data())
def test_h3_parts_add_up_to_the_whole_in_any_order(drawn, data):
    """Refund units one or more at a time, in any order, and then what is left."""
    order_lines = [_line(n, *values) for n, values in enumerate(drawn, start=1)]
    units = [line.line_no for line in order_lines for _ in range(line.quantity)]
    units = data.draw(st.permutations(units))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(units)), max_size=6)) | {0, len(units)})
    asks = []
    for number, (start, stop) in enumerate(pairwise(cuts)):
        taken = units[start:stop]
        asks.append(
            RefundAsk(
                external_no=f"RF-{number}",
                occurred_at=at(1 + number),
                lines=tuple(
                    RefundLineReport(line_no=n, quantity=taken.count(n)) for n in sorted(set(taken))
                ),
                shipping=None,
            )
        )

    refunds = commerce.fold_refunds(order_lines, 0, data.draw(st.permutations(asks)))

    given_back = {line.line_no: 0 for line in order_lines}
    points = {line.line_no: 0 for line in order_lines}
    for refund in refunds:
        for part in refund.lines:
            line = order_lines[part.line_no - 1]
            before = line.taken(line.points_earned)
            line.refunded += part.amount
            line.refunded_quantity += part.quantity
            assert line.taken(line.points_earned) >= before
            points[line.line_no] += line.taken(line.points_earned) - before
            given_back[line.line_no] += part.amount
    assert given_back == {line.line_no: line.net for line in order_lines}
    assert points == {line.line_no: line.points_earned for line in order_lines}


kinds = st.sampled_from([Stage.PAID, Stage.SHIPPED, Stage.COMPLETED, Stage.CANCELLED])


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(kinds, st.integers(1, 9)), max_size=8), st.data())
def test_the_state_depends_on_when_things_happened_only(told, data):
    facts = [Fact(kind, at(day)) for kind, day in told]
    again = data.draw(st.permutations(facts + facts))

    assert commerce.fold(facts) == commerce.fold(again)
