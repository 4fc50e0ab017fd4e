"""Earn rules are drafted, compared, and published; published ones are never changed."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from django.db import transaction

from config.kernel import audit
from config.kernel.money import minor_digits
from loyalty import services as loyalty_services
from loyalty.earning import defaults, rulesets
from loyalty.earning.errors import RulesInvalidError, RulesNotFoundError, RulesPublishedError
from loyalty.earning.figures import changes, figures
from loyalty.earning.models import EarnBehavior, EarnRule, EarnRuleVersion
from loyalty.earning.services.checking import refuse_nonsense
from loyalty.earning.types import RulesDraft, RuleSet


@transaction.atomic
def draft_rules(
    *, programme_id: int, draft: RulesDraft, actor: str, reason: str, now: datetime
) -> int:
    """Write new rules down as a draft and return the version's number.

    Raises:
        RulesInvalidError: something in them makes no sense; `errors` says what and where.
    """
    refuse_nonsense(draft)
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
        caps=dict(draft.caps),
        from_at=draft.from_at,
        drafted_by=actor,
        reason=reason,
        drafted_at=now,
    )
    _write_rows(row, draft, now)
    audit.record(
        actor=actor,
        action="earn_rules.drafted",
        target=f"earn_rules:{programme_id}/{row.version}",
        reason=reason,
        after=figures(rulesets.of_row(row)),
        now=now,
    )
    return row.version


def _write_rows(row: EarnRuleVersion, draft: RulesDraft, now: datetime) -> None:
    EarnRule.objects.bulk_create(
        EarnRule(
            version=row,
            code=rule.code,
            name_zh=rule.name_zh or rule.code,
            name_en=rule.name_en or rule.code,
            priority=rule.priority,
            exclusive_group=rule.group,
            action=rule.action.value,
            value=str(rule.value),
            goods=list(rule.goods),
            first_order=rule.first_order,
            minimum=rule.minimum,
            starts_at=rule.starts_at,
            ends_at=rule.ends_at,
            caps=dict(rule.caps),
            validity=str(rule.validity or ""),
        )
        for rule in draft.rules
    )
    behaviors = draft.behaviors
    if behaviors is None:
        known = _in_force(row.programme_id, now)
        behaviors = tuple(known.behaviors.values()) if known else defaults.BEHAVIORS
    EarnBehavior.objects.bulk_create(
        EarnBehavior(
            version=row,
            code=behavior.code,
            name_zh=behavior.name_zh or behavior.code,
            name_en=behavior.name_en or behavior.code,
            active=behavior.active,
            points=behavior.points,
            caps=dict(behavior.caps),
            validity=str(behavior.validity or ""),
        )
        for behavior in behaviors
    )


def draft_of(*, rules: RuleSet) -> RulesDraft:
    """Return what a version says as a draft, to change it or to put it in force again."""
    return RulesDraft(
        rate=rules.rate,
        growth_rate=rules.growth_rate,
        tier_multiplier=rules.tier_multiplier,
        rules=rules.rules,
        caps=rules.caps,
        behaviors=tuple(rules.behaviors.values()),
    )


def compare_rules(*, programme_id: int, version: int, now: datetime) -> dict[str, tuple[str, str]]:
    """Return what a version would change: field → (in force at `now`, drafted).

    Raises:
        RulesNotFoundError: there is no such version.
    """
    return changes(_in_force(programme_id, now), rulesets.version_of(programme_id, version))


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
        before=figures(before) if before else None,
        after=figures(rules),
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
    draft = RulesDraft(
        rate=rate,
        growth_rate=rate,
        tier_multiplier=tier_multiplier,
        behaviors=defaults.BEHAVIORS,
    )
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


def _in_force(programme_id: int, now: datetime) -> RuleSet | None:
    try:
        return rulesets.in_force(programme_id, now)
    except RulesNotFoundError:
        return None
