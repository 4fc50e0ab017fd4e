"""Books: the tiers of some members, open in memory while a settlement counts.

Opened locked, changed in memory, written back by `services.close_books` in a handful of
statements however many members there are.
"""

from __future__ import annotations

from datetime import datetime

from loyalty.types import Ladder, Tier, TierMove


class Books:
    """The standings of the members a settlement touches."""

    ladder: Ladder

    def tier(self, member_id: int, at: datetime) -> Tier:
        """Return the member's tier at `at`, ending first what is due by then."""
        raise NotImplementedError

    def count(self, member_id: int, source: str, spend: int, growth: int, at: datetime) -> TierMove:
        """Count a source's net spend and growth on the local day of `at`; upgrade if earned.

        Raises:
            AlreadyCountedError: the source has counted before.
        """
        raise NotImplementedError

    def take_back(
        self, member_id: int, source: str, spend: int, growth: int, at: datetime
    ) -> TierMove:
        """Take back part of a source, on the source's own day.

        Raises:
            NotCountedError: the source does not count that much (any more).
        """
        raise NotImplementedError
