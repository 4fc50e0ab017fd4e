"""How risky a sign-in looks, and why: pure arithmetic over the sign-ins before it.

Worked figures stand in docs/algorithms/sign-in-risk.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from members.types import Risk

NEW_DEVICE = "new_device"
NEW_NETWORK = "new_network"
UNUSUAL_HOUR = "unusual_hour"
MANY_FAILURES = "many_failures"
IMPOSSIBLE_SPEED = "impossible_speed"
WEIGHTS = {
    NEW_DEVICE: 25,
    NEW_NETWORK: 15,
    UNUSUAL_HOUR: 10,
    MANY_FAILURES: 30,
    IMPOSSIBLE_SPEED: 45,
}
# Below so many sign-ins nobody has usual hours.
_HABIT = 10
_HOURS_AROUND = 2
_FAILURES = 3
_FASTEST_KMH = 900
_NEAR_KM = 100
Place = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A sign-in as the arithmetic sees it; device and network are keyed hashes."""

    device: bytes | None
    network: bytes | None
    place: Place | None
    at: datetime


def weigh(*, current: Seen, before: Sequence[Seen], failures: int, zone: ZoneInfo) -> Risk:
    """Weigh a sign-in against those before it, newest first."""
    found = [MANY_FAILURES] if failures >= _FAILURES else []
    if before:
        if current.device is None or all(s.device != current.device for s in before):
            found.append(NEW_DEVICE)
        if all(s.network != current.network for s in before):
            found.append(NEW_NETWORK)
        if _is_unusual_hour(current, before, zone):
            found.append(UNUSUAL_HOUR)
        if _is_too_fast(current, before[0]):
            found.append(IMPOSSIBLE_SPEED)
    return Risk(score=min(100, sum(WEIGHTS[r] for r in found)), reasons=tuple(found))


def _is_unusual_hour(current: Seen, before: Sequence[Seen], zone: ZoneInfo) -> bool:
    if len(before) < _HABIT:
        return False
    hour = current.at.astimezone(zone).hour
    usual = {s.at.astimezone(zone).hour for s in before}
    return all(min((hour - u) % 24, (u - hour) % 24) > _HOURS_AROUND for u in usual)


def _is_too_fast(current: Seen, latest: Seen) -> bool:
    if current.place is None or latest.place is None:
        return False
    distance = kilometers(current.place, latest.place)
    hours = max((current.at - latest.at) / timedelta(hours=1), 1 / 60)
    return distance > _NEAR_KM and distance / hours > _FASTEST_KMH


def kilometers(one: Place, other: Place) -> float:
    """Return the great-circle distance of two places given as (latitude, longitude)."""
    lat1, lon1, lat2, lon2 = (math.radians(x) for x in (*one, *other))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * 6371 * math.asin(math.sqrt(min(1.0, half)))
