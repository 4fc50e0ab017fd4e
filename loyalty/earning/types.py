"""Earn rules and what they decide, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Literal, overload

# The rule that needs no row: the rate of the version, times the tier's multiplier.
PURCHASE = "purchase"
# A rule in this group works instead of the tier's multiplier.
TIER_GROUP = "tier"
# Stands on an order's line for which more than one rule worked: the decision tells which.
SEVERAL = "*"

Period = Literal["order", "day", "week", "month", "member"]
PERIODS: tuple[Period, ...] = ("order", "day", "week", "month", "member")


class Action(StrEnum):
    """What a rule does to the lines it matches."""

    RATE = "rate"  # another rate instead of the version's
    EXTRA = "extra"  # a rate on top of it
    FACTOR = "factor"  # times so much
    BONUS = "bonus"  # so many points once an order, shared by net
    EXCLUDED = "excluded"  # nothing at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """How long points last: days, months, or months and on to the end of that month."""

    unit: Literal["days", "months", "month_end"]
    count: int

    def __str__(self) -> str:
        return f"{self.unit}:{self.count}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A row of a version: which lines, when, what, how much at most, and for how long.

    `goods` are `category:…` (and all below it), `sku:…`, `brand:…`; none means all.
    `starts_at` is inclusive, `ends_at` exclusive, both of the time the order was placed.
    `value` is points per minor unit, a multiplier, or points, by `action`. Of the rules of
    one `group`, the first that matches a line is the only one that works on it.
    """

    code: str
    action: Action
    value: Fraction = Fraction(0)
    name_zh: str = ""
    name_en: str = ""
    priority: int = 100
    group: str = ""
    goods: tuple[str, ...] = ()
    first_order: bool = False
    minimum: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    caps: Mapping[Period, int] = field(default_factory=dict)
    validity: Validity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviorRule:
    """What a behavior earns, and how many times at most in each period."""

    code: str
    points: int
    name_zh: str = ""
    name_en: str = ""
    active: bool = True
    caps: Mapping[Period, int] = field(default_factory=dict)
    validity: Validity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """A version of a programme's earn rules.

    Rates are exact: points (growth) per minor unit of net. `rules` stand in the order in
    which they are tried: by priority, then by code.
    """

    programme_id: int
    version: int
    rate: Fraction
    growth_rate: Fraction
    tier_multiplier: bool
    from_at: datetime
    rules: tuple[Rule, ...] = ()
    caps: Mapping[Period, int] = field(default_factory=dict)
    behaviors: Mapping[str, BehaviorRule] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Tell whether an order earns floor(net × rate × tier) by these rules, and no more.

        Then nothing but its lines and the tier's multiplier need be known to decide.
        """
        return not self.rules and not self.caps


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What a rule sees of an order line. `net` is in minor units, never negative."""

    line_no: int
    net: int
    sku: str = ""
    category: str = ""
    brand: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What rules that are not plain see of the order besides its lines.

    `day` is the programme's calendar day of `at`; `used` tells what counted towards caps
    before, by rule and period (`periods.key`).
    """

    at: datetime
    day: date
    first_order: bool = False
    used: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainRow:
    """How a line's points came about: base × rate × multiplier, rounded as stated.

    `rate` is told where it is not the decision's own, `capped` names the period whose cap
    took something away.
    """

    line_no: int
    rule: str
    base: int
    multiplier: Fraction
    points: int
    rate: Fraction | None = None
    validity: str = ""
    capped: str = ""


@dataclass(frozen=True, slots=True)
class PlainRows(Sequence[ExplainRow]):
    """How all lines' points came about by plain rules: columns, made into rows when read."""

    line_nos: Sequence[int]
    nets: Sequence[int]
    multiplier: Fraction
    points: Sequence[int]

    def __len__(self) -> int:
        return len(self.line_nos)

    @overload
    def __getitem__(self, index: int) -> ExplainRow: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ExplainRow]: ...
    def __getitem__(self, index: int | slice) -> ExplainRow | Sequence[ExplainRow]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return ExplainRow(
            line_no=self.line_nos[index],
            rule=PURCHASE,
            base=self.nets[index],
            multiplier=self.multiplier,
            points=self.points[index],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Points of a decision that last equally long; `rule` names what gave the first of them."""

    validity: str
    rule: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Points (or times) that count towards a rule's cap in a period."""

    rule: str
    period: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an order is worth. Each list runs along the order's lines and adds up to its sum."""

    rule_version: int
    rate: Fraction
    multiplier: Fraction
    earned: int
    line_points: tuple[int, ...]
    growth: int
    line_growth: tuple[int, ...]
    explain: Sequence[ExplainRow]
    usage: tuple[Usage, ...] = ()

    def parts(self) -> list[Part]:
        """Return what is earned by how long it lasts, the programme's own validity first."""
        rows = self.explain
        if isinstance(rows, PlainRows) or all(not row.validity for row in rows):
            return [Part(validity="", rule=PURCHASE, points=self.earned)] if self.earned else []
        found: dict[str, list[ExplainRow]] = {"": []}
        for row in rows:
            found.setdefault(row.validity, []).append(row)
        sums = {validity: sum(row.points for row in own) for validity, own in found.items()}
        # A factor below 1 takes from what its line had, whichever rule gave it.
        short = sum(points for points in sums.values() if points < 0)
        parts = []
        for validity, points in sums.items():
            left = max(0, points)
            taken = min(left, -short)
            short += taken
            if left > taken:
                rule = found[validity][0].rule if validity else PURCHASE
                parts.append(Part(validity=validity, rule=rule, points=left - taken))
        return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """A decision to be kept: whose, for what, and what else was looked at."""

    member_id: int
    programme_id: int
    source: str
    decision: Decision
    inputs: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A recorded decision as explain reads it."""

    source: str
    rule_version: int
    rate: Fraction
    multiplier: Fraction
    earned: int
    growth: int
    rows: Sequence[ExplainRow]
    inputs: Mapping[str, object]
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewarded:
    """A behavior that was rewarded, now or (`replayed`) before."""

    member_id: int
    behavior: str
    source: str
    points: int
    rule_version: int
    entry_id: int
    balance_after: int
    expires_at: datetime | None
    occurred_at: datetime
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesDraft:
    """Earn rules as an operator writes them down: points per minor unit, exactly."""

    rate: Fraction
    growth_rate: Fraction
    tier_multiplier: bool = True
    from_at: datetime | None = None
    rules: Sequence[Rule] = ()
    caps: Mapping[Period, int] = field(default_factory=dict)
    # None keeps the behaviors of the rules in force.
    behaviors: Sequence[BehaviorRule] | None = None
