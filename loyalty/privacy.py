"""What the columns of tiers hold, why, how long, and what an erasure does to them."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from config.kernel.privacy import Erase, Grade, classify, impersonal


def declare() -> None:
    """Fill the register."""
    impersonal(
        "loyalty.LadderVersion",
        *("id", "programme_id", "version", "state", "measure", "validity_months", "grace_days"),
        *("steps_down", "drafted_by", "published_by", "reason", "drafted_at", "published_at"),
    )
    impersonal(
        "loyalty.LadderTier",
        *("id", "ladder", "rank", "code", "name_zh", "name_en", "threshold", "multiplier"),
    )
    impersonal("loyalty.MemberTier", "id", "as_of", "changes")
    _linked(
        "loyalty.MemberTier",
        *("member_id", "programme_id", "tier_code", "since", "until", "protected"),
        *("ladder_version", "grants", "days", "spends", "growths", "moved_to"),
    )
    impersonal("loyalty.Qualifying", "id")
    _linked(
        "loyalty.Qualifying",
        *("member_id", "programme_id", "source", "day", "spend", "growth", "counted_at"),
    )
    impersonal("loyalty.TierChange", "id")
    _linked(
        "loyalty.TierChange",
        *("member_id", "programme_id", "number", "from_code", "to_code", "why"),
        *("ladder_version", "inputs", "source", "occurred_at", "until", "recorded_at"),
    )


def _linked(model: str, *fields: str) -> None:
    classify(
        model,
        *fields,
        grade=Grade.LINKED,
        purpose=_("to know the member's tier, and why it is that one"),
        retention=_("as long as the books are kept"),
        erase=Erase.KEEP,
    )
