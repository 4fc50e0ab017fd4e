"""The rules of tiers on one member's state: thresholds, terms, refunds, ladders replaced."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty import calendar, standings
from loyalty.standings import State
from loyalty.types import Ladder, Measure, Tier, Why

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMES = ("ordinary", "bronze", "silver", "gold", "diamond")
THRESHOLDS = (0, 3_000_00, 8_000_00, 20_000_00, 50_000_00)


def ladder(**changes: object) -> Ladder:
    settings: dict[str, Any] = {
        "programme_id": 1,
        "version": 1,
        "measure": Measure.ROLLING_SPEND,
        "validity_months": 12,
        "grace_days": 0,
        "steps_down": 1,
        "published_at": datetime(2020, 1, 1, tzinfo=UTC),
        "thresholds": THRESHOLDS,
        "names": NAMES,
        **changes,
    }
    rungs = zip(settings.pop("names"), settings.pop("thresholds"), strict=True)
    tiers = tuple(
        Tier(code=c, rank=i, name_zh=c, name_en=c, threshold=t, multiplier=Fraction(1))
        for i, (c, t) in enumerate(rungs)
    )
    return Ladder(tiers=tiers, **settings)


def state(rules: Ladder | None = None, zone: ZoneInfo = SHANGHAI) -> State:
    rules = rules or ladder()
    return State(member_id=7, ladder=rules, zone=zone, ladder_version=rules.version)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def buy(member: State, yuan: float, when: str, source: str = "order:1") -> str:
    amount = round(yuan * 100)
    standings.count(member, spend=amount, growth=amount // 100, source=source, at=at(when))
    return member.tier.code


def refund(member: State, yuan: float, bought: str, when: str, source: str = "order:1") -> str:
    amount = round(yuan * 100)
    day = calendar.day_of(at(bought), SHANGHAI)
    standings.take_back(
        member, day=day, spend=amount, growth=amount // 100, source=source, at=at(when)
    )
    return member.tier.code


@pytest.mark.parametrize(
    ("spend", "tier"),
    [
        (0, "ordinary"),
        (2_999.99, "ordinary"),
        (3_000, "bronze"),
        (3_000.01, "bronze"),
        (7_999.99, "bronze"),
        (8_000, "silver"),
        (19_999.99, "silver"),
        (20_000, "gold"),
        (49_999.99, "gold"),
        (50_000, "diamond"),
        (5_000_000, "diamond"),
    ],
)
def test_h29_boundary_counts_and_jumps_go_up_at_once(spend: float, tier: str):
    assert buy(state(), spend, "2026-03-10") == tier


@pytest.mark.parametrize(
    ("spent", "order", "tier"),
    # The current order counts at once, as in erpnext-tier-01..05.
    [(0, 2_000, "ordinary"), (0, 4_500, "bronze"), (2_900, 100, "bronze"), (7_999, 1, "silver")],
)
def test_the_order_itself_counts_at_once(spent: int, order: int, tier: str):
    member = state()
    buy(member, spent, "2026-01-01", "order:1")

    assert buy(member, order, "2026-01-02", "order:2") == tier


@pytest.mark.parametrize(
    ("bought", "looked_at", "counts"),
    [
        ("2025-03-11", "2026-03-10T23:59:59", True),
        ("2025-03-10T23:59:59", "2026-03-10", False),
        # A month that is too short ends on its last day.
        ("2024-02-29", "2025-02-28", True),
        ("2024-02-28", "2025-02-28", False),
        ("2023-03-01", "2024-02-29", True),
        ("2023-02-28", "2024-02-29", False),
    ],
)
def test_h22_the_window_is_twelve_months_to_the_local_day(bought, looked_at, counts):
    member = state()
    buy(member, 5, bought)

    amount = member.amount(calendar.day_of(at(looked_at), SHANGHAI))

    assert amount == (500 if counts else 0)


def test_h21_the_day_is_the_programmes_day():
    moment = datetime(2026, 3, 10, 16, 30, tzinfo=UTC)  # 00:30 on the 11th in Shanghai
    day_there = calendar.day_of(moment, SHANGHAI)
    day_here = calendar.day_of(moment, ZoneInfo("America/New_York"))

    assert calendar.date_of(day_there).isoformat() == "2026-03-11"
    assert calendar.date_of(day_here).isoformat() == "2026-03-10"


@pytest.mark.parametrize(
    ("zone", "day", "until"),
    [
        ("Asia/Shanghai", "2025-03-10", "2026-03-10T16:00:00+00:00"),
        ("Europe/London", "2025-03-29", "2026-03-30T00:00:00+01:00"),
        ("America/New_York", "2025-03-07", "2026-03-08T00:00:00-05:00"),
        ("America/New_York", "2025-03-08", "2026-03-09T00:00:00-04:00"),
        ("Asia/Shanghai", "2024-02-29", "2025-03-01T00:00:00+08:00"),
    ],
)
def test_h21_a_term_ends_at_local_midnight_whatever_the_clocks_do(zone, day, until):
    number = datetime.fromisoformat(day).date().toordinal() - calendar._EPOCH

    ends = calendar.end_of_term(ladder(), number, ZoneInfo(zone))

    assert ends == datetime.fromisoformat(until)


def test_tier_stands_through_its_last_day_and_steps_down_once():
    member = state()
    buy(member, 25_000, "2025-03-10")

    standings.end_due(member, at("2026-03-10T23:59:59"))
    assert member.tier.code == "gold"

    standings.end_due(member, at("2026-03-11"))
    assert member.tier.code == "silver"
    assert member.since == at("2026-03-11")
    assert member.until == at("2027-03-11")
    assert [c.why for c in member.written] == [Why.UPGRADED, Why.DOWNGRADED]


def test_h30_missed_reviews_are_made_up_one_level_a_year():
    member = state()
    buy(member, 60_000, "2020-03-10")

    standings.end_due(member, at("2026-01-01"))

    story = [(c.from_code, c.to_code, c.occurred_at.year) for c in member.written[1:]]
    assert story == [
        ("diamond", "gold", 2021),
        ("gold", "silver", 2022),
        ("silver", "bronze", 2023),
        ("bronze", "ordinary", 2024),
    ]
    assert member.until is None


def test_no_limit_of_steps_goes_to_what_is_earned():
    member = state(ladder(steps_down=0))
    buy(member, 60_000, "2025-03-10", "order:1")
    buy(member, 9_000, "2025-06-01", "order:2")

    standings.end_due(member, at("2026-03-11"))

    assert member.tier.code == "silver"


def test_h30_spending_again_renews_the_term():
    member = state()
    buy(member, 8_000, "2025-03-10", "order:1")
    buy(member, 8_000, "2025-09-10", "order:2")

    standings.end_due(member, at("2026-03-11"))

    assert member.tier.code == "silver"
    assert member.until == at("2027-03-11")
    line = member.written[-1]
    assert line.why is Why.RENEWED
    assert line.inputs == {
        "measure": "rolling_spend",
        "amount": 8_000_00,
        "from": "2025-03-11",
        "to": "2026-03-10",
        "threshold": 8_000_00,
    }


def test_h30_grace_protects_once_and_says_until_when():
    member = state(ladder(grace_days=30))
    buy(member, 8_000, "2025-03-10")

    standings.end_due(member, at("2026-03-11"))
    assert (member.tier.code, member.protected) == ("silver", True)
    assert member.until == at("2026-04-10")
    assert member.written[-1].why is Why.PROTECTED

    standings.end_due(member, at("2026-04-10"))
    assert (member.tier.code, member.protected) == ("bronze", False)


def test_h30_reaching_it_again_within_grace_starts_a_new_term():
    member = state(ladder(grace_days=30))
    buy(member, 8_000, "2025-03-10", "order:1")

    assert buy(member, 8_000, "2026-03-20", "order:2") == "silver"

    assert member.protected is False
    assert member.until == at("2027-03-21")
    assert [c.why for c in member.written] == [Why.UPGRADED, Why.PROTECTED, Why.RENEWED]


def test_h31_refund_undoes_the_upgrade_its_own_order_brought():
    member = state()
    buy(member, 3_000, "2026-01-05", "order:1")
    until = member.until
    buy(member, 17_000, "2026-02-05", "order:2")

    assert refund(member, 17_000, "2026-02-05", "2026-02-09", "order:2") == "bronze"
    assert member.until == until
    assert member.written[-1].why is Why.REFUNDED


def test_h31_partial_refund_leaves_what_the_rest_earns():
    member = state()
    buy(member, 25_000, "2026-02-05")

    assert refund(member, 1, "2026-02-05", "2026-02-09") == "gold"
    assert refund(member, 10_000, "2026-02-05", "2026-02-10") == "silver"
    assert refund(member, 14_000, "2026-02-05", "2026-02-11") == "ordinary"


def test_h31_refund_of_another_order_lets_the_tier_stand():
    member = state()
    buy(member, 7_000, "2026-01-05", "order:1")
    buy(member, 1_000, "2026-02-05", "order:2")

    assert member.tier.code == "silver"
    # Order 1 brought bronze, order 2 brought silver: silver stands until its date.
    assert refund(member, 7_000, "2026-01-05", "2026-02-09", "order:1") == "silver"
    # And now there is nothing left below it.
    assert refund(member, 1_000, "2026-02-05", "2026-02-10", "order:2") == "ordinary"


def test_h31_an_upgrade_that_later_orders_earn_anyway_stays():
    member = state()
    buy(member, 8_000, "2026-01-05", "order:1")
    buy(member, 8_000, "2026-02-05", "order:2")

    assert refund(member, 8_000, "2026-01-05", "2026-02-09", "order:1") == "silver"


def test_h31_an_upgrade_carried_by_others_goes_when_they_are_refunded_too():
    member = state()
    buy(member, 3_000, "2026-01-05", "order:1")
    buy(member, 3_000, "2026-01-05", "order:2")

    assert refund(member, 3_000, "2026-01-05", "2026-01-06", "order:1") == "bronze"
    assert refund(member, 3_000, "2026-01-05", "2026-01-07", "order:2") == "ordinary"


def test_refund_after_the_tier_below_ran_out_falls_to_what_is_earned():
    member = state()
    buy(member, 3_000, "2025-01-05", "order:1")
    buy(member, 20_000, "2025-12-05", "order:2")

    assert refund(member, 20_000, "2025-12-05", "2026-02-09", "order:2") == "ordinary"
    assert [c.why for c in member.written] == [Why.UPGRADED, Why.UPGRADED, Why.REFUNDED]
    assert [c.number for c in member.written] == [1, 2, 3]


def test_late_order_lifts_the_days_that_came_after_it():
    member = state()
    buy(member, 2_000, "2026-03-05", "order:2")

    assert buy(member, 1_500, "2026-01-05", "order:1") == "bronze"
    assert member.since == at("2026-03-05")


def test_late_order_of_a_term_gone_by_does_not_reach_today():
    member = state()
    buy(member, 100, "2026-03-05", "order:2")

    assert buy(member, 5_000, "2022-01-05", "order:0") == "ordinary"
    assert member.written == []
    assert buy(member, 5_000, "2025-01-05", "order:1") == "ordinary"
    assert [c.why for c in member.written] == [Why.UPGRADED, Why.DOWNGRADED]


def test_late_order_that_would_have_renewed_restores_the_tier():
    member = state()
    buy(member, 8_000, "2025-01-05", "order:1")
    buy(member, 10, "2026-02-01", "order:3")
    assert member.tier.code == "bronze"

    assert buy(member, 8_000, "2025-06-05", "order:2") == "silver"


def test_calendar_year_counts_from_new_year_and_lasts_through_the_next():
    member = state(ladder(measure=Measure.CALENDAR_SPEND))
    buy(member, 2_500, "2025-12-31T23:59", "order:1")

    assert buy(member, 2_500, "2026-01-01T00:00", "order:2") == "ordinary"
    assert buy(member, 500, "2026-06-01", "order:3") == "bronze"
    assert member.until == at("2028-01-01")


def test_growth_ladder_looks_at_growth_alone():
    member = state(ladder(measure=Measure.GROWTH, thresholds=(0, 30, 80, 200, 500)))
    standings.count(member, spend=1_000_000, growth=30, source="x", at=at("2026-01-01"))

    assert member.tier.code == "bronze"


def test_h32_nobody_is_left_on_a_tier_that_is_gone():
    member = state()
    buy(member, 25_000, "2026-02-05")
    until = member.until
    new = ladder(
        version=2,
        names=("ordinary", "plus", "black"),
        thresholds=(0, 10_000_00, 100_000_00),
        published_at=at("2026-03-01"),
    )

    old, member.ladder = member.ladder, new
    standings.remap(member, old=old, published_at=at("2026-03-01"))

    assert (member.tier.code, member.until, member.ladder_version) == ("plus", until, 2)
    assert member.written[-1].why is Why.REMAPPED


def test_h32_a_tier_that_is_still_there_stands_until_its_date():
    member = state()
    buy(member, 8_000, "2026-02-05")
    new = ladder(version=2, thresholds=(0, 5_000_00, 15_000_00, 30_000_00, 90_000_00))

    old, member.ladder = member.ladder, new
    standings.remap(member, old=old, published_at=at("2026-03-01"))
    assert member.tier.code == "silver"
    assert [c.why for c in member.written] == [Why.UPGRADED]

    standings.end_due(member, at("2027-02-06"))
    assert member.tier.code == "bronze"


def test_h32_what_the_new_ladder_grants_is_granted_at_once():
    member = state()
    buy(member, 2_000, "2026-02-05")
    new = ladder(version=2, thresholds=(0, 1_000_00, 8_000_00, 20_000_00, 50_000_00))

    old, member.ladder = member.ladder, new
    standings.remap(member, old=old, published_at=at("2026-03-01"))

    assert member.tier.code == "bronze"
    assert member.until == at("2027-03-02")


def test_days_that_can_count_no_more_are_forgotten():
    member = state()
    buy(member, 1, "2020-01-01", "order:1")
    buy(member, 1, "2026-01-01", "order:2")
    refund(member, 1, "2020-01-01", "2026-01-02", "order:1")

    assert len(member.days) == 1
    assert member.spends == [100]
