"""Earn rules are drafted, compared, and published; published ones are never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from django.db import transaction

from config.kernel import audit
from config.kernel.errors import FieldError
from config.kernel.money import minor_digits
from loyalty import services as loyalty_services
from loyalty.earning import rulesets
from loyalty.earning.errors import RulesInvalidError, RulesNotFoundError, RulesPublishedError
from loyalty.earning.models import EarnRuleVersion
from loyalty.earning.types import RulesDraft, RuleSet

# No shop gives a thousand points for a minor unit; a slip of the finger would.
_MAX_RATE = Fraction(1000)
_MAX_MULTIPLIER = Fraction(999)


@transaction.atomic
def draft_rules(
    *, programme_id: int, draft: RulesDraft, actor: str, reason: str, now: datetime
) -> int:
    """Write new rules down as a draft and return the version's number.

    Raises:
        RulesInvalidError: a rate or multiplier is out of range.
    """
    _refuse_nonsense(draft)
    versions = EarnRuleVersion.objects.filter(programme_id=programme_id)
    latest = versions.order_by("-version").values_list("version", flat=True).first()
    row = EarnRuleVersion.objects.create(
        programme_id=programme_id,
        version=(latest or 0) + 1,
        rate_numerator=draft.rate.numerator,
        rate_denominator=draft.rate.denominator,
        growth_numerator=draft.growth_rate.numerator,
        growth_denominator=draft.growth_rate.denominator,
        tier_multiplier=draft.tier_multiplier,
        line_multipliers={key: str(value) for key, value in draft.line_multipliers.items()},
        from_at=draft.from_at,
        drafted_by=actor,
        reason=reason,
        drafted_at=now,
    )
    audit.record(
        actor=actor,
        action="earn_rules.drafted",
        target=f"earn_rules:{programme_id}/{row.version}",
        reason=reason,
        after=_figures(rulesets.of_row(row)),
        now=now,
    )
    return row.version


def compare_rules(*, programme_id: int, version: int, now: datetime) -> dict[str, tuple[str, str]]:
    """Return what a version would change: field → (in force at `now`, drafted).

    Raises:
        RulesNotFoundError: there is no such version.
    """
    row = EarnRuleVersion.objects.filter(programme_id=programme_id, version=version).first()
    if row is None:
        raise RulesNotFoundError(f"the programme has no earn rules version {version}")
    drafted = _figures(rulesets.of_row(row))
    try:
        in_force = _figures(rulesets.in_force(programme_id, now))
    except RulesNotFoundError:
        in_force = {}
    return {
        name: (str(in_force.get(name, "")), str(value))
        for name, value in drafted.items()
        if in_force.get(name) != value
    }


@transaction.atomic
def publish_rules(
    *, programme_id: int, version: int, actor: str, reason: str, now: datetime
) -> RuleSet:
    """Put drafted rules in force from their `from_at`, by default from `now`.

    Raises:
        RulesNotFoundError: there is no such version.
        RulesPublishedError: it is published already.
        RulesInvalidError: they would start in the past.
    """
    row = (
        EarnRuleVersion.objects.select_for_update()
        .filter(programme_id=programme_id, version=version)
        .first()
    )
    if row is None:
        raise RulesNotFoundError(f"the programme has no earn rules version {version}")
    if row.state != EarnRuleVersion.State.DRAFT:
        raise RulesPublishedError(f"version {version} is published")
    if row.from_at is not None and row.from_at < now:
        raise RulesInvalidError("rules do not start in the past")
    before = _in_force(programme_id, now)
    row.state = EarnRuleVersion.State.PUBLISHED
    row.from_at, row.published_at = row.from_at or now, now
    row.published_by, row.reason = actor, reason
    row.save()
    rules = rulesets.of_row(row)
    audit.record(
        actor=actor,
        action="earn_rules.published",
        target=f"earn_rules:{programme_id}/{version}",
        reason=reason,
        before=before,
        after=_figures(rules),
        now=now,
    )
    rulesets.forget(programme_id)
    transaction.on_commit(lambda: rulesets.forget(programme_id))
    return rules


def install_default_rules(
    *, programme_id: int, currency: str, tier_multiplier: bool, actor: str, now: datetime
) -> RuleSet:
    """Publish 1 point and 1 growth per major unit, unless rules are published."""
    rulesets.forget(programme_id)
    if found := rulesets.published(programme_id):
        return found[-1]
    rate = Fraction(1, 10 ** minor_digits(currency))
    draft = RulesDraft(rate=rate, growth_rate=rate, tier_multiplier=tier_multiplier)
    reason = "default earn rules"
    with transaction.atomic():
        version = draft_rules(
            programme_id=programme_id, draft=draft, actor=actor, reason=reason, now=now
        )
        return publish_rules(
            programme_id=programme_id, version=version, actor=actor, reason=reason, now=now
        )


@transaction.atomic
def install_defaults(
    *, programme_id: int, currency: str, flat: bool, actor: str, now: datetime
) -> None:
    """Install the default ladder and earn rules; `flat`: every tier multiplies by 1."""
    loyalty_services.install_default_ladder(
        programme_id=programme_id, flat=flat, actor=actor, now=now
    )
    install_default_rules(
        programme_id=programme_id, currency=currency, tier_multiplier=not flat, actor=actor, now=now
    )


def _in_force(programme_id: int, now: datetime) -> Mapping[str, object] | None:
    try:
        return _figures(rulesets.in_force(programme_id, now))
    except RulesNotFoundError:
        return None


def _refuse_nonsense(draft: RulesDraft) -> None:
    errors = [
        FieldError(pointer=f"/{name}", code="earn_rules.out_of_range", detail="0 to 1000")
        for name in ("rate", "growth_rate")
        if not 0 <= getattr(draft, name) <= _MAX_RATE
    ]
    for key, times in draft.line_multipliers.items():
        kind, _, what = key.partition(":")
        if kind not in ("sku", "category") or not what or not 0 <= times <= _MAX_MULTIPLIER:
            errors.append(
                FieldError(
                    pointer=f"/line_multipliers/{key}",
                    code="earn_rules.invalid",
                    detail="sku:… or category:… with a multiplier of 0 to 999",
                )
            )
    if errors:
        raise RulesInvalidError(errors[0].detail, errors=errors)


def _figures(rules: RuleSet) -> dict[str, object]:
    return {
        "rate": str(rules.rate),
        "growth_rate": str(rules.growth_rate),
        "tier_multiplier": rules.tier_multiplier,
        "line_multipliers": {key: str(v) for key, v in sorted(rules.line_multipliers.items())},
        "from_at": rules.from_at.isoformat(),
    }
