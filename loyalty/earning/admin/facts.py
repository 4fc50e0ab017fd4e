"""What a version says, fact by fact, in words: what the screens compare."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.kernel.console import Fact, when
from config.kernel.money import minor_digits
from loyalty.earning.admin.cells import validity_words
from loyalty.earning.admin.rows import action_words, period_words
from loyalty.earning.types import (
    Action,
    BehaviorRule,
    Period,
    Rule,
    RuleSet,
    Validity,
)
from members.programmes.types import Programme


def facts_of(rules: RuleSet, programme: Programme) -> Iterator[Fact]:
    """Yield what the version says of itself, then of each rule, then of each behavior."""
    unit = 10 ** minor_digits(programme.currency)
    for name, label, rate in (
        ("rate", _("Points"), rules.rate),
        ("growth", _("Growth"), rules.growth_rate),
    ):
        said = _("%(number)s for 1 %(currency)s") % {
            "number": rate * unit,
            "currency": programme.currency,
        }
        yield Fact(key=name, label=label, value=said)
    yield Fact(key="tiers", label=_("Tiers multiply points"), value=_yes(rules.tier_multiplier))
    yield Fact(key="from_at", label=_("In force from"), value=when(rules.from_at))
    for period, cap in rules.caps.items():
        yield Fact(
            key=f"caps.{period}",
            label=_("All orders of a member together"),
            value=_capped(period, cap),
        )
    for rule in rules.rules:
        for name, label, value in _of_rule(rule, programme):
            yield Fact(
                key=f"rules.{rule.code}.{name}", label=f"{_called(rule)} · {label}", value=value
            )
    for behavior in rules.behaviors.values():
        yield Fact(
            key=f"behaviors.{behavior.code}", label=_called(behavior), value=_of_behavior(behavior)
        )


def _of_rule(rule: Rule, programme: Programme) -> Iterator[tuple[str, str, str]]:
    unit = 10 ** minor_digits(programme.currency)
    rated = rule.action in (Action.RATE, Action.EXTRA)
    yield "action", _("What it does"), dict(action_words())[rule.action.value]
    if rule.action is not Action.EXCLUDED:
        yield "value", _("How much"), str(rule.value * unit if rated else rule.value)
    yield "goods", _("Which goods"), ", ".join(rule.goods) or _("All")
    if rule.minimum:
        digits = minor_digits(programme.currency)
        said = f"{rule.minimum / unit:,.{digits}f} {programme.currency}"
        yield "minimum", _("From an amount of"), said
    if rule.starts_at:
        yield "starts_at", _("Placed from"), when(rule.starts_at)
    if rule.ends_at:
        yield "ends_at", _("Placed before"), when(rule.ends_at)
    if rule.first_order:
        yield "first_order", _("First order only"), _yes(True)
    if rule.group:
        yield "group", _("Exclusive group"), rule.group
    yield "priority", _("Priority"), str(rule.priority)
    if rule.validity:
        yield "validity", _("Valid for"), _lasting(rule.validity)
    for period, cap in rule.caps.items():
        yield f"caps.{period}", _("Points at most"), _capped(period, cap)


def _of_behavior(rule: BehaviorRule) -> str:
    """Return what a behavior earns in one line: there are many, and each says little."""
    said = [_("%(points)s points") % {"points": f"{rule.points:,}"}]
    said += [
        _("at most %(cap)s") % {"cap": _capped(period, cap)} for period, cap in rule.caps.items()
    ]
    if rule.validity:
        said.append(_("valid for %(time)s") % {"time": _lasting(rule.validity)})
    if not rule.active:
        said.append(_("off"))
    return " · ".join(said)


def _capped(period: Period, cap: int) -> str:
    return _("%(count)s %(period)s") % {
        "count": f"{cap:,}",
        "period": dict(period_words())[period],
    }


def _lasting(validity: Validity) -> str:
    return f"{validity.count} {dict(validity_words())[validity.unit].lower()}"


def _called(row: Rule | BehaviorRule) -> str:
    chinese = (get_language() or "").startswith("zh")
    return (row.name_zh if chinese else row.name_en) or row.code


def _yes(value: bool) -> str:
    return _("Yes") if value else _("No")
