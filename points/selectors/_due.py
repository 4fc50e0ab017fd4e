"""What time will have done by an instant, worked out without writing it.

The same order of events as `points_settle_due` in SQL: at each instant reservations
lapse first, then pending points mature, then lots expire.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class OpenLot:
    lot_id: int
    remaining: int
    held: int
    pending: bool
    available_at: datetime | None
    expires_at: datetime | None


@dataclass(slots=True)
class OpenHold:
    hold_id: int
    expires_at: datetime
    lots: Sequence[int]
    lot_points: Sequence[int]


@dataclass(slots=True)
class Figures:
    """An account on its way through time."""

    available: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0
    lifetime_earned: int = 0
    lifetime_spent: int = 0
    lifetime_expired: int = 0
    lots: dict[int, OpenLot] = field(default_factory=dict)
    holds: list[OpenHold] = field(default_factory=list)

    def advance(self, *, until: datetime) -> None:
        """Do everything that falls due by `until`, in order of time."""
        while (at := self._next_due()) is not None and at <= until:
            if any(hold.expires_at == at for hold in self.holds):
                self._lapse(at)
            elif any(lot.pending and lot.available_at == at for lot in self._open()):
                self._mature(at)
            else:
                self._expire(at)

    def _open(self) -> list[OpenLot]:
        lots = [lot for lot in self.lots.values() if lot.remaining > 0]
        # Soonest to expire first; what never expires last.
        return sorted(lots, key=lambda x: (x.expires_at is None, x.expires_at, x.lot_id))

    def _next_due(self) -> datetime | None:
        times = [hold.expires_at for hold in self.holds]
        for lot in self._open():
            if lot.pending and lot.available_at is not None:
                times.append(lot.available_at)
            if lot.remaining > lot.held and lot.expires_at is not None:
                times.append(lot.expires_at)
        return min(times, default=None)

    def _lapse(self, at: datetime) -> None:
        for hold in [hold for hold in self.holds if hold.expires_at == at]:
            self.holds.remove(hold)
            for lot_id, points in zip(hold.lots, hold.lot_points, strict=True):
                lot = self.lots[lot_id]
                lot.held -= points
                self.held -= points
                self._make_available(lot, points)

    def _mature(self, at: datetime) -> None:
        for lot in self._open():
            if lot.pending and lot.available_at is not None and lot.available_at <= at:
                lot.pending = False
                self.pending -= lot.remaining
                self._make_available(lot, lot.remaining)

    def _make_available(self, lot: OpenLot, points: int) -> None:
        cleared = min(self.debt, points)
        self.debt -= cleared
        lot.remaining -= cleared
        self.available += points - cleared

    def _expire(self, at: datetime) -> None:
        for lot in self._open():
            free = lot.remaining - lot.held
            if free == 0 or lot.expires_at is None or lot.expires_at > at:
                continue
            lot.remaining -= free
            self.lifetime_expired += free
            if lot.pending:
                self.pending -= free
            else:
                self.available -= free
