"""Bring a member who stands on a replaced ladder to the one in force."""

from __future__ import annotations

from loyalty import ladders, standings
from loyalty.standings import State
from loyalty.types import Ladder


def bring_to(state: State, ladder: Ladder) -> None:
    """Re-map the member, as of the moment the ladder was published."""
    if state.ladder_version >= ladder.version or ladder.published_at is None:
        return
    old = ladders.version_of(ladder.programme_id, state.ladder_version)
    standings.remap(state, old=old, published_at=ladder.published_at)
