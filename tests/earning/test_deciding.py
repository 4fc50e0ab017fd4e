"""What an order earns: exact, rounded down once, and shared without losing a point."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.earning.services import decide
from loyalty.earning.services.weighing import share_down
from loyalty.earning.types import LineFacts, Rule, RuleSet

ONE = Fraction(1)


def rules(
    rate: str = "1/100", *, tier_multiplier: bool = True, rows: tuple[Rule, ...] = ()
) -> RuleSet:
    return RuleSet(
        programme_id=1,
        version=3,
        rate=Fraction(rate),
        growth_rate=Fraction(1, 100),
        tier_multiplier=tier_multiplier,
        from_at=datetime(2026, 1, 1, tzinfo=UTC),
        rules=rows,
    )


def lines(*nets: int, **facts: str) -> list[LineFacts]:
    return [LineFacts(line_no=n, net=net, **facts) for n, net in enumerate(nets, 1)]


@pytest.mark.parametrize(
    ("rate", "multiplier", "nets", "shares"),
    [
        ("1/100", "1", [100], [1]),
        ("1/100", "1", [99], [0]),
        ("1/100", "1", [0], [0]),
        # 1.99 points in all: one point, to the first line.
        ("1/100", "1", [50, 50, 99], [1, 0, 0]),
        # 3.5 + 3.5 + 3.5 = 10.5: floors 3 each, and one more for line 1.
        ("1/100", "1", [350, 350, 350], [4, 3, 3]),
        # A line that cost nothing never gets what is left over.
        ("1/100", "1", [0, 50, 50], [0, 1, 0]),
        ("1/100", "1.2", [100, 150, 100], [2, 1, 1]),
        ("1/100", "1.5", [333], [4]),
        # One point per ¥100 is one setting away.
        ("1/10000", "1", [9_999, 1], [1, 0]),
        # A third is exact: 3 × 1/3 is 1.
        ("1/300", "1", [100, 100, 100], [1, 0, 0]),
        ("0", "2", [100], [0]),
    ],
)
def test_h37_floor_once_and_share(rate, multiplier, nets, shares):
    decision = decide(rules=rules(rate), lines=lines(*nets), multiplier=Fraction(multiplier))

    assert list(decision.line_points) == shares
    assert decision.earned == sum(shares)


def test_explain_rows_sum_to_earned_and_name_the_rule():
    decision = decide(rules=rules(), lines=lines(350, 350), multiplier=Fraction("1.5"))

    assert [(r.line_no, r.rule, r.base, r.multiplier, r.points) for r in decision.explain] == [
        (1, "purchase", 350, Fraction(3, 2), 5),
        (2, "purchase", 350, Fraction(3, 2), 5),
    ]
    assert (decision.rule_version, decision.earned) == (3, 10)


def test_growth_has_its_own_rate_and_no_multiplier():
    decision = decide(rules=rules("2/100"), lines=lines(150, 150), multiplier=Fraction(2))

    assert (decision.earned, decision.growth) == (12, 3)
    assert decision.line_growth == (2, 1)


def test_tier_multiplier_is_off_when_the_rules_say_so():
    plain = rules(tier_multiplier=False)

    assert decide(rules=plain, lines=lines(1_000), multiplier=Fraction(2)).earned == 10


def test_no_lines_earn_nothing():
    assert decide(rules=rules(), lines=[], multiplier=ONE).earned == 0


rates = st.fractions(min_value=0, max_value=5, max_denominator=10_000)
nets = st.lists(st.integers(0, 10**9), max_size=12)


@given(nets=nets, rate=rates, multiplier=st.fractions(0, 9, max_denominator=1000))
def test_shares_sum_to_the_floor_of_the_exact_worth(nets, rate, multiplier):
    decision = decide(rules=rules(str(rate)), lines=lines(*nets), multiplier=multiplier)

    exact = [net * rate * multiplier for net in nets]
    assert decision.earned == sum(decision.line_points) == floor(sum(exact, Fraction(0)))
    assert sum(row.points for row in decision.explain) == decision.earned
    for worth, share in zip(exact, decision.line_points, strict=True):
        assert floor(worth) <= share <= floor(worth) + 1
        assert worth > 0 or share == 0


@given(nets=nets, rate=rates)
def test_one_rate_for_all_lines_shares_as_many_rates_would(nets, rate):
    decision = decide(rules=rules(str(rate)), lines=lines(*nets), multiplier=ONE)

    assert list(decision.line_points) == share_down([net * rate for net in nets])
