"""Weigh an order by rules beyond rate and tier. Pure; docs/algorithms/earning.md is its table.

First it is settled which rules work on which lines, in the order of the rules; then the
arithmetic runs in a fixed order of actions: rate, extra rates, factors, bonuses. Each rule
adds its own exact worth to each line, so that a cap can take from that rule alone and the
explanation shows what each of them gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from loyalty.earning import periods
from loyalty.earning.types import (
    PURCHASE,
    TIER_GROUP,
    Action,
    ExplainRow,
    LineFacts,
    OrderFacts,
    Period,
    Rule,
    RuleSet,
    Usage,
)

_ZERO, _ONE = Fraction(0), Fraction(1)
Weighed = tuple[list[int], tuple[ExplainRow, ...], tuple[Usage, ...]]


@dataclass(slots=True)
class _Row:
    """What one rule gives one line, exactly."""

    rule: str
    multiplier: Fraction
    worth: Fraction
    rate: Fraction | None = None
    validity: str = ""
    capped: str = ""


@dataclass(slots=True)
class _Line:
    """A line with the rules that work on it, and what they have given so far."""

    facts: LineFacts
    working: list[Rule] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    excluded: Rule | None = None
    rows: list[_Row] = field(default_factory=list)

    @property
    def worth(self) -> Fraction:
        return sum((row.worth for row in self.rows), _ZERO)


def weigh(
    *, rules: RuleSet, lines: Sequence[LineFacts], multiplier: Fraction, facts: OrderFacts
) -> Weighed:
    """Return each line's points, a row for each rule that worked on it, and what caps count."""
    board = [_Line(line) for line in lines]
    working = _choose(rules, board, facts)
    _give_rates(rules, board, multiplier)
    for action in (Action.EXTRA, Action.FACTOR, Action.BONUS):
        for rule in working:
            if rule.action is action:
                _give(rule, board, multiplier, facts)
    if rules.caps:
        _cap_all(rules, board, facts)
    points = share_down([line.worth for line in board])
    shared = [_round(line, got) for line, got in zip(board, points, strict=True)]
    rows = tuple(row for line in shared for row in line)
    return points, rows, tuple(_usage(rules, rows, facts))


def matches(rule: Rule, line: LineFacts) -> bool:
    """Tell whether a rule is about a line's goods. `category:food` is about food/tea too."""
    if not rule.goods:
        return True
    for selector in rule.goods:
        kind, _colon, what = selector.partition(":")
        if kind == "category":
            if line.category == what or line.category.startswith(what + "/"):
                return True
        elif (line.sku if kind == "sku" else line.brand) == what:
            return True
    return False


def share_down(worths: Sequence[Fraction]) -> list[int]:
    """Round the sum down once and share it: floors, then one by one from the first."""
    shares = [floor(worth) for worth in worths]
    return hand_out(shares, floor(sum(worths, _ZERO)) - sum(shares), worths)


def hand_out(shares: list[int], left: int, worths: Sequence[Fraction | int]) -> list[int]:
    """Give what is left one by one, from the first that has a worth."""
    for index, worth in enumerate(worths):
        if left == 0:
            break
        if worth > 0:
            shares[index] += 1
            left -= 1
    return shares


# --- Which rules work where ---------------------------------------------------------------


def _choose(rules: RuleSet, board: Sequence[_Line], facts: OrderFacts) -> list[Rule]:
    """Settle which rules work on which lines; return those that work at all, in order."""
    opened = [rule for rule in rules.rules if _is_open(rule, facts)]
    for rule in opened:
        if rule.action is Action.EXCLUDED:
            for line in _reached(rule, board):
                line.excluded = line.excluded or rule
    chosen = []
    for rule in opened:
        if rule.action is Action.EXCLUDED:
            continue
        taken = [line for line in _reached(rule, board) if not _is_taken(rule, line)]
        if rule.action is Action.BONUS and not any(line.facts.net for line in taken):
            continue
        for line in taken:
            line.working.append(rule)
            line.groups |= _groups(rule)
        if taken:
            chosen.append(rule)
    return chosen


def _is_open(rule: Rule, facts: OrderFacts) -> bool:
    if rule.starts_at is not None and facts.at < rule.starts_at:
        return False
    if rule.ends_at is not None and facts.at >= rule.ends_at:
        return False
    return facts.first_order or not rule.first_order


def _reached(rule: Rule, board: Sequence[_Line]) -> list[_Line]:
    """Return the lines a rule is about, if together they reach its minimum."""
    found = [line for line in board if line.excluded is None and matches(rule, line.facts)]
    if rule.minimum and sum(line.facts.net for line in found) < rule.minimum:
        return []
    return found


def _groups(rule: Rule) -> set[str]:
    # A line has one rate: rates stand in a group of their own.
    groups = {f"action:{rule.action}"} if rule.action is Action.RATE else set()
    return groups | {rule.group} if rule.group else groups


def _is_taken(rule: Rule, line: _Line) -> bool:
    return not line.groups.isdisjoint(_groups(rule))


# --- What they give -----------------------------------------------------------------------


def _give_rates(rules: RuleSet, board: Sequence[_Line], multiplier: Fraction) -> None:
    for line in board:
        if line.excluded is not None:
            line.rows.append(_Row(line.excluded.code, _ZERO, _ZERO))
            continue
        tier = _tier(line, multiplier)
        own = next((rule for rule in line.working if rule.action is Action.RATE), None)
        rate = own.value if own else rules.rate
        row = _Row(own.code if own else PURCHASE, tier, line.facts.net * rate * tier)
        if own is not None:
            row.rate, row.validity = rate, _validity(own)
        line.rows.append(row)


def _tier(line: _Line, multiplier: Fraction) -> Fraction:
    return _ONE if TIER_GROUP in line.groups else multiplier


def _give(rule: Rule, board: Sequence[_Line], multiplier: Fraction, facts: OrderFacts) -> None:
    """Add to each line a rule works on what the rule gives it."""
    lines = [line for line in board if rule in line.working]
    worths = _worths(rule, lines, multiplier)
    capped = ""
    if rule.caps:
        worths, capped = _cap(rule, worths, facts)
    for line, worth in zip(lines, worths, strict=True):
        row = _Row(rule.code, _ONE, worth, validity=_validity(rule), capped=capped)
        if rule.action is Action.FACTOR:
            row.multiplier = rule.value
        elif rule.action is Action.EXTRA:
            row.multiplier, row.rate = _tier(line, multiplier), rule.value
        line.rows.append(row)


def _worths(rule: Rule, lines: Sequence[_Line], multiplier: Fraction) -> list[Fraction]:
    if rule.action is Action.EXTRA:
        return [line.facts.net * rule.value * _tier(line, multiplier) for line in lines]
    if rule.action is Action.FACTOR:
        return [line.worth * (rule.value - 1) for line in lines]
    # A bonus is shared by net, in whole points.
    net = sum(line.facts.net for line in lines)
    shares = share_down([rule.value * line.facts.net / net for line in lines])
    return [Fraction(share) for share in shares]


def _cap(rule: Rule, worths: Sequence[Fraction], facts: OrderFacts) -> tuple[list[Fraction], str]:
    """Round a capped rule down on its own and keep it within its caps.

    In whole points, so that no rounding afterwards can lift it over them.
    """
    exact = sum(worths, _ZERO)
    if exact <= 0:
        return list(worths), ""
    allowed, capped = _left(rule.caps, rule.code, floor(exact), facts)
    return [Fraction(s) for s in share_down([w * allowed / exact for w in worths])], capped


def _cap_all(rules: RuleSet, board: Sequence[_Line], facts: OrderFacts) -> None:
    """Scale an order that earns more than all orders together still may."""
    exact = sum((line.worth for line in board), _ZERO)
    earned = floor(exact)
    allowed, capped = _left(rules.caps, "", earned, facts)
    if allowed == earned:
        return
    for line in board:
        for row in line.rows:
            row.worth = row.worth * allowed / exact
            row.capped = capped if row.worth else row.capped


def _left(caps: Mapping[Period, int], code: str, wanted: int, facts: OrderFacts) -> tuple[int, str]:
    """Return how much of what is wanted the caps leave, and the period that took most."""
    allowed, capped = wanted, ""
    for period, cap in caps.items():
        used = 0 if period == "order" else facts.used.get((code, periods.key(period, facts.day)), 0)
        left = max(0, cap - used)
        if left < allowed:
            allowed, capped = left, period
    return allowed, capped


def _validity(rule: Rule) -> str:
    return str(rule.validity) if rule.validity is not None else ""


# --- In whole points ----------------------------------------------------------------------


def _round(line: _Line, got: int) -> list[ExplainRow]:
    """Share a line's whole points among its rules: floors, then one by one to what has a part.

    A line that was handed a point beyond its worth shows it in its first row.
    """
    line.rows = [row for row in line.rows if row is line.rows[0] or row.worth or row.capped]
    points = [floor(row.worth) for row in line.rows]
    left = got - sum(points)
    for index, row in enumerate(line.rows):
        if left and row.worth.denominator != 1:
            points[index] += 1
            left -= 1
    points[0] += left
    return [
        ExplainRow(
            line_no=line.facts.line_no,
            rule=row.rule,
            base=line.facts.net,
            multiplier=row.multiplier,
            points=whole,
            rate=row.rate,
            validity=row.validity,
            capped=row.capped,
        )
        for row, whole in zip(line.rows, points, strict=True)
    ]


def _usage(rules: RuleSet, rows: Sequence[ExplainRow], facts: OrderFacts) -> Iterator[Usage]:
    """Yield what counts towards caps of periods: what was given, not what was wanted."""
    limited = [("", rules.caps), *((rule.code, rule.caps) for rule in rules.rules)]
    for code, caps in limited:
        given = sum(row.points for row in rows if not code or row.rule == code)
        for period in caps:
            if given > 0 and period != "order":
                yield Usage(rule=code, period=periods.key(period, facts.day), count=given)
