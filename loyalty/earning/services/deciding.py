"""How many points an order is worth: exact arithmetic, rounded down once.

Every line's exact worth is base × rate × multiplier. The order earns the floor of their
sum; a line's share is the floor of its own worth, and the points that are left over go
one by one from line 1 to the lines that have a worth at all. Rules beyond rate and tier
are weighed in `weighing`; the plain case, which is nearly every order, stays in whole
numbers here.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from loyalty.earning.services.weighing import hand_out, weigh
from loyalty.earning.types import (
    Decision,
    ExplainRow,
    LineFacts,
    OrderFacts,
    PlainRows,
    RuleSet,
    Usage,
)

_ONE = Fraction(1)


def decide(
    *,
    rules: RuleSet,
    lines: Sequence[LineFacts],
    multiplier: Fraction,
    facts: OrderFacts | None = None,
) -> Decision:
    """Return what the lines earn; `multiplier` is that of the tier before the order.

    Rules that are not plain need to know the order's `facts`.
    """
    nets = [line.net for line in lines]
    if rules.is_plain:
        line_nos = [line.line_no for line in lines]
        return decide_plainly(rules=rules, line_nos=line_nos, nets=nets, multiplier=multiplier)
    if facts is None:
        raise TypeError("rules that are not plain need the order's facts")
    applied = multiplier if rules.tier_multiplier else _ONE
    points, rows, usage = weigh(rules=rules, lines=lines, multiplier=applied, facts=facts)
    return _decision(rules, applied, nets, points, rows, usage)


def decide_plainly(
    *, rules: RuleSet, line_nos: Sequence[int], nets: Sequence[int], multiplier: Fraction
) -> Decision:
    """Return what lines earn by plain rules, which need to know no more of them than this."""
    applied = multiplier if rules.tier_multiplier else _ONE
    points = _share_evenly(nets, rules.rate * applied)
    return _decision(rules, applied, nets, points, PlainRows(line_nos, nets, applied, points), ())


def _decision(
    rules: RuleSet,
    applied: Fraction,
    nets: Sequence[int],
    points: Sequence[int],
    rows: Sequence[ExplainRow],
    usage: tuple[Usage, ...],
) -> Decision:
    growth = _share_evenly(nets, rules.growth_rate)
    return Decision(
        rule_version=rules.version,
        rate=rules.rate,
        multiplier=applied,
        earned=sum(points),
        line_points=tuple(points),
        growth=sum(growth),
        line_growth=tuple(growth),
        explain=rows,
        usage=usage,
    )


def _share_evenly(nets: Sequence[int], rate: Fraction) -> list[int]:
    """Share down at one rate for all lines: the same in whole numbers, and much faster."""
    up, down = rate.numerator, rate.denominator
    shares = [net * up // down for net in nets]
    return hand_out(shares, sum(nets) * up // down - sum(shares), nets)
