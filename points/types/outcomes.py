"""What a movement did, and the lines of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from config.kernel.errors import DomainError


@dataclass(frozen=True, slots=True, kw_only=True)
class LotShare:
    """The part of an entry that concerns one lot: signed points, or points moved."""

    lot_id: int
    points: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Points that changed place and not owner."""

    origin: Literal["pending", "available", "held"]
    to: Literal["pending", "available", "held"]
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A line of the ledger as other apps see it."""

    entry_id: int
    account_id: int
    member_id: int
    kind: str
    points: int
    balance_after: int
    available: int  # the four changes; points = available + pending + held - debt
    pending: int
    held: int
    debt: int
    source: str
    rule: str
    reason: str
    actor: str
    reverses: int | None
    cause: str | None
    reservation_id: int | None
    lots: tuple[LotShare, ...]
    occurred_at: datetime
    recorded_at: datetime

    @property
    def moved(self) -> Moved | None:
        """What a hold, release or activation moved; None for the kinds that carry points."""
        match self.kind:
            case "hold":
                return Moved(origin="available", to="held", points=self.held)
            case "release":
                return Moved(origin="held", to="available", points=-self.held)
            case "activate":
                return Moved(origin="pending", to="available", points=-self.pending)
            case _:
                return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command did.

    `uncovered` is what a debt policy left untaken, `debt` the debt this command added.
    `replayed`: nothing was done now, this is what was done the first time; `duplicate`
    says that it was found by its source and not by its key.
    """

    entries: tuple[Posted, ...] = ()
    replayed: bool = False
    duplicate: bool = False
    problem: DomainError | None = None
    uncovered: int = 0
    debt: int = 0
    reservation_id: int | None = None

    @property
    def points(self) -> int:
        return sum(entry.points for entry in self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """Newest first; `before` of the next page is the last entry's id, None at the end."""

    entries: tuple[Posted, ...]
    next_before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred:
    """What a transfer between two members moved: pairs of entries, the giving one first."""

    entries: tuple[Posted, ...] = ()
    replayed: bool = False

    @property
    def points(self) -> dict[int, int]:
        """Return what each receiving account gained."""
        gained: dict[int, int] = {}
        for entry in self.entries[1::2]:
            gained[entry.account_id] = gained.get(entry.account_id, 0) + entry.points
        return gained
