"""Ladders are drafted, looked at, and published; a published one is never changed."""

from __future__ import annotations

from datetime import datetime

from loyalty.types import Ladder, LadderDraft, LadderWarning


def draft_ladder(
    *, programme_id: int, draft: LadderDraft, actor: str, reason: str, now: datetime
) -> int:
    """Write a new version down as a draft and return its number.

    Raises:
        LadderInvalidError: codes repeat, thresholds do not rise, or a figure is out of range.
    """
    raise NotImplementedError


def publish_ladder(
    *, programme_id: int, version: int, actor: str, reason: str, now: datetime
) -> list[LadderWarning]:
    """Put a drafted version in force; members are re-mapped to it as they are next touched.

    Raises:
        LadderNotFoundError: there is no such version.
        LadderPublishedError: it is or was in force already.
    """
    raise NotImplementedError


def install_default_ladder(*, programme_id: int, flat: bool, actor: str, now: datetime) -> Ladder:
    """Publish the five default tiers unless a ladder is in force; `flat`: all multipliers 1."""
    raise NotImplementedError
