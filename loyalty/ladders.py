"""Ladders as they are read on every settlement: remembered, because they hardly change.

Versions never change once published. Which one is in force is remembered by each process
(`kernel.memory`); a row that has met a newer one makes its reader look again.
"""

from __future__ import annotations

from fractions import Fraction

from config.kernel.memory import Memory
from loyalty.errors import LadderNotFoundError
from loyalty.models import LadderVersion
from loyalty.types import Ladder, Measure, Tier

_current: Memory[int, Ladder] = Memory()


def forget(programme_id: int) -> None:
    """Drop what this process remembers, after a change."""
    _current.forget(programme_id)


def current(programme_id: int, *, fresh: bool = False) -> Ladder:
    """Return the ladder in force.

    Raises:
        LadderNotFoundError: none is published.
    """
    return _current.get(programme_id, lambda: _published(programme_id), fresh=fresh)


def _published(programme_id: int) -> Ladder:
    row = LadderVersion.objects.filter(
        programme_id=programme_id, state=LadderVersion.State.PUBLISHED
    ).first()
    if row is None:
        raise LadderNotFoundError("the programme has no published ladder")
    return of_row(row)


def version_of(programme_id: int, version: int) -> Ladder | None:
    """Return a version of the programme's ladder, whatever its state."""
    row = LadderVersion.objects.filter(programme_id=programme_id, version=version).first()
    return of_row(row) if row else None


def of_row(row: LadderVersion) -> Ladder:
    """Return a ladder as a value."""
    return Ladder(
        programme_id=row.programme_id,
        version=row.version,
        measure=Measure(row.measure),
        validity_months=row.validity_months,
        grace_days=row.grace_days,
        steps_down=row.steps_down,
        published_at=row.published_at,
        tiers=tuple(
            Tier(
                code=tier.code,
                rank=tier.rank,
                name_zh=tier.name_zh,
                name_en=tier.name_en,
                threshold=tier.threshold,
                multiplier=Fraction(tier.multiplier),
            )
            for tier in row.tiers.order_by("rank")
        ),
    )
