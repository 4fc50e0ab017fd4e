"""What the columns of earn rules hold, why, how long, and what an erasure does to them."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from config.kernel.privacy import Erase, Grade, classify, impersonal


def declare() -> None:
    """Fill the register."""
    impersonal(
        "earning.EarnRuleVersion",
        *("id", "programme_id", "version", "state", "rate_numerator", "rate_denominator"),
        *("growth_numerator", "growth_denominator", "tier_multiplier", "caps", "from_at"),
        *("drafted_by", "published_by", "reason", "drafted_at", "published_at"),
    )
    impersonal(
        "earning.EarnRule",
        *("id", "version", "code", "name_zh", "name_en", "priority", "exclusive_group"),
        *("action", "value", "goods", "first_order", "minimum", "starts_at", "ends_at", "caps"),
        "validity",
    )
    impersonal(
        "earning.EarnBehavior",
        *("id", "version", "code", "name_zh", "name_en", "active", "points", "caps", "validity"),
    )
    impersonal("earning.EarnReward", "id")
    _linked(
        "earning.EarnReward",
        *("member_id", "programme_id", "behavior", "source", "points", "rule_version"),
        *("occurred_at", "recorded_at"),
    )
    impersonal("earning.EarnUsage", "id")
    _linked("earning.EarnUsage", "member_id", "programme_id", "rule", "period", "used")
    impersonal("earning.EarnDecision", "id")
    _linked(
        "earning.EarnDecision",
        *("member_id", "programme_id", "source", "rule_version", "rate", "multiplier"),
        *("earned", "growth", "rows", "inputs", "decided_at"),
    )


def _linked(model: str, *fields: str) -> None:
    classify(
        model,
        *fields,
        grade=Grade.LINKED,
        purpose=_("to say how points were worked out, and to hold the limits"),
        retention=_("as long as the books are kept"),
        erase=Erase.KEEP,
    )
