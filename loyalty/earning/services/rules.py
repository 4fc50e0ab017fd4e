"""Earn rules are drafted, compared, and published; published ones are never changed."""

from __future__ import annotations

from datetime import datetime

from loyalty.earning.types import RulesDraft, RuleSet


def draft_rules(
    *, programme_id: int, draft: RulesDraft, actor: str, reason: str, now: datetime
) -> int:
    """Write new rules down as a draft and return the version's number.

    Raises:
        RulesInvalidError: a rate or multiplier is out of range.
    """
    raise NotImplementedError


def compare_rules(*, programme_id: int, version: int, now: datetime) -> dict[str, tuple[str, str]]:
    """Return what a version would change: field → (in force, drafted)."""
    raise NotImplementedError


def publish_rules(
    *, programme_id: int, version: int, actor: str, reason: str, now: datetime
) -> RuleSet:
    """Put drafted rules in force from their `from_at`, by default from `now`.

    Raises:
        RulesNotFoundError: there is no such version.
        RulesPublishedError: it is published already.
        RulesInvalidError: they would start in the past.
    """
    raise NotImplementedError


def install_default_rules(
    *, programme_id: int, currency: str, tier_multiplier: bool, actor: str, now: datetime
) -> RuleSet:
    """Publish 1 point and 1 growth per major unit, unless rules are in force."""
    raise NotImplementedError


def install_defaults(
    *, programme_id: int, currency: str, flat: bool, actor: str, now: datetime
) -> None:
    """Install the default ladder and earn rules; `flat`: every tier multiplies by 1."""
    raise NotImplementedError
