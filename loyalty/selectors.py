"""Reads of ladders and standings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from loyalty.types import Change, Ladder, Standing


def get_ladder(*, programme_id: int, version: int | None = None) -> Ladder:
    """Return a ladder of the programme: the one in force, or the version named.

    Raises:
        LadderNotFoundError: there is none.
    """
    raise NotImplementedError


def get_standing(
    *, member_ids: Sequence[int], programme_id: int, at: datetime
) -> dict[int, Standing]:
    """Return where each member stands at `at`, as if everything due had been evaluated."""
    raise NotImplementedError


def list_changes(*, member_ids: Sequence[int], programme_id: int, limit: int = 50) -> list[Change]:
    """Return the tier history of a member (all its ids), newest first."""
    raise NotImplementedError
