"""Earn rules and what they decide, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """A version of a programme's earn rules.

    Rates are exact: points (growth) per minor unit of net. `line_multipliers` holds
    multipliers of categories and products, keyed `category:…` or `sku:…`.
    """

    programme_id: int
    version: int
    rate: Fraction
    growth_rate: Fraction
    tier_multiplier: bool
    from_at: datetime
    line_multipliers: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What a rule sees of an order line. `net` is in minor units, never negative."""

    line_no: int
    net: int
    sku: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainRow:
    """How a line's points came about: base × rate × multiplier, rounded as stated."""

    line_no: int
    rule: str
    base: int
    multiplier: Fraction
    points: int


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
    explain: tuple[ExplainRow, ...]


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
class RulesDraft:
    """Earn rules as an operator writes them down: points per minor unit, exactly."""

    rate: Fraction
    growth_rate: Fraction
    tier_multiplier: bool = True
    from_at: datetime | None = None
    line_multipliers: Mapping[str, Fraction] = field(default_factory=dict)
