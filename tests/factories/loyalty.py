"""Ladders and earn rules for tests."""

from __future__ import annotations

from loyalty import ladders
from loyalty.earning import rulesets
from loyalty.earning import services as earning_services
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
