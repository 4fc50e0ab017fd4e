"""How many points an order is worth: exact arithmetic, rounded down once.

Every line's exact worth is base × rate × multiplier. The order earns the floor of their
sum; a line's share is the floor of its own worth, and the points that are left over go
one by one from line 1 to the lines that have a worth at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from loyalty.earning.types import Decision, ExplainRow, LineFacts, RuleSet

_ONE = Fraction(1)


def decide(*, rules: RuleSet, lines: Sequence[LineFacts], multiplier: Fraction) -> Decision:
    """Return what the lines earn; `multiplier` is that of the tier before the order."""
    applied = multiplier if rules.tier_multiplier else _ONE
    nets = [line.net for line in lines]
    if rules.line_multipliers:
        by_line = [applied * _goods_multiplier(rules, line) for line in lines]
        points = share_down([net * rules.rate * m for net, m in zip(nets, by_line, strict=True)])
    else:
        by_line = [applied] * len(lines)
        points = _share_evenly(nets, rules.rate * applied)
    growth = _share_evenly(nets, rules.growth_rate)
    return Decision(
        rule_version=rules.version,
        rate=rules.rate,
        multiplier=applied,
        earned=sum(points),
        line_points=tuple(points),
        growth=sum(growth),
        line_growth=tuple(growth),
        explain=tuple(
            ExplainRow(
                line_no=line.line_no, rule="purchase", base=line.net, multiplier=times, points=got
            )
            for line, times, got in zip(lines, by_line, points, strict=True)
        ),
    )


def share_down(worths: Sequence[Fraction]) -> list[int]:
    """Round the sum down once and share it: floors, then one by one from the first."""
    shares = [floor(worth) for worth in worths]
    return _hand_out(shares, floor(sum(worths, Fraction(0))) - sum(shares), worths)


def _share_evenly(nets: Sequence[int], rate: Fraction) -> list[int]:
    """Share down at one rate for all lines: the same in whole numbers, and much faster."""
    up, down = rate.numerator, rate.denominator
    shares = [net * up // down for net in nets]
    return _hand_out(shares, sum(nets) * up // down - sum(shares), nets)


def _hand_out(shares: list[int], left: int, worths: Sequence[Fraction | int]) -> list[int]:
    for index, worth in enumerate(worths):
        if left == 0:
            break
        if worth > 0:
            shares[index] += 1
            left -= 1
    return shares


def _goods_multiplier(rules: RuleSet, line: LineFacts) -> Fraction:
    """Return the multiplier of the line's product, else of its category, else 1."""
    if not rules.line_multipliers:
        return _ONE
    for key in (f"sku:{line.sku}", f"category:{line.category}"):
        if key in rules.line_multipliers:
            # 0 is a multiplier too: goods that earn nothing.
            return rules.line_multipliers[key]
    return _ONE
