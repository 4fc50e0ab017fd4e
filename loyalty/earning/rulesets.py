"""Earn rules as they are read on every settlement: remembered for a second."""

from __future__ import annotations

import time
from datetime import datetime
from fractions import Fraction

from loyalty.earning.errors import RulesNotFoundError
from loyalty.earning.models import EarnRuleVersion
from loyalty.earning.types import RuleSet

# An operator who publishes in one process expects the next order to earn by it in every other.
_REMEMBER_SECONDS = 1.0
_published: dict[int, tuple[float, tuple[RuleSet, ...]]] = {}


def forget(programme_id: int) -> None:
    """Drop what this process remembers, after a change."""
    _published.pop(programme_id, None)


def published(programme_id: int) -> tuple[RuleSet, ...]:
    """Return all published rules of the programme, the earliest first."""
    # Not the business clock: how long a process may trust its memory is real time.
    moment = time.monotonic()
    known = _published.get(programme_id)
    if known is not None and moment < known[0]:
        return known[1]
    rows = EarnRuleVersion.objects.filter(
        programme_id=programme_id, state=EarnRuleVersion.State.PUBLISHED
    ).order_by("from_at", "version")
    found = tuple(of_row(row) for row in rows)
    if found:
        _published[programme_id] = (moment + _REMEMBER_SECONDS, found)
    return found


def in_force(programme_id: int, at: datetime) -> RuleSet:
    """Return the rules whose start is latest by `at`; before all of them, the earliest.

    Raises:
        RulesNotFoundError: none is published.
    """
    found = published(programme_id)
    if not found:
        raise RulesNotFoundError("the programme has no published earn rules")
    started = [rules for rules in found if rules.from_at <= at]
    return started[-1] if started else found[0]


def of_row(row: EarnRuleVersion) -> RuleSet:
    """Return rules as a value; a draft without a start counts from when it was drafted."""
    return RuleSet(
        programme_id=row.programme_id,
        version=row.version,
        rate=Fraction(row.rate_numerator, row.rate_denominator),
        growth_rate=Fraction(row.growth_numerator, row.growth_denominator),
        tier_multiplier=row.tier_multiplier,
        from_at=row.from_at or row.drafted_at,
        line_multipliers={key: Fraction(text) for key, text in row.line_multipliers.items()},
    )
