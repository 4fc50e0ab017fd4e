"""The hard cases of orders, by name, against the real ledger and tiers."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from config.kernel.models import OutboxEvent
from loyalty import selectors as loyalty_selectors
from loyalty.earning import services as earning_services
from loyalty.earning.types import RulesDraft
from loyalty.settlement import services as settlement_services
from loyalty.settlement.services import announcing
from members.commerce import services as commerce
from members.commerce.models import Order, OrderEvent, OrderLine, OrderNumber
from members.commerce.types import LineReport, RefundLineReport, Stage
from members.programmes import services as programme_services
from points import selectors as points_selectors
from points import services as points_services
from points.types import Earn, Hold, Spend
from tests.factories.members import make_member
from tests.factories.orders import (
    at,
    event,
    figures,
    make_earning_shop,
    report,
    settle,
    settle_all,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_earning_shop()


@pytest.fixture
def member(shop):
    return make_member(shop)


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


def reserve(shop, member, points, expires=None):
    post(shop, member, Earn, points=points)
    outcome = post(
        shop, member, Hold, points=points, expires_at=expires or at(2), brand_id=shop.brand.id
    )
    return outcome.reservation_id


def one_line(amount, **changes):
    return (LineReport(line_no=1, sku="A", quantity=1, unit_price=amount, **changes),)


def change_rules(shop, rate, from_at):
    version = earning_services.draft_rules(
        programme_id=shop.programme.id,
        draft=RulesDraft(rate=rate, growth_rate=Fraction(1, 100), from_at=from_at),
        actor="test",
        reason="test",
        now=from_at - timedelta(days=1),
    )
    earning_services.publish_rules(
        programme_id=shop.programme.id,
        version=version,
        actor="test",
        reason="test",
        now=from_at - timedelta(days=1),
    )


def test_h4_a_refund_takes_back_what_was_given_though_the_rule_changed(shop, member):
    settle(shop, report(member, status=Stage.PAID, lines=one_line(10000)))
    change_rules(shop, Fraction(2, 100), at(5))

    [refunded] = settle(shop, event("refunded", at(6), refund_no="RF-1"))

    assert refunded.effects.points_reversed == 100
    assert figures(member) == (0, 0, 0, 0)


def test_h4_an_order_revived_after_the_rule_changed_earns_what_it_did(shop, member):
    settle(shop, report(member, status=Stage.PAID, lines=one_line(10000)))
    change_rules(shop, Fraction(2, 100), at(5))

    settle(shop, event("cancelled", at(6)), event("completed", at(7)))

    assert figures(member) == (100, 0, 0, 0)


def test_h26_the_rules_are_those_of_when_the_order_was_placed(shop, member):
    change_rules(shop, Fraction(2, 100), at(5))

    [paid] = settle(
        shop,
        report(member, status=Stage.PAID, placed_at=at(4), paid_at=at(6), lines=one_line(10000)),
    )

    assert paid.order.points == 100


@pytest.mark.parametrize(
    ("policy", "after", "reversed_", "debt", "deduction"),
    [
        ("allow_debt", (0, 0, 0, 80), 100, 80, 0),
        ("within_balance", (0, 0, 0, 0), 20, 0, 80),
        ("pending_only", (20, 0, 0, 0), 0, 0, 100),
    ],
)
def test_h5_spent_points_follow_the_programmes_policy(
    shop, member, policy, after, reversed_, debt, deduction
):
    programme_services.change_settings(
        programme_id=shop.programme.id,
        changes={"debt_policy": policy},
        actor="test",
        reason="test",
        now=at(1),
    )
    settle(shop, report(member, status=Stage.COMPLETED, lines=one_line(10000)))
    post(shop, member, Spend, now=at(12), points=80)

    [refunded] = settle(shop, event("refunded", at(13), refund_no="RF-1"))
    [again] = settle(shop, event("refunded", at(13), refund_no="RF-1"))

    assert figures(member) == after
    assert refunded.effects.points_reversed == reversed_
    assert refunded.effects.points_debt == debt
    assert refunded.effects.refund_deduction == deduction
    assert again.effects == refunded.effects


def test_h11_a_payment_whose_reservation_has_lapsed_is_refused_and_leaves_nothing(shop, member):
    held = reserve(shop, member, 1000)
    settle(shop, report(member, reservation_id=held, lines=one_line(10000)), now=at(1))

    with pytest.raises(points_services.ReservationExpiredError):
        settle(shop, event("paid", at(3)), now=at(3))

    assert Order.objects.get().status == "placed"
    assert OrderEvent.objects.count() == 1
    assert figures(member, "growth") == (0, 0, 0, 0)


def test_h12_a_placed_order_keeps_its_reservation_for_a_day(shop, member):
    held = reserve(shop, member, 1000, expires=at(1, 13))
    settle(shop, report(member, reservation_id=held, lines=one_line(10000)), now=at(1))

    [paid] = settle(shop, event("paid", at(2, 11)), now=at(2, 11))

    assert paid.order.status is Stage.PAID
    assert figures(member) == (0, 90, 0, 0)


def test_h25_pending_points_mature_once_at_the_same_hour(shop, member):
    settle(shop, report(member, status=Stage.PAID, lines=one_line(10000)), now=at(1))
    settle(shop, event("completed", at(2)), event("completed", at(2)), now=at(3))

    def available(when):
        return points_selectors.get_balance(
            member_id=member, programme_id=shop.programme.id, at=when, now=at(3)
        ).available

    assert available(at(9) - timedelta(seconds=1)) == 0
    assert available(at(9)) == 100
    assert available(at(20)) == 100


def test_h27_spending_points_does_not_lower_the_tier(shop, member):
    settle(
        shop,
        report(
            member,
            status=Stage.COMPLETED,
            completed_at=at(1) - timedelta(days=30),
            paid_at=at(1) - timedelta(days=31),
            placed_at=at(1) - timedelta(days=31),
            lines=one_line(300_000),
        ),
        now=at(1),
    )

    post(shop, member, Spend, points=3000)

    assert figures(member) == (0, 0, 0, 0)
    standing = loyalty_selectors.get_standing(
        member_ids=[member], programme_id=shop.programme.id, at=at(2)
    )[member]
    assert standing.tier.code == "bronze"
    assert standing.amount == 300_000


def test_h28_points_that_pay_are_no_spend(shop, member):
    held = reserve(shop, member, 1000)

    [paid] = settle(
        shop,
        report(member, status=Stage.PAID, reservation_id=held, lines=one_line(300_000)),
        now=at(1),
    )

    assert paid.order.net == 299_000
    assert paid.order.tier_after == "ordinary"
    standing = loyalty_selectors.get_standing(
        member_ids=[member], programme_id=shop.programme.id, at=at(1)
    )[member]
    assert standing.amount == 299_000


def test_h39_a_line_voided_before_the_payment_earns_nothing_in_the_end(shop, member):
    void = (RefundLineReport(line_no=1),)
    settle(shop, report(member))

    settle(shop, event("refunded", at(2), refund_no="RF-1", lines=void), event("paid", at(3)))

    assert figures(member) == (0, 0, 0, 0)
    assert figures(member, "growth") == (0, 0, 0, 0)


def test_h37_an_order_rounds_once_and_the_remainder_goes_to_the_first_lines(shop, member):
    lines = tuple(LineReport(line_no=n, sku="A", quantity=1, unit_price=150) for n in (1, 2, 3))

    [paid] = settle(shop, report(member, status=Stage.PAID, lines=lines))

    assert paid.order.points == 4
    assert [line.points_earned for line in paid.order.lines] == [2, 1, 1]


def test_an_order_worth_no_point_moves_none(shop, member):
    [paid] = settle(shop, report(member, status=Stage.PAID, lines=one_line(99)))
    [refunded] = settle(shop, event("refunded", at(2), refund_no="RF-1"))

    assert paid.order.points == 0
    assert refunded.order.status is Stage.REFUNDED
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM points_entry")
        assert cursor.fetchone() == (0,)


def test_a_free_order_is_settled(shop, member):
    [paid] = settle(shop, report(member, status=Stage.COMPLETED, lines=one_line(0)))
    [refunded] = settle(shop, event("refunded", at(2), refund_no="RF-1"))

    assert (paid.order.points, paid.order.status) == (0, Stage.COMPLETED)
    assert refunded.order.status is Stage.REFUNDED


def test_an_order_paid_by_points_alone_gives_them_back_by_quantity(shop, member):
    held = reserve(shop, member, 1000)
    lines = (LineReport(line_no=1, sku="A", quantity=4, unit_price=250),)
    settle(shop, report(member, status=Stage.PAID, reservation_id=held, lines=lines), now=at(1))

    one = (RefundLineReport(line_no=1, quantity=1),)
    [part] = settle(shop, event("refunded", at(2), refund_no="RF-1", lines=one))
    [rest] = settle(shop, event("refunded", at(3), refund_no="RF-2"))

    assert (part.effects.points_returned, rest.effects.points_returned) == (250, 750)
    assert rest.order.status is Stage.REFUNDED
    assert figures(member) == (1000, 0, 0, 0)


def test_a_payment_told_late_moves_the_earning_to_its_own_time(shop, member):
    settle(shop, report(member, lines=one_line(10000)), event("completed", at(5)))

    [moved] = settle(shop, event("paid", at(2)))

    assert moved.order.run == 2
    assert moved.order.counted_at == at(2)
    assert figures(member) == (100, 0, 0, 0)
    assert figures(member, "growth") == (100, 0, 0, 0)


def test_a_revived_order_spends_its_points_anew_or_is_refused(shop, member):
    held = reserve(shop, member, 1000, expires=at(28))
    settle(
        shop,
        report(member, status=Stage.PAID, reservation_id=held, lines=one_line(10000)),
        event("cancelled", at(2)),
        now=at(2),
    )
    assert figures(member)[0] == 1000
    post(shop, member, Spend, now=at(3), points=500)

    with pytest.raises(points_services.InsufficientPointsError):
        settle(shop, event("completed", at(4)))
    post(shop, member, Earn, now=at(5), points=500)
    [revived] = settle(shop, event("completed", at(4)))

    assert revived.order.status is Stage.COMPLETED
    assert figures(member) == (90, 0, 0, 0)


def test_a_refused_document_moves_nothing_and_stops_nothing(shop, member):
    answers = settlement_services.settle(
        documents=[
            report(member, "SO-1", status=Stage.PAID),
            report(member, "SO-2", currency="GBP"),
            event("refunded", at(2), "SO-1", refund_no="RF-1", shipping=1, lines=()),
            event("paid", at(2), "SO-9"),
            report(member, "SO-3", status=Stage.PAID, reservation_id=77),
            event("completed", at(2), "SO-1"),
        ],
        storefront=shop.storefront,
        now=at(20),
    )

    codes = [getattr(answer, "code", "done") for answer in answers]
    assert codes == [
        "done",
        "order.currency_mismatch",
        "refund.exceeds",
        "order.unknown",
        "reservation.unknown",
        "done",
    ]
    assert list(OrderNumber.objects.values_list("external_no", flat=True)) == ["SO-1"]
    assert figures(member) == (100, 0, 0, 0)


def test_a_failure_before_the_commit_leaves_nothing(shop, member, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("the plug was pulled")

    monkeypatch.setattr(announcing, "events_of", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        settle(shop, report(member, status=Stage.PAID))

    for model in (Order, OrderLine, OrderEvent, OrderNumber):
        assert not model.objects.exists()
    assert figures(member) == (0, 0, 0, 0)


def test_a_list_tells_of_itself_once_when_it_is_an_import(shop):
    members = [make_member(shop) for _ in range(3)]
    before = OutboxEvent.objects.count()

    settlement_services.settle(
        documents=[report(m, f"SO-{m}", status=Stage.PAID) for m in members],
        storefront=shop.storefront,
        now=at(20),
        announce=False,
    )

    [told] = OutboxEvent.objects.order_by("id")[before:]
    assert told.name == "commerce.orders_imported.v1"
    assert told.payload["orders"] == 3


def test_the_ledger_reconciles_after_all_of_it(shop):
    members = [make_member(shop) for _ in range(4)]
    settle_all(shop, [report(m, f"SO-{m}", status=Stage.COMPLETED, shipping=9) for m in members])
    settle_all(
        shop,
        [
            event("refunded", at(2), f"SO-{members[0]}", refund_no="RF-1"),
            event("cancelled", at(3), f"SO-{members[1]}"),
            event("paid", at(1), f"SO-{members[2]}"),
        ],
    )
    out = StringIO()

    call_command("reconcile", stdout=out)

    assert "differences: 0" in out.getvalue()


def test_the_order_of_another_member_of_that_number_is_refused(shop, member):
    settle(shop, report(member))

    with pytest.raises(commerce.OrderConflictError):
        settle(shop, report(make_member(shop)))
