"""Re-evaluate the tiers whose time has come."""

from __future__ import annotations

from datetime import datetime


def evaluate_due(
    *, programme_id: int, now: datetime, after_member: int = 0, limit: int = 5000
) -> int:
    """Evaluate at most `limit` members whose tier is due by `now`; return how many."""
    raise NotImplementedError
