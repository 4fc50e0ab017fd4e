"""Ladders as they are read on every settlement: remembered, because they hardly change.

Versions never change once published. Which one is in force is remembered for a minute; a
row that has met a newer one makes its reader look again.
"""

from __future__ import annotations

import time
from fractions import Fraction

from loyalty.errors import LadderNotFoundError
from loyalty.models import LadderVersion
from loyalty.types import Ladder, Measure, Tier

_REMEMBER_SECONDS = 60.0
_current: dict[int, tuple[float, Ladder]] = {}


def forget(programme_id: int) -> None:
    """Drop what this process remembers, after a change."""
    _current.pop(programme_id, None)


def current(programme_id: int, *, fresh: bool = False) -> Ladder:
    """Return the ladder in force.

    Raises:
        LadderNotFoundError: none is published.
    """
    # Not the business clock: how long a process may trust its memory is real time.
    moment = time.monotonic()
    known = _current.get(programme_id)
    if known is not None and moment < known[0] and not fresh:
        return known[1]
    row = LadderVersion.objects.filter(
        programme_id=programme_id, state=LadderVersion.State.PUBLISHED
    ).first()
    if row is None:
        raise LadderNotFoundError("the programme has no published ladder")
    ladder = of_row(row)
    _current[programme_id] = (moment + _REMEMBER_SECONDS, ladder)
    return ladder


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
