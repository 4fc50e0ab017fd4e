"""Books: the tiers of some members, open in memory while a settlement counts.

Opened locked, changed in memory, written back by `services.close_books` in a handful of
statements however many members there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from loyalty import calendar, standings
from loyalty.errors import AlreadyCountedError, NotCountedError
from loyalty.standings import State
from loyalty.types import Ladder, Tier, TierMove


@dataclass(slots=True)
class Counted:
    """What a source still counts, and whether that stands in the database yet."""

    day: int
    spend: int
    growth: int
    counted_at: datetime
    new: bool = True
    dirty: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaders:
    """How books read on when they are asked for what was not loaded."""

    source: Callable[[int, str], Counted | None]
    past_tier: Callable[[int, datetime], str | None]


class Books:
    """The standings of the members a settlement touches."""

    def __init__(
        self,
        *,
        ladder: Ladder,
        states: Mapping[int, State],
        sources: dict[tuple[int, str], Counted],
        loaders: Loaders,
        merged: Mapping[int, int] | None = None,
    ) -> None:
        self.ladder = ladder
        self.states = states
        # What is told of a member who was merged counts for whom they became.
        self.merged = merged or {}
        self.sources = sources
        self._loaders = loaders

    def tier(self, member_id: int, at: datetime) -> Tier:
        """Return the member's tier at `at`, ending first what is due by then."""
        state = self._state(member_id)
        if not state.is_late(at):
            standings.end_due(state, at)
            return state.tier
        if state.since is not None and at >= state.since:
            return state.tier
        return self._past_tier(state, at)

    def count(self, member_id: int, source: str, spend: int, growth: int, at: datetime) -> TierMove:
        """Count a source's net spend and growth on the local day of `at`; upgrade if earned.

        A source that is loaded and has counted is refused here, one that is not loaded by
        the table's own key when the books are closed.

        Raises:
            AlreadyCountedError: the source has counted before.
        """
        if (member_id, source) in self.sources:
            raise AlreadyCountedError(f"{source} has counted")
        before, state = self.tier(member_id, at), self._state(member_id)
        self.sources[member_id, source] = Counted(
            calendar.day_of(at, state.zone), spend, growth, at
        )
        standings.count(state, spend=spend, growth=growth, source=source, at=at)
        return TierMove(before=before, after=state.tier)

    def take_back(
        self, member_id: int, source: str, spend: int, growth: int, at: datetime
    ) -> TierMove:
        """Take back part of a source, on the source's own day.

        The tier stands until its date, except that an upgrade which this very source
        brought is undone at once, as far as what is left does not earn it.

        Raises:
            NotCountedError: the source does not count that much (any more).
        """
        counted, state = self._source(member_id, source), self._state(member_id)
        if counted is None or counted.spend < spend or counted.growth < growth:
            raise NotCountedError(f"{source} does not count {spend} and {growth}")
        if not state.is_late(at):
            standings.end_due(state, at)
        before = state.tier
        counted.spend -= spend
        counted.growth -= growth
        counted.dirty = True
        standings.take_back(
            state, day=counted.day, spend=spend, growth=growth, source=source, at=at
        )
        return TierMove(before=before, after=state.tier)

    def _state(self, member_id: int) -> State:
        return self.states[self.merged.get(member_id, member_id)]

    def _source(self, member_id: int, source: str) -> Counted | None:
        key = (member_id, source)
        if key not in self.sources and (found := self._loaders.source(*key)) is not None:
            self.sources[key] = found
        return self.sources.get(key)

    def _past_tier(self, state: State, at: datetime) -> Tier:
        """Return the tier before the present one began, from the history."""
        code = next((c.to_code for c in reversed(state.written) if c.occurred_at <= at), None)
        if code is None and state.changes:
            code = self._loaders.past_tier(state.member_id, at)
        return (self.ladder.find(code) if code else None) or self.ladder.lowest
