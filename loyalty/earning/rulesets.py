"""Earn rules as they are read on every settlement: remembered by each process."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from functools import partial

from django.db.models import prefetch_related_objects

from config.kernel.memory import Memory
from loyalty.earning import validities
from loyalty.earning.errors import RulesNotFoundError
from loyalty.earning.models import EarnBehavior, EarnRule, EarnRuleVersion
from loyalty.earning.types import Action, BehaviorRule, Rule, RuleSet

_published: Memory[int, tuple[RuleSet, ...]] = Memory()
# A published version never changes, so its rows are read once in the life of a process.
# Its start is part of the key: a publishing that was rolled back may come again later.
_versions: Memory[tuple[int, datetime | None], RuleSet] = Memory(for_ever=True)


def forget(programme_id: int) -> None:
    """Drop what this process remembers, after a change."""
    _published.forget(programme_id)


def published(programme_id: int) -> tuple[RuleSet, ...]:
    """Return all published rules of the programme, the earliest first."""
    return _published.get(programme_id, lambda: _load(programme_id))


def _load(programme_id: int) -> tuple[RuleSet, ...]:
    rows = list(
        EarnRuleVersion.objects.filter(
            programme_id=programme_id, state=EarnRuleVersion.State.PUBLISHED
        ).order_by("from_at", "version")
    )
    unknown = [row for row in rows if not _versions.has((row.pk, row.from_at))]
    prefetch_related_objects(unknown, "rules", "behaviors")
    return tuple(_versions.get((row.pk, row.from_at), partial(of_row, row)) for row in rows)


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


def version_of(programme_id: int, version: int) -> RuleSet:
    """Return a version of the programme's rules, whatever its state.

    Raises:
        RulesNotFoundError: there is no such version.
    """
    row = EarnRuleVersion.objects.filter(programme_id=programme_id, version=version).first()
    if row is None:
        raise RulesNotFoundError(f"the programme has no earn rules version {version}")
    return of_row(row)


def of_row(row: EarnRuleVersion) -> RuleSet:
    """Return rules as a value; a draft without a start counts from when it was drafted."""
    return RuleSet(
        programme_id=row.programme_id,
        version=row.version,
        rate=Fraction(row.rate_numerator, row.rate_denominator),
        growth_rate=Fraction(row.growth_numerator, row.growth_denominator),
        tier_multiplier=row.tier_multiplier,
        from_at=row.from_at or row.drafted_at,
        rules=in_order([_rule(rule) for rule in row.rules.all()]),
        caps=row.caps,
        behaviors={
            found.code: _behavior(found)
            for found in sorted(row.behaviors.all(), key=lambda found: found.pk)
        },
    )


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return rules in the order in which they are tried: by priority, then by code."""
    return tuple(sorted(rules, key=lambda rule: (rule.priority, rule.code)))


def _rule(row: EarnRule) -> Rule:
    return Rule(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        priority=row.priority,
        group=row.exclusive_group,
        action=Action(row.action),
        value=Fraction(row.value),
        goods=tuple(row.goods),
        first_order=row.first_order,
        minimum=row.minimum,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        caps=row.caps,
        validity=validities.read(row.validity),
    )


def _behavior(row: EarnBehavior) -> BehaviorRule:
    return BehaviorRule(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        active=row.active,
        points=row.points,
        caps=row.caps,
        validity=validities.read(row.validity),
    )
