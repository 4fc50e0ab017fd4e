"""Orders that earn by rows of rules, settled against the real ledger."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection

from loyalty.earning.models import EarnUsage
from loyalty.earning.types import Action, Rule, Validity
from loyalty.settlement import selectors
from members.commerce.types import LineReport, RefundLineReport, Stage
from points import selectors as points_selectors
from tests.factories.loyalty import publish_rules
from tests.factories.members import make_member
from tests.factories.orders import at, event, figures, make_earning_shop, report, settle, settle_all
from tests.factories.points import Book
from tests.factories.programmes import Shop
from tests.members.test_merging import merge

pytestmark = pytest.mark.django_db
WEEK = Validity(unit="days", count=7)


@pytest.fixture
def shop() -> Shop:
    return make_earning_shop()


@pytest.fixture
def member(shop: Shop) -> int:
    return make_member(shop)


def rule(code: str, action: str, value: str = "0", **changes: Any) -> Rule:
    return Rule(code=code, action=Action(action), value=Fraction(value), **changes)


def goods(*prices: int, **facts: Any) -> tuple[LineReport, ...]:
    return tuple(
        LineReport(line_no=number, sku=f"S{number}", quantity=1, unit_price=price, **facts)
        for number, price in enumerate(prices, 1)
    )


def paid(member: int, number: str = "SO-1", **changes: Any) -> Any:
    values: dict[str, Any] = {"status": Stage.PAID, "lines": goods(10_000)}
    return report(member, number, **values | changes)


def entries(member: int) -> list[tuple[str, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.kind, e.rule, e.points FROM points_entry e"
            " JOIN points_account a ON a.member_id = e.member_id AND a.id = e.account_id"
            " WHERE e.member_id = %s AND a.currency = 'points' ORDER BY e.id",
            [member],
        )
        return list(cursor.fetchall())


def lots(member: int) -> list[tuple[int, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.remaining, l.expires_at FROM points_lot l"
            " JOIN points_account a ON a.member_id = l.member_id AND a.id = l.account_id"
            " WHERE l.member_id = %s AND a.currency = 'points' ORDER BY l.id",
            [member],
        )
        return list(cursor.fetchall())


def test_an_order_is_one_entry_and_tells_every_rule(shop, member):
    publish_rules(shop, rule("tea", "factor", "2", goods=("category:tea",)))

    [told] = settle(shop, paid(member, lines=goods(10_000, category="tea")))

    assert entries(member) == [("earn", "purchase", 200)]
    rows = selectors.list_explain_rows(orders=[told.order])[told.order.id]
    assert [(row.rule, row.points) for row in rows] == [("purchase", 100), ("tea", 100)]


def test_lots_split_only_where_the_validity_differs(shop, member):
    publish_rules(
        shop,
        rule("d11", "factor", "2"),
        rule("gift", "bonus", "50", validity=WEEK),
        rule("other", "bonus", "5", validity=WEEK),
    )

    settle(shop, paid(member, paid_at=at(2)))

    assert entries(member) == [("earn", "purchase", 200), ("earn", "gift", 55)]
    assert [(left, until.isoformat()) for left, until in lots(member)] == [
        (200, "2028-11-30T16:00:00+00:00"),
        (55, "2026-11-09T16:00:00+00:00"),
    ]


def test_h26_a_campaign_that_ended_while_the_payment_was_under_way_still_counts(shop, member):
    publish_rules(shop, rule("d11", "factor", "3", starts_at=at(3), ends_at=at(4)))

    settle(shop, paid(member, placed_at=at(4, 11), paid_at=at(5)))
    settle(shop, paid(member, "SO-2", placed_at=at(4, 12), paid_at=at(5)))

    assert figures(member)[1] == 300 + 100


def test_h13_the_first_order_is_rewarded_once_however_orders_come(shop, member):
    publish_rules(shop, rule("welcome", "bonus", "100", first_order=True))
    other = make_member(shop)

    settle_all(shop, [paid(member), paid(member, "SO-2"), paid(other, "SO-3")])
    settle(shop, paid(member, "SO-4"), paid(other, "SO-5"))
    # What is cancelled has been the first order all the same: it may come back.
    settle(shop, event("cancelled", at(6)), paid(member, "SO-6"))

    assert figures(member)[1] == 300
    assert figures(other)[1] == 300


def test_caps_of_a_day_hold_over_orders_and_lists(shop, member):
    publish_rules(shop, rule("d11", "factor", "2", caps={"day": 150, "month": 220}))

    settle_all(shop, [paid(member), paid(member, "SO-2")])
    # 15:00 UTC is the programme's next day.
    settle(shop, paid(member, "SO-3", placed_at=at(1, 23) + timedelta(hours=2), paid_at=at(2)))

    assert figures(member)[1] == 300 + 150 + 70
    assert dict(EarnUsage.objects.values_list("period", "used")) == {
        "day:2026-11-01": 150,
        "day:2026-11-02": 70,
        "month:2026-11": 220,
    }


def test_h9_a_revived_order_earns_what_it_did_in_the_same_parts(shop, member):
    publish_rules(shop, rule("gift", "bonus", "50", validity=WEEK, caps={"day": 50}))

    settle(shop, paid(member), event("cancelled", at(6)), event("completed", at(7)))

    assert [points for kind, _rule, points in entries(member) if kind == "earn"] == [100, 50] * 2
    balance = points_selectors.get_balance(
        member_id=member, programme_id=shop.programme.id, at=at(20), now=at(20)
    )
    # Nothing is left of what lapsed on the 9th.
    assert (balance.available, balance.pending, balance.debt) == (100, 0, 0)
    assert EarnUsage.objects.get().used == 50


def test_excluded_goods_earn_nothing_and_still_count_as_growth(shop, member):
    publish_rules(shop, rule("cards", "excluded", goods=("sku:S1",)))

    [told] = settle(shop, paid(member))

    assert (told.order.points, told.order.growth) == (0, 100)
    assert entries(member) == []
    assert told.order.lines[0].earn_rule == "cards"


@pytest.mark.parametrize("seed", range(12))
def test_h3_any_sequence_of_partial_refunds_takes_back_all_and_no_more(shop, member, seed):
    draw = random.Random(seed)
    publish_rules(
        shop,
        rule("tea", "factor", "3/2", goods=("sku:S1", "sku:S3")),
        rule("odd", "factor", "2/3", goods=("sku:S2",)),
        rule("gift", "bonus", str(draw.randint(1, 99)), validity=WEEK),
        rule("more", "extra", "1/700", validity=Validity(unit="months", count=1), caps={"day": 40}),
    )
    prices = [draw.randint(0, 30_000) for _ in range(4)]
    [told] = settle(shop, paid(member, lines=goods(*prices), paid_at=at(2)))
    earned = told.order.points
    left = list(prices)
    taken, number = 0, 0

    while any(left):
        number += 1
        lines = tuple(
            RefundLineReport(line_no=index + 1, amount=draw.randint(1, amount))
            for index, amount in enumerate(left)
            if amount and draw.random() < 0.7
        )
        if not lines:
            continue
        refund = event("refunded", at(3), refund_no=f"RF-{number}", lines=lines)
        [after] = settle(shop, refund, now=at(3))
        taken += after.effects.points_reversed
        for line in lines:
            assert line.amount is not None
            left[line.line_no - 1] -= line.amount
        assert 0 <= taken <= earned
        # A refund that repeats takes nothing twice.
        assert settle(shop, refund, now=at(3))[0].replayed

    assert taken == earned
    assert figures(member) == (0, 0, 0, 0)
    assert sum(points for _kind, _rule, points in entries(member)) == 0


def of_rules(member: int) -> dict[str, int]:
    """Return what is left of each entry of the member's only order, by the rule it names."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.rule, e.points - coalesce(sum(r.settles), 0) FROM points_entry e"
            " JOIN points_account a ON a.member_id = e.member_id AND a.id = e.account_id"
            " LEFT JOIN points_entry r ON r.member_id = e.member_id AND r.reverses = e.id"
            " WHERE e.member_id = %s AND e.kind = 'earn' AND a.currency = 'points'"
            " GROUP BY e.id, e.rule, e.points",
            [member],
        )
        return dict(cursor.fetchall())


def refund(number: str, **amounts: int) -> Any:
    lines = tuple(
        RefundLineReport(line_no=int(line.removeprefix("line")), amount=amount)
        for line, amount in amounts.items()
    )
    return event("refunded", at(3), refund_no=number, lines=lines)


def test_h3_a_returned_line_takes_its_own_points(shop, member):
    publish_rules(shop, rule("week", "extra", "3/100", goods=("sku:S2",), validity=WEEK))
    settle(shop, paid(member, lines=goods(10_000, 10_000), paid_at=at(2)))
    assert of_rules(member) == {"purchase": 200, "week": 300}

    settle(shop, refund("RF-1", line1=5_000), now=at(3))
    assert of_rules(member) == {"purchase": 150, "week": 300}

    # Of the second line first what lasts as the programme says, then what lasts a week.
    [told] = settle(shop, refund("RF-2", line2=5_000), now=at(3))
    assert told.effects.points_reversed == 200
    assert of_rules(member) == {"purchase": 50, "week": 200}

    settle(shop, refund("RF-3", line1=5_000, line2=5_000), now=at(3))
    assert of_rules(member) == {"purchase": 0, "week": 0}


def test_h3_what_an_entry_has_no_longer_comes_off_the_others(shop, member):
    publish_rules(shop, rule("week", "extra", "3/100", goods=("sku:S2",), validity=WEEK))
    settle(shop, paid(member, lines=goods(10_000, 10_000), paid_at=at(2)))
    page = points_selectors.list_entries(member_ids=[member], programme_id=shop.programme.id)
    week = next(entry for entry in page.entries if entry.rule == "week")
    book = Book(shop.programme.id, member, now=at(3))
    book.reverse(250, entry_id=week.entry_id)

    [told] = settle(shop, refund("RF-1", line2=10_000), now=at(3))

    # 100 and 300 are the line's; 50 of the 300 are there, and 100 more of the first entry.
    assert of_rules(member) == {"purchase": 0, "week": 0}
    assert told.effects.points_reversed == 250


def test_h3_a_refund_before_the_payment_takes_the_lines_own_points_too(shop, member):
    publish_rules(shop, rule("week", "extra", "3/100", goods=("sku:S2",), validity=WEEK))
    settle(shop, paid(member, lines=goods(10_000, 10_000), status=Stage.PLACED, paid_at=None))
    settle(shop, refund("RF-1", line1=5_000), now=at(3))

    settle(shop, paid(member, lines=goods(10_000, 10_000), paid_at=at(4)), now=at(4))

    assert of_rules(member) == {"purchase": 150, "week": 300}


def test_caps_and_first_orders_are_a_persons_also_for_accounts_that_became_one(shop, member):
    publish_rules(
        shop,
        rule("d11", "factor", "2", caps={"month": 150}),
        rule("welcome", "bonus", "7", first_order=True),
    )
    other = make_member(shop)
    settle(shop, paid(other))
    merge(member, other, at(2))

    # One comes for the survivor, one late for the old account.
    settle(shop, paid(member, "SO-2"), paid(other, "SO-3"))

    assert dict(EarnUsage.objects.filter(member_id=member).values_list("period", "used")) == {
        "month:2026-11": 150
    }
    earned = [points for kind, _rule, points in entries(member) + entries(other) if kind == "earn"]
    assert sum(earned) == 3 * 100 + 150 + 7
