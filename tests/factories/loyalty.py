"""Ladders and earn rules for tests."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from loyalty import ladders
from loyalty.earning import rulesets
from loyalty.earning import services as earning_services
from loyalty.earning.types import Rule, RulesDraft, RuleSet
from tests.factories.programmes import OPENED, Shop


def make_rules(shop: Shop, *, flat: bool = False) -> None:
    """Give the shop's programme the default ladder and earn rules."""
    # Ids may come again after a rolled back test; what a process remembers must not.
    ladders.forget(shop.programme.id)
    rulesets.forget(shop.programme.id)
    earning_services.install_defaults(
        programme_id=shop.programme.id,
        currency=shop.programme.currency,
        flat=flat,
        actor="test",
        now=OPENED,
    )


def publish_rules(
    shop: Shop, *rules: Rule, rate: str = "1/100", now: datetime = OPENED, **changes: Any
) -> RuleSet:
    """Put rows of earn rules in force from `now`: `publish_rules(shop, Rule(...), caps=...)`."""
    draft = RulesDraft(
        rate=Fraction(rate), growth_rate=Fraction(1, 100), from_at=now, rules=rules, **changes
    )
    said: dict[str, Any] = {
        "programme_id": shop.programme.id,
        "actor": "test",
        "reason": "test",
        "now": now,
    }
    version = earning_services.draft_rules(draft=draft, **said)
    return earning_services.publish_rules(version=version, **said)
