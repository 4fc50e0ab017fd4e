"""Where an order's points, growth and tier could be lost or made: each was seen to happen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from loyalty import selectors as loyalty_selectors
from loyalty.settlement import services as settlement_services
from loyalty.types import Why
from members.commerce.models import OrderNumber
from members.commerce.types import LineReport, RefundLineReport, Stage
from members.programmes import services as programme_services
from points import selectors as points_selectors
from points import services as points_services
from points.types import Earn, Hold, Reverse, Spend
from tests.factories.members import make_member
from tests.factories.orders import at, event, figures, make_earning_shop, report, settle, settle_all

pytestmark = pytest.mark.django_db

POLICIES = ["pending_only", "within_balance", "allow_debt"]


@pytest.fixture
def shop():
    return make_earning_shop()


@pytest.fixture
def member(shop):
    return make_member(shop)


@pytest.fixture(autouse=True)
def _reconciled(db):
    yield
    assert list(points_selectors.reconcile()) == []


def use_policy(shop, name):
    programme_services.change_settings(
        programme_id=shop.programme.id,
        changes={"debt_policy": name},
        actor="test",
        reason="test",
        now=at(1),
    )


def post(shop, member, kind, now=None, **values):
    command = kind(
        member_id=member,
        programme_id=shop.programme.id,
        key=f"{kind.__name__}{values}",
        source=f"{kind.__name__}{values.get('points')}",
        occurred_at=now or at(1),
        **values,
    )
    return points_services.post(command=command, now=now or at(1))


def reserve(shop, member, points):
    post(shop, member, Earn, points=points)
    outcome = post(shop, member, Hold, points=points, expires_at=at(2), brand_id=shop.brand.id)
    return outcome.reservation_id


def entries(shop, member):
    page = points_selectors.list_entries(
        member_ids=[member],
        programme_id=shop.programme.id,
        currency="points",
        before=None,
        limit=50,
    )
    return page.entries


def one_line(amount, quantity=1):
    return (LineReport(line_no=1, sku="A", quantity=quantity, unit_price=amount),)


@pytest.mark.parametrize("policy", POLICIES)
def test_h5_a_refund_takes_the_growth_whatever_the_debt_policy(shop, member, policy):
    use_policy(shop, policy)

    [_, refunded] = settle(
        shop,
        report(member, status=Stage.PAID, lines=one_line(10000)),
        event("refunded", at(6), refund_no="RF-1"),
    )

    assert refunded.effects.growth_reversed == 100
    assert figures(member, "growth") == (0, 0, 0, 0)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("spent", [0, 30, 100])
def test_h5_an_earning_that_moves_to_another_time_makes_no_points(shop, member, policy, spent):
    """A policy leaves points where a refund finds them spent; this is no refund."""
    use_policy(shop, policy)
    told = report(member, status=Stage.COMPLETED, paid_at=at(3), lines=one_line(10000))
    settle(shop, told)
    if spent:
        post(shop, member, Spend, now=at(20), points=spent)

    [moved] = settle(shop, event("paid", at(2)))

    assert moved.order.run == 2
    assert figures(member) == (100 - spent, 0, 0, 0)


def test_h2_points_too_few_for_a_minor_unit_come_back_too():
    shop = make_earning_shop("yen", "JPY", "Asia/Tokyo")
    member = make_member(shop)
    held = reserve(shop, member, 50)
    paid = report(
        member,
        currency="JPY",
        status=Stage.PAID,
        reservation_id=held,
        lines=one_line(500, quantity=2),
    )
    settle(shop, paid, now=at(1))

    half = (RefundLineReport(line_no=1, quantity=1),)
    [part] = settle(shop, event("refunded", at(6), refund_no="RF-1", lines=half))
    [rest] = settle(shop, event("refunded", at(7), refund_no="RF-2"))

    assert (part.effects.points_returned, rest.effects.points_returned) == (25, 25)
    assert figures(member)[0] == 50


def test_a_number_reported_for_two_members_in_a_list_is_recorded_for_neither(shop, member):
    """The first is refused; the second must not be recorded under the first one's name."""
    other = make_member(shop)
    told = [report(member, status=Stage.PAID, reservation_id=77), report(other, status=Stage.PAID)]

    answers = settlement_services.settle(documents=told, storefront=shop.storefront, now=at(20))

    assert [answer.code for answer in answers] == ["reservation.unknown", "order.conflict"]
    assert not OrderNumber.objects.exists()
    settle(shop, report(other, status=Stage.PAID, lines=one_line(10000)))
    settle(shop, event("refunded", at(6), refund_no="RF-1"))
    assert figures(other) == (0, 0, 0, 0)


@pytest.mark.parametrize("together", [True, False])
def test_h12_a_reservation_pays_for_one_order(shop, member, together):
    """Cancelling the other order would release what pays for the first."""
    held = reserve(shop, member, 1000)
    told = [report(member, no, reservation_id=held, lines=one_line(10000)) for no in ("A", "B")]
    lists = [told] if together else [told[:1], told[1:]]

    answers = [
        answer
        for documents in lists
        for answer in settlement_services.settle(
            documents=documents, storefront=shop.storefront, now=at(1)
        )
    ]

    assert answers[0].created
    assert answers[1].code == "reservation.closed"
    settle(shop, event("paid", at(1, 14), "A"), now=at(1, 14))
    assert figures(member) == (0, 90, 0, 0)


def test_h30_a_term_that_ends_between_payment_and_report_is_renewed_by_the_order(shop, member):
    def big(number, paid, **changes):
        return report(member, number, placed_at=paid, lines=one_line(2_000_000), **changes)

    settle(shop, big("A", datetime(2024, 3, 10, 4, tzinfo=UTC), status=Stage.PAID))
    completed = datetime(2025, 3, 15, 4, tzinfo=UTC)
    settle(
        shop,
        big(
            "B",
            datetime(2025, 3, 8, 4, tzinfo=UTC),
            status=Stage.COMPLETED,
            completed_at=completed,
        ),
    )
    settle(shop, event("shipped", completed, "B"))

    history = loyalty_selectors.list_changes(member_ids=[member], programme_id=shop.programme.id)
    assert [change.why for change in history] == [Why.RENEWED, Why.UPGRADED]


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("kind", ["cancelled", "refunded"])
def test_h6_what_staff_reversed_by_hand_does_not_stop_the_order(shop, member, kind, together):
    settle(shop, report(member, status=Stage.PAID, lines=one_line(5000, quantity=2)))
    [earned] = [entry for entry in entries(shop, member) if entry.kind == "earn"]
    post(shop, member, Reverse, now=at(4), entry_id=earned.entry_id, points=60, cause="by hand")
    half = (RefundLineReport(line_no=1, amount=3000),)
    told = [event("refunded", at(5), refund_no="RF-1", lines=half)]
    told.append(event(kind, at(6), refund_no="RF-2" if kind == "refunded" else ""))

    part, rest = settle_all(shop, told) if together else settle(shop, *told)

    assert (part.effects.points_reversed, rest.effects.points_reversed) == (30, 10)
    assert rest.order.status == kind
    assert rest.order.points_taken == 100
    assert figures(member) == figures(member, "growth") == (0, 0, 0, 0)


def test_h2_points_staff_gave_back_by_hand_are_not_given_back_again(shop, member):
    held = reserve(shop, member, 1000)
    paid = report(member, status=Stage.PAID, reservation_id=held, lines=one_line(10000))
    settle(shop, paid, now=at(1))
    [spent] = [entry for entry in entries(shop, member) if entry.kind == "spend"]
    post(shop, member, Reverse, now=at(4), entry_id=spent.entry_id, cause="by hand")

    [cancelled] = settle(shop, event("cancelled", at(5)))

    assert cancelled.effects.points_returned == 0
    assert figures(member) == (1000, 0, 0, 0)


@pytest.mark.parametrize("same_member", [True, False])
def test_a_list_does_not_refund_the_order_that_had_its_number_before(shop, member, same_member):
    """An import whose invoice has a number that is taken must not refund what it names."""
    settle(shop, report(member, status=Stage.PAID, lines=one_line(10000)))
    buyer = member if same_member else make_member(shop)

    answers = settlement_services.settle(
        documents=[
            report(buyer, status=Stage.COMPLETED, lines=one_line(777)),
            event("refunded", at(5), refund_no="C-1"),
        ],
        storefront=shop.storefront,
        now=at(20),
    )

    assert [answer.code for answer in answers] == ["order.conflict", "order.conflict"]
    assert figures(member) == (0, 100, 0, 0)
