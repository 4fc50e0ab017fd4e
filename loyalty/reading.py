"""Reads that the books do while they are open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.kernel import statements
from loyalty.books import Counted
from loyalty.models import TierChange

_COUNTED = """
SELECT member_id, source, day, spend, growth, counted_at FROM loyalty_qualifying
WHERE programme_id = %s AND member_id = ANY(%s) AND source = ANY(%s)
"""


def counted(
    member_ids: Sequence[int], programme_id: int, sources: Sequence[str]
) -> dict[tuple[int, str], Counted]:
    """Return what the sources still count for the members, by (member, source)."""
    if not sources:
        return {}
    rows = statements.ask(_COUNTED, [programme_id, list(member_ids), list(sources)])
    return {
        (member_id, source): Counted(day, spend, growth, at, new=False, dirty=False)
        for member_id, source, day, spend, growth, at in rows
    }


def past_tier(member_id: int, programme_id: int, at: datetime) -> str | None:
    """Return the tier a member's history tells for a moment gone by."""
    return (
        TierChange.objects.filter(
            member_id=member_id, programme_id=programme_id, occurred_at__lte=at
        )
        .order_by("-number")
        .values_list("to_code", flat=True)
        .first()
    )
