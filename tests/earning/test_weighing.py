"""Rules beyond rate and tier: which work where, what each gives, and how it is rounded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.earning.services import decide
from loyalty.earning.types import (
    Action,
    Decision,
    LineFacts,
    OrderFacts,
    Rule,
    RuleSet,
    Validity,
)

NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)
ONE = Fraction(1)


def rule(code: str, action: str, value: str = "0", **changes: Any) -> Rule:
    return Rule(code=code, action=Action(action), value=Fraction(value), **changes)


def rules(*rows: Rule, rate: str = "1/100", **changes: Any) -> RuleSet:
    values: dict[str, Any] = {
        "programme_id": 1,
        "version": 3,
        "rate": Fraction(rate),
        "growth_rate": Fraction(1, 100),
        "tier_multiplier": True,
        "from_at": datetime(2026, 1, 1, tzinfo=UTC),
        "rules": tuple(sorted(rows, key=lambda row: (row.priority, row.code))),
    }
    return RuleSet(**values | changes)


def line(line_no: int, net: int, **facts: str) -> LineFacts:
    return LineFacts(line_no=line_no, net=net, **facts)


def worth(
    found: RuleSet, *lines: LineFacts, multiplier: str = "1", at: datetime = NOON, **facts: Any
) -> Decision:
    known = OrderFacts(at=at, day=at.date(), **facts)
    return decide(rules=found, lines=lines, multiplier=Fraction(multiplier), facts=known)


def shown(decision: Decision) -> list[tuple[int, str, str, int]]:
    return [(row.line_no, row.rule, str(row.multiplier), row.points) for row in decision.explain]


def test_rules_of_goods_work_on_their_lines_and_each_is_explained():
    found = rules(
        rule("tea", "factor", "2", goods=("category:food/tea",)),
        rule("books", "rate", "5/100", goods=("brand:Penguin",)),
        rule("tins", "bonus", "30", goods=("sku:TIN",)),
        rule("cards", "excluded", goods=("category:gift-cards",)),
    )

    decision = worth(
        found,
        line(1, 1_000, category="food/tea/green"),
        line(2, 1_000, brand="Penguin"),
        line(3, 1_000, sku="TIN"),
        line(4, 1_000, category="gift-cards"),
        line(5, 1_000, category="food/teapots"),
        multiplier="1.5",
    )

    assert decision.line_points == (30, 75, 45, 0, 15)
    assert shown(decision) == [
        (1, "purchase", "3/2", 15),
        (1, "tea", "2", 15),
        (2, "books", "3/2", 75),
        (3, "purchase", "3/2", 15),
        (3, "tins", "1", 30),
        (4, "cards", "0", 0),
        (5, "purchase", "3/2", 15),
    ]


def test_plain_rules_say_so_and_others_ask_for_the_order():
    assert rules().is_plain
    assert not rules(caps={"day": 10}).is_plain

    with pytest.raises(TypeError):
        decide(rules=rules(rule("x", "factor", "2")), lines=[line(1, 100)], multiplier=ONE)


def test_h26_a_campaign_counts_by_when_the_order_was_placed():
    day = rule("d11", "factor", "3", starts_at=NOON, ends_at=NOON + timedelta(hours=1))

    for at, earned in [
        (NOON - timedelta(microseconds=1), 10),
        (NOON, 30),
        (NOON + timedelta(minutes=59), 30),
        (NOON + timedelta(hours=1), 10),
    ]:
        assert worth(rules(day), line(1, 1_000), at=at).earned == earned


def test_the_first_order_is_the_first():
    found = rules(rule("welcome", "bonus", "100", first_order=True))

    assert worth(found, line(1, 1_000), first_order=True).earned == 110
    assert worth(found, line(1, 1_000)).earned == 10


def test_factors_multiply_unless_they_share_a_group():
    stacking = rules(rule("a", "factor", "2"), rule("b", "factor", "3"))
    exclusive = rules(
        rule("a", "factor", "2", group="campaign", priority=20),
        rule("b", "factor", "3", group="campaign", priority=10),
    )

    assert worth(stacking, line(1, 1_000)).earned == 60
    assert worth(exclusive, line(1, 1_000)).earned == 30


def test_a_group_is_exclusive_line_by_line():
    found = rules(
        rule("tea", "factor", "3", group="campaign", priority=10, goods=("category:tea",)),
        rule("all", "factor", "2", group="campaign"),
    )

    decision = worth(found, line(1, 1_000, category="tea"), line(2, 1_000))

    assert decision.line_points == (30, 20)


def test_a_rule_may_work_instead_of_the_tier():
    found = rules(rule("d11", "factor", "2", group="tier", goods=("category:tea",)))

    decision = worth(found, line(1, 1_000, category="tea"), line(2, 1_000), multiplier="1.5")

    assert decision.line_points == (20, 15)


def test_of_two_rates_the_first_works_and_extras_come_on_top():
    found = rules(
        rule("b", "rate", "2/100", priority=20),
        rule("a", "rate", "3/100", priority=10),
        rule("more", "extra", "1/100"),
    )

    assert worth(found, line(1, 1_000)).earned == 40


def test_excluded_goods_earn_nothing_whatever_the_priority():
    found = rules(
        rule("all", "factor", "2", priority=1),
        rule("cards", "excluded", goods=("sku:CARD",), priority=9_000),
    )

    assert worth(found, line(1, 1_000, sku="CARD"), line(2, 1_000)).line_points == (0, 20)


def test_a_minimum_looks_at_what_the_rule_is_about():
    found = rules(rule("tea", "bonus", "50", goods=("category:tea",), minimum=2_000))
    tea = {"category": "tea"}

    assert worth(found, line(1, 1_999, **tea), line(2, 9_999)).earned == 119
    assert worth(found, line(1, 1_000, **tea), line(2, 1_000, **tea)).earned == 70


def test_h39_a_line_that_cost_nothing_earns_nothing_and_takes_no_bonus():
    found = rules(rule("welcome", "bonus", "10"))

    assert worth(found, line(1, 0), line(2, 300)).line_points == (0, 13)
    assert worth(found, line(1, 0)).earned == 0


def test_a_bonus_is_shared_by_net_and_is_whole():
    decision = worth(
        rules(rule("gift", "bonus", "10"), rate="0"), *[line(n, 99) for n in (1, 2, 3)]
    )

    assert decision.line_points == (4, 3, 3)


@pytest.mark.parametrize(
    ("caps", "used", "earned", "capped"),
    [
        ({"order": 5}, {}, 15, "order"),
        ({"order": 5, "day": 3}, {}, 13, "day"),
        ({"day": 12}, {("double", "day:2026-11-11"): 5}, 17, "day"),
        ({"day": 12}, {("double", "day:2026-11-10"): 12}, 20, ""),
        ({"week": 12}, {("double", "week:2026-W46"): 10}, 12, "week"),
        ({"month": 12}, {("double", "month:2026-11"): 12}, 10, "month"),
        ({"member": 12}, {("double", "member"): 11}, 11, "member"),
    ],
)
def test_caps_limit_what_the_rule_gives(caps, used, earned, capped):
    found = rules(rule("double", "factor", "2", caps=caps))

    decision = worth(found, line(1, 1_000), used=used)

    assert decision.earned == earned
    assert {row.capped for row in decision.explain if row.rule == "double"} <= {capped, ""}
    given = earned - 10
    assert sum(u.count for u in decision.usage if u.period.startswith("day")) == (
        given if "day" in caps else 0
    )


def test_a_cap_on_everything_scales_all_lines_alike():
    decision = worth(rules(caps={"day": 10}), line(1, 3_000), line(2, 1_000))

    assert decision.line_points == (8, 2)
    assert [(u.rule, u.period, u.count) for u in decision.usage] == [("", "day:2026-11-11", 10)]


def test_points_that_last_for_another_time_are_a_part_of_their_own():
    week = Validity(unit="days", count=7)
    found = rules(rule("gift", "bonus", "50", validity=week), rule("d11", "factor", "2"))

    decision = worth(found, line(1, 1_000))

    assert [(p.validity, p.rule, p.points) for p in decision.parts()] == [
        ("", "purchase", 20),
        ("days:7", "gift", 50),
    ]


def test_a_factor_below_one_takes_from_whatever_the_line_had():
    week = Validity(unit="days", count=7)
    found = rules(
        rule("a", "factor", "4", validity=week, priority=1), rule("b", "factor", "1/8", priority=2)
    )

    decision = worth(found, line(1, 1_000))

    assert decision.earned == 5
    assert sum(part.points for part in decision.parts()) == 5
    assert all(part.points > 0 for part in decision.parts())


# --- What holds for any mix ---------------------------------------------------------------

values = {
    "rate": st.sampled_from(["0", "1/300", "7/100"]),
    "extra": st.sampled_from(["1/700", "3/100"]),
    "factor": st.sampled_from(["0", "1/3", "1", "3/2", "5"]),
    "bonus": st.sampled_from(["1", "10", "777"]),
    "excluded": st.just("0"),
}
goods = st.lists(
    st.sampled_from(["category:food", "category:food/tea", "sku:A", "brand:X"]), max_size=2
).map(tuple)


@st.composite
def mixes(draw: st.DrawFn) -> RuleSet:
    rows = []
    for number in range(draw(st.integers(1, 6))):
        action = draw(st.sampled_from(sorted(values)))
        value = draw(values[action])
        gives = action in ("extra", "bonus") or (action == "factor" and Fraction(value) >= 1)
        caps = st.dictionaries(st.sampled_from(["order", "day"]), st.integers(1, 40), max_size=2)
        rows.append(
            rule(
                f"r{number}",
                action,
                value,
                goods=draw(goods),
                priority=draw(st.integers(1, 3)),
                group=draw(st.sampled_from(["", "", "g", "tier"])),
                minimum=draw(st.sampled_from([0, 500])),
                caps=draw(caps) if gives else {},
                validity=draw(st.sampled_from([None, Validity(unit="days", count=7)]))
                if gives
                else None,
            )
        )
    total = draw(st.sampled_from([{}, {}, {"order": 25}, {"day": 100}]))
    return rules(*rows, caps=total)


carts: st.SearchStrategy[list[LineFacts]] = st.lists(
    st.fixed_dictionaries(
        {
            "net": st.integers(0, 20_000),
            "category": st.sampled_from(["", "food", "food/tea"]),
            "sku": st.sampled_from(["A", "B"]),
            "brand": st.sampled_from(["X", "Y"]),
        }
    ),
    max_size=6,
).map(lambda found: [line(number, **dict(facts)) for number, facts in enumerate(found, 1)])  # type: ignore[arg-type]


@given(found=mixes(), cart=carts, multiplier=st.sampled_from(["1", "6/5", "2"]))
def test_any_mix_adds_up_and_no_cap_is_exceeded(found, cart, multiplier):
    decision = worth(found, *cart, multiplier=multiplier)

    assert decision.earned == sum(decision.line_points)
    assert sum(row.points for row in decision.explain) == decision.earned
    for fact, share in zip(cart, decision.line_points, strict=True):
        rows = [row for row in decision.explain if row.line_no == fact.line_no]
        assert sum(row.points for row in rows) == share >= 0
        assert share == 0 or fact.net > 0
    for row in found.rules:
        given = sum(shown.points for shown in decision.explain if shown.rule == row.code)
        for cap in row.caps.values():
            assert given <= cap
    for cap in found.caps.values():
        assert decision.earned <= cap
    parts = decision.parts()
    assert sum(part.points for part in parts) == decision.earned
    assert all(part.points > 0 for part in parts)
    assert len({part.rule for part in parts}) == len(parts)


@given(found=mixes(), cart=carts)
def test_the_same_order_always_earns_the_same(found, cart):
    assert worth(found, *cart) == worth(found, *cart)


@given(cart=carts, multiplier=st.sampled_from(["1", "6/5", "3"]))
def test_rules_that_do_nothing_change_nothing(cart, multiplier):
    idle = rules(rule("never", "factor", "9", ends_at=NOON), rule("same", "factor", "1"))

    with_rules = worth(idle, *cart, multiplier=multiplier)
    plain = worth(rules(), *cart, multiplier=multiplier)

    assert with_rules.line_points == plain.line_points
    assert with_rules.earned == floor(sum(fact.net for fact in cart) * Fraction(multiplier) / 100)
