"""Refuse earn rules that make no sense, each fault at its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

from django.utils.translation import gettext_noop

from config.kernel.errors import FieldError
from loyalty.earning.errors import RulesInvalidError
from loyalty.earning.types import (
    PERIODS,
    PURCHASE,
    SEVERAL,
    Action,
    BehaviorRule,
    Period,
    Rule,
    RulesDraft,
)

# No shop gives a thousand points for a minor unit; a slip of the finger would.
MAX_RATE = Fraction(1000)
MAX_MULTIPLIER = Fraction(999)
MAX_POINTS = 1_000_000
_MAX_CAP = 10**12
_MAX_ROWS = 200
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_SLUG = gettext_noop("Small letters, digits, - and _; “purchase” is taken.")
_GOODS = ("category", "sku", "brand")


def refuse_nonsense(draft: RulesDraft) -> None:
    """Check a draft whole.

    Raises:
        RulesInvalidError: `errors` names every part that is wrong.
    """
    errors = list(_faults(draft))
    if errors:
        raise RulesInvalidError(errors[0].detail, errors=errors)


def _faults(draft: RulesDraft) -> Iterator[FieldError]:
    for name in ("rate", "growth_rate"):
        if not 0 <= getattr(draft, name) <= MAX_RATE:
            yield _fault(
                f"/{name}",
                gettext_noop("It must be from 0 to 1000."),
                code="earn_rules.out_of_range",
            )
    yield from _caps("", draft.caps, PERIODS)
    behaviors = draft.behaviors or ()
    if len(draft.rules) > _MAX_ROWS or len(behaviors) > _MAX_ROWS:
        yield _fault("/rules", f"at most {_MAX_ROWS} rows")
    codes = Counter([rule.code for rule in draft.rules] + [row.code for row in behaviors])
    for index, rule in enumerate(draft.rules):
        place = f"/rules/{index}"
        yield from _code(place, rule.code, codes)
        yield from _rule(place, rule)
    for index, behavior in enumerate(behaviors):
        place = f"/behaviors/{index}"
        yield from _code(place, behavior.code, codes)
        yield from _behavior(place, behavior)


def _code(place: str, code: str, codes: Mapping[str, int]) -> Iterator[FieldError]:
    if not _CODE.fullmatch(code) or code in (PURCHASE, SEVERAL):
        yield _fault(f"{place}/code", _SLUG)
    elif codes[code] > 1:
        yield _fault(f"{place}/code", gettext_noop("Each code stands once."))


def _rule(place: str, rule: Rule) -> Iterator[FieldError]:
    yield from _value(place, rule)
    for selector in rule.goods:
        kind, _colon, what = selector.partition(":")
        if kind not in _GOODS or not what.strip("/"):
            yield _fault(f"{place}/goods", gettext_noop("Write category:…, sku:… or brand:…."))
    if rule.starts_at and rule.ends_at and rule.starts_at >= rule.ends_at:
        yield _fault(f"{place}/ends_at", gettext_noop("It ends before it starts."))
    if not 0 <= rule.minimum <= _MAX_CAP:
        yield _fault(f"{place}/minimum", gettext_noop("0 or more."))
    if not 0 <= rule.priority <= 10_000:
        yield _fault(f"{place}/priority", gettext_noop("0 to 10000."))
    if rule.group and not _CODE.fullmatch(rule.group):
        yield _fault(f"{place}/group", _SLUG)
    yield from _caps(place, rule.caps, PERIODS)
    gives = rule.action in (Action.EXTRA, Action.BONUS) or (
        rule.action is Action.FACTOR and rule.value >= 1
    )
    if rule.caps and not gives:
        yield _fault(f"{place}/caps", gettext_noop("Only what gives more can be limited."))
    if rule.validity and not gives and rule.action is not Action.RATE:
        yield _fault(f"{place}/validity", gettext_noop("What gives nothing lasts for no time."))


def _value(place: str, rule: Rule) -> Iterator[FieldError]:
    where = f"{place}/value"
    match rule.action:
        case Action.RATE | Action.EXTRA:
            if not 0 <= rule.value <= MAX_RATE:
                yield _fault(
                    where,
                    gettext_noop("It must be from 0 to 1000."),
                    code="earn_rules.out_of_range",
                )
        case Action.FACTOR:
            if not 0 <= rule.value <= MAX_MULTIPLIER:
                yield _fault(
                    where, gettext_noop("It must be from 0 to 999."), code="earn_rules.out_of_range"
                )
        case Action.BONUS:
            if rule.value.denominator != 1 or not 1 <= rule.value <= MAX_POINTS:
                yield _fault(where, gettext_noop("Whole points, 1 to 1,000,000."))
        case Action.EXCLUDED:
            if rule.value:
                yield _fault(where, gettext_noop("What earns nothing has no value."))


def _behavior(place: str, behavior: BehaviorRule) -> Iterator[FieldError]:
    if not 1 <= behavior.points <= MAX_POINTS:
        yield _fault(f"{place}/points", gettext_noop("Whole points, 1 to 1,000,000."))
    yield from _caps(place, behavior.caps, [period for period in PERIODS if period != "order"])


def _caps(
    place: str, caps: Mapping[Period, int], known: tuple[Period, ...] | list[Period]
) -> Iterator[FieldError]:
    for period, cap in caps.items():
        if period not in known or not 1 <= cap <= _MAX_CAP:
            yield _fault(f"{place}/caps/{period}", gettext_noop("1 or more, for a known period."))


def _fault(pointer: str, detail: str, code: str = "earn_rules.invalid") -> FieldError:
    return FieldError(pointer=pointer, code=code, detail=detail)
