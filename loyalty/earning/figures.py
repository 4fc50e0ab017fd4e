"""Rules as flat figures: what is compared, and what the audit trail keeps. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from loyalty.earning.types import BehaviorRule, Period, Rule, RuleSet


def figures(rules: RuleSet) -> dict[str, str]:
    """Return every field that says something, by name: `rate`, `rules.tea.value`, …"""
    found = {
        "rate": str(rules.rate),
        "growth_rate": str(rules.growth_rate),
        "tier_multiplier": str(rules.tier_multiplier),
        "from_at": rules.from_at.isoformat(),
        **_caps("caps", rules.caps),
    }
    for rule in rules.rules:
        found |= {f"rules.{rule.code}.{name}": value for name, value in _rule(rule).items()}
    for behavior in rules.behaviors.values():
        place = f"behaviors.{behavior.code}"
        found |= {f"{place}.{name}": value for name, value in _behavior(behavior).items()}
    return found


def changes(before: RuleSet | None, after: RuleSet) -> dict[str, tuple[str, str]]:
    """Return what differs: field → (before, after), an absent one as nothing."""
    old = figures(before) if before is not None else {}
    new = figures(after)
    return {
        name: (old.get(name, ""), new.get(name, ""))
        for name in dict.fromkeys([*new, *old])
        if old.get(name, "") != new.get(name, "")
    }


def _rule(rule: Rule) -> dict[str, str]:
    told = {
        "action": rule.action.value,
        "value": str(rule.value),
        "name_zh": rule.name_zh,
        "name_en": rule.name_en,
        "priority": str(rule.priority),
        "group": rule.group,
        "goods": ", ".join(rule.goods),
        "first_order": "True" if rule.first_order else "",
        "minimum": str(rule.minimum) if rule.minimum else "",
        "starts_at": rule.starts_at.isoformat() if rule.starts_at else "",
        "ends_at": rule.ends_at.isoformat() if rule.ends_at else "",
        "validity": str(rule.validity or ""),
        **_caps("caps", rule.caps),
    }
    return {name: value for name, value in told.items() if value}


def _behavior(rule: BehaviorRule) -> dict[str, str]:
    told = {
        "points": str(rule.points),
        "active": str(rule.active),
        "name_zh": rule.name_zh,
        "name_en": rule.name_en,
        "validity": str(rule.validity or ""),
        **_caps("caps", rule.caps),
    }
    return {name: value for name, value in told.items() if value}


def _caps(name: str, caps: Mapping[Period, int]) -> dict[str, str]:
    return {f"{name}.{period}": str(cap) for period, cap in sorted(caps.items())}
