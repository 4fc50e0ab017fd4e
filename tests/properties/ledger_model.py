"""An account of the ledger in plain Python: the rules of ledger.md, nothing of the SQL.

The figures of the account move by the expressions of the paper's table alone; the lots
move by the rules. `check` holds the two against each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tests.properties import ledger_table

TABLE = ledger_table.read()
FIGURES = ("available", "pending", "held", "debt")


@dataclass(eq=False)
class Lot:
    serial: int
    points: int
    remaining: int
    expires_at: datetime | None
    available_at: datetime | None = None
    pending: bool = False
    held: int = 0
    lapsed: int = 0
    graced: bool = False

    @property
    def free(self) -> int:
        return self.remaining - self.held

    def state(self) -> tuple[Any, ...]:
        return (
            self.points, self.remaining, self.held, self.lapsed, self.pending, self.graced,
            self.expires_at,
        )  # fmt: skip


@dataclass(eq=False)
class Hold:
    points: int
    parts: list[tuple[Lot, int]]
    expires_at: datetime
    status: str = "held"
    real_id: int | None = None
    moved_to: tuple[Account, Hold] | None = None


@dataclass(eq=False)
class Entry:
    movement: str
    changes: dict[str, int]
    lots: list[tuple[Lot, int]]
    occurred_at: datetime
    source: str = ""
    settled: int = 0  # by reversals of it
    causes: set[str] = field(default_factory=set)
    real_id: int | None = None

    @property
    def kind(self) -> str:
        return TABLE[self.movement].kind

    @property
    def points(self) -> int:
        c = self.changes
        return c["available"] + c["pending"] + c["held"] - c["debt"]

    def state(self) -> tuple[Any, ...]:
        row = TABLE[self.movement]
        moved = sum(change for _, change in self.lots)
        return (
            row.kind, row.counter, *(self.changes[f] for f in FIGURES), moved, self.occurred_at,
        )  # fmt: skip


@dataclass(eq=False)
class Move:
    """What a transfer moved: lots (old, new, points), reservations (old, new), and the debt."""

    lots: list[tuple[Lot, Lot, int]]
    holds: list[tuple[Hold, Hold]]
    debt: int


_MOVED = ("expires_at", "available_at", "pending", "held", "graced")


class Account:
    """One member's account. Methods return the code of a refusal, or None."""

    def __init__(self) -> None:
        self.available = self.pending = self.held = self.debt = 0
        self.lots: list[Lot] = []
        self.holds: list[Hold] = []
        self.entries: list[Entry] = []

    # --- what everything is made of ---------------------------------------------------

    def _record(
        self, movement: str, lots: list[tuple[Lot, int]], at: datetime, **letters: int
    ) -> Entry:
        row = TABLE[movement]
        changes = {figure: getattr(row, figure)(letters) for figure in FIGURES}
        for figure, change in changes.items():
            setattr(self, figure, getattr(self, figure) + change)
        assert sum(change for _, change in lots) == row.lots(letters), (movement, letters)
        entry = Entry(movement, changes, lots, at)
        self.entries.append(entry)
        return entry

    def _in_order(self) -> list[Lot]:
        return sorted(self.lots, key=lambda x: (x.expires_at is None, x.expires_at or 0, x.serial))

    def _open_lot(self, points: int, kept: int, **fields: Any) -> Lot:
        lot = Lot(len(self.lots), points, kept, **fields)
        self.lots.append(lot)
        return lot

    def _clear(self, lot: Lot, points: int, cleared: int) -> int:
        """Return how much of `points` becoming available in a lot pays debt."""
        part = min(self.debt - cleared, points)
        lot.remaining -= part
        return part

    def _take(self, points: int, but: Lot | None = None) -> list[tuple[Lot, int]]:
        taken = []
        for lot in self._in_order():
            part = 0 if lot.pending or lot is but else min(points, lot.free)
            if part:
                taken.append((lot, -part))
                points -= part
        assert points == 0
        return taken

    # --- what time does -------------------------------------------------------------------

    def due(self, until: datetime, floor: datetime | None = None) -> None:
        at = floor
        while True:
            lapse = min((h.expires_at for h in self.holds if h.status == "held"), default=None)
            mature = min(
                (x.available_at for x in self.lots if x.pending and x.remaining and x.available_at),
                default=None,
            )
            expire = min((x.expires_at for x in self.lots if x.free and x.expires_at), default=None)
            times = [t for t in (lapse, mature, expire) if t is not None]
            if not times or min(times) > until:
                return
            at = min(times) if at is None else max(at, min(times))
            if lapse == min(times):
                for hold in [h for h in self.holds if h.status == "held"]:
                    if hold.expires_at == lapse:
                        self._resolve(hold, 0, "lapsed", at)
            elif mature is not None and mature == min(times):
                self._mature(mature, None, at)
            elif expire is not None:
                self._expire(expire, at)

    def _mature(self, until: datetime, only: Lot | None, at: datetime) -> None:
        lots, n, c = [], 0, 0
        for lot in self._in_order():
            ripe = lot.pending and lot.remaining and lot.available_at and lot.available_at <= until
            if not ripe or (only is not None and lot is not only):
                continue
            lot.pending = False
            n += lot.remaining
            part = self._clear(lot, lot.remaining, c)
            c += part
            lots.append((lot, -part))
        if n:
            self._record("activate", lots, at, n=n, c=c)

    def _expire(self, until: datetime, at: datetime) -> None:
        lots, n, p = [], 0, 0
        for lot in self._in_order():
            if lot.expires_at is None or lot.expires_at > until or not lot.free:
                continue
            part = lot.free
            if lot.pending:
                p += part
            else:
                n += part
            lot.remaining -= part
            lot.lapsed += part
            lots.append((lot, -part))
        self._record("expire", lots, at, n=n, p=p)

    def _resolve(self, hold: Hold, captured: int, status: str, at: datetime) -> None:
        spent, freed, left, n, c = [], [], captured, 0, 0
        for lot, points in hold.parts:
            lot.held -= points
            part = min(left, points)
            left -= part
            lot.remaining -= part
            if part:
                spent.append((lot, -part))
            if points > part:
                n += points - part
                cleared = self._clear(lot, points - part, c)
                c += cleared
                freed.append((lot, -cleared))
        hold.status = status
        if spent:
            self._record("capture", spent, at, n=captured)
        if freed:
            self._record("lapse" if status == "lapsed" else "release", freed, at, n=n, c=c)

    # --- commands --------------------------------------------------------------------------

    def earn(self, command: Any, now: datetime) -> str | None:
        self.due(min(now, command.occurred_at))
        n = command.points
        pending = command.pending and (command.available_at is None or command.available_at > now)
        lot = self._open_lot(
            n, n, expires_at=command.expires_at, available_at=command.available_at, pending=pending
        )
        if pending:
            entry = self._record("earn pending", [(lot, n)], command.occurred_at, n=n)
        else:
            c = self._clear(lot, n, 0)
            entry = self._record("earn available", [(lot, n - c)], command.occurred_at, n=n, c=c)
        entry.source = command.source
        return None

    def schedule(self, command: Any, now: datetime) -> str | None:
        self.due(min(now, command.occurred_at))
        for entry in self.entries:
            if entry.source == command.source and entry.kind == "earn":
                lot = entry.lots[0][0]
                if lot.pending and lot.remaining:
                    lot.available_at = command.available_at
                    if command.available_at <= now:
                        self._mature(command.available_at, lot, command.occurred_at)
        return None

    def spend(self, command: Any, now: datetime) -> str | None:
        return self._debit("spend", command.points, command, now)

    def adjust(self, command: Any, now: datetime) -> str | None:
        if command.points < 0:
            return self._debit("adjust down", -command.points, command, now)
        self.due(now)
        n = command.points
        lot = self._open_lot(n, n, expires_at=command.expires_at)
        c = self._clear(lot, n, 0)
        self._record("adjust up", [(lot, n - c)], command.occurred_at, n=n, c=c)
        return None

    def _debit(self, movement: str, n: int, command: Any, now: datetime) -> str | None:
        self.due(now)
        if self.available < n:
            return "points.insufficient"
        lots = self._take(n)
        for lot, change in lots:
            lot.remaining += change
        entry = self._record(movement, lots, command.occurred_at, n=n)
        entry.source = command.source
        return None

    def hold(self, command: Any, now: datetime) -> str | None:
        self.due(now)
        n = command.points
        if self.available < n:
            return "points.insufficient"
        parts = [(lot, -change) for lot, change in self._take(n)]
        for lot, points in parts:
            lot.held += points
        self._record("hold", [(lot, 0) for lot, _ in parts], command.occurred_at, n=n)
        self.holds.append(Hold(n, parts, command.expires_at))
        return None

    def capture(self, command: Any, now: datetime) -> str | None:
        return self._close(command, now, release=False)

    def release(self, command: Any, now: datetime) -> str | None:
        return self._close(command, now, release=True)

    def _close(self, command: Any, now: datetime, *, release: bool) -> str | None:
        self.due(now)
        hold = next(h for h in self.holds if h.real_id == command.reservation_id)
        if hold.moved_to is not None:
            other, moved = hold.moved_to
            return other._close(
                replace(command, reservation_id=moved.real_id), now, release=release
            )
        n = 0 if release else hold.points if command.points is None else command.points
        if hold.status == "lapsed":
            return "reservation.expired"
        if hold.status != "held":
            return "reservation.closed"
        if n > hold.points:
            return "reservation.exceeds"
        self._resolve(hold, n, "released" if release else "captured", command.occurred_at)
        self.due(now, floor=command.occurred_at)
        return None

    def extend(self, command: Any, now: datetime) -> str | None:
        self.due(now)
        hold = next(h for h in self.holds if h.real_id == command.reservation_id)
        if hold.moved_to is not None:
            other, moved = hold.moved_to
            return other.extend(replace(command, reservation_id=moved.real_id), now)
        if hold.status == "lapsed":
            return "reservation.expired"
        if hold.status != "held":
            return "reservation.closed"
        hold.expires_at = max(hold.expires_at, command.expires_at)
        return None

    def reverse(self, command: Any, now: datetime, grace_until: datetime | None) -> str | None:
        horizon = min(now, command.occurred_at)
        self.due(horizon)
        target = next(e for e in self.entries if e.real_id == command.entry_id)
        if target.kind in ("reverse", "return"):
            return "entry.is_reversal"
        if target.kind not in ("earn", "spend", "adjust"):
            return "entry.not_reversible"
        whole = abs(target.points)
        left = whole - target.settled
        n = left if command.points is None else command.points
        if command.cause in target.causes:
            return "entry.already_reversed"
        if n > whole:
            return "entry.reverse_exceeds"
        if n > left or left == 0:
            return "entry.already_reversed"
        if target.points > 0:
            self._take_back(target, n, command)
        else:
            self._give_back(target, n, command.occurred_at, now, grace_until)
        target.settled += n
        target.causes.add(command.cause)
        self.due(horizon, floor=command.occurred_at)
        return None

    def _take_back(self, target: Entry, n: int, command: Any) -> None:
        p = o = x = r = d = 0
        lots = []
        for own, _ in target.lots:
            part = 0 if not own.pending and command.policy == "pending_only" else own.free
            part = min(n - p - o, part)
            p, o = (p + part, o) if own.pending else (p, o + part)
            own.remaining -= part
            lots += [(own, -part)] if part else []
        for own, _ in target.lots:
            part = min(n - p - o - x, own.lapsed)
            own.lapsed -= part
            x += part
        left = n - p - o - x
        if command.policy != "pending_only":
            r = min(left, self.available - o)
            others = self._take(r)
            for lot, change in others:
                lot.remaining += change
            lots += others
        if command.policy == "allow_debt":
            cap = command.debt_cap
            d = left - r if cap is None else min(left - r, max(cap - self.debt, 0))
        name = {"earn": "reverse earn", "adjust": "reverse adjust up"}
        self._record(
            name.get(target.kind, "reverse exchange in"),
            lots,
            command.occurred_at,
            p=p,
            o=o,
            r=r,
            d=d,
        )

    def _give_back(
        self, target: Entry, n: int, at: datetime, now: datetime, grace_until: datetime | None
    ) -> None:
        skip, left, c, grace, lots = target.settled, n, 0, 0, []
        for lot, change in reversed(target.lots):
            passed = min(skip, -change)
            skip -= passed
            part = min(left, -change - passed)
            left -= part
            cleared = min(self.debt - c, part)
            c += cleared
            part -= cleared
            if not part:
                continue
            gone = lot.expires_at is not None and lot.expires_at <= now
            if gone and grace_until is not None and not lot.graced:
                grace += part
            else:
                lot.remaining += part
                lots.append((lot, part))
        if grace:
            lots.append((self._open_lot(grace, grace, expires_at=grace_until, graced=True), grace))
        name = {"spend": "return", "adjust": "reverse adjust down"}
        self._record(name.get(target.kind, "reverse exchange out"), lots, at, n=n, c=c)

    # --- between two accounts ----------------------------------------------------------------

    def exchange(
        self, other: Account, n: int, received: int, now: datetime, fresh: datetime, carry: bool
    ) -> str | None:
        if not self.entries:
            return "points.insufficient"
        self.due(now)
        other.due(now)
        if self.available < n:
            return "points.insufficient"
        given = self._take(n)
        for lot, change in given:
            lot.remaining += change
        self._record("exchange out", given, now, n=n)
        parts = [(lot.expires_at, -change) for lot, change in given] if carry else [(None, n)]
        whole, done, c, lots = 0, 0, 0, []
        for expires_at, part in parts:
            whole += part
            gain = received * whole // n - done
            if gain:
                done += gain
                ends = min(expires_at or fresh, fresh)
                lot = other._open_lot(gain, gain, expires_at=ends)
                cleared = other._clear(lot, gain, c)
                c += cleared
                lots.append((lot, gain - cleared))
        other._record("exchange in", lots, now, n=received, c=c)
        return None

    def undo_exchange(
        self, other: Account, out: Entry, into: Entry, command: Any, now: datetime, grace: datetime
    ) -> str | None:
        """`command` tells the policy of taking back: what there is, and no debt."""
        self.due(now)
        other.due(now)
        n, received = -out.points, into.points
        if out.settled:
            return "entry.already_reversed"
        if other.available < received or any(lot.lapsed for lot, _ in into.lots):
            return "exchange.spent"
        self._give_back(out, n, now, now, grace)
        self.due(now, floor=now)
        other._take_back(into, received, command)
        out.settled, into.settled = n, received
        return None

    def transfer(self, other: Account, now: datetime) -> Move | None:
        self.due(now)
        n, p, h, d = self.available, self.pending, self.held, self.debt
        if not n + p + h + d:
            return None
        other.due(now)
        lots = []
        for lot in self._in_order():
            if lot.remaining:
                fields = {f: getattr(lot, f) for f in _MOVED}
                new = other._open_lot(lot.remaining, lot.remaining, **fields)
                lots.append((lot, new, lot.remaining))
                lot.remaining = lot.held = 0
        where = {id(lot): new for lot, new, _ in lots}
        holds = []
        for hold in [hold for hold in self.holds if hold.status == "held"]:
            there = [(where[id(lot)], points) for lot, points in hold.parts]
            moved = Hold(hold.points, there, hold.expires_at)
            hold.status, hold.moved_to = "moved", (other, moved)
            other.holds.append(moved)
            holds.append((hold, moved))
        self._record("merge out", [(lot, -k) for lot, _, k in lots], now, n=n, p=p, h=h, d=d)
        other._arrive([(new, k) for _, new, k in lots], now, n=n, p=p, h=h, d=d)
        return Move(lots, holds, d)

    def _arrive(self, lots: list[tuple[Lot, int]], at: datetime, **letters: int) -> None:
        c = min(self.debt + letters["d"], self.available + letters["n"])
        cleared = self._take(c)
        for lot, change in cleared:
            lot.remaining += change
        self._record("merge in", lots + cleared, at, c=c, **letters)

    def undo_transfer(self, other: Account, move: Move, now: datetime) -> str | None:
        self.due(now)
        other.due(now)
        outs: list[tuple[Lot, int]] = []
        ins: list[tuple[Lot, int]] = []
        home = {id(new): lot for lot, new, _ in move.lots}
        h = 0
        for hold, moved in move.holds:
            if moved.status != "held":
                continue
            for lot, points in moved.parts:
                orig = home[id(lot)]
                lot.held -= points
                lot.remaining -= points
                orig.held += points
                orig.remaining += points
                orig.pending = False
                outs.append((lot, -points))
                ins.append((orig, points))
            h += hold.points
            moved.status, moved.moved_to = "moved", (self, hold)
            hold.status, hold.moved_to, hold.expires_at = "held", None, moved.expires_at
        n = p = short = 0
        for orig, lot, moved_points in move.lots:
            if lot.expires_at is not None and lot.expires_at <= now:
                continue
            need = moved_points + sum(change for x, change in outs if x is lot)
            own = min(need, lot.free)
            if lot.pending:
                need = own
                p += own
            else:
                n += need
                short += need - own
            if need:
                lot.remaining -= own
                orig.remaining += need
                orig.pending, orig.available_at = lot.pending, lot.available_at
                outs.append((lot, -own))
                ins.append((orig, need))
        if short > other.available - (n - short):
            return "transfer.spent"
        cover = other._take(short)
        for lot, change in cover:
            lot.remaining += change
        d = min(move.debt, other.debt)
        other._record("merge out", outs + cover, now, n=n, p=p, h=h, d=d)
        self._arrive(ins, now, n=n, p=p, h=h, d=d)
        self.due(now, floor=now)
        return None

    # --- looking ahead ------------------------------------------------------------------------

    def ahead(self, until: datetime) -> Account:
        """Return this account as time alone will have made it; its entries are what time wrote."""
        lots = {id(lot): replace(lot) for lot in self.lots if lot.remaining}
        later = Account()
        for figure in FIGURES:
            setattr(later, figure, getattr(self, figure))
        later.lots = list(lots.values())
        for hold in self.holds:
            if hold.status == "held":
                parts = [(lots[id(lot)], points) for lot, points in hold.parts]
                later.holds.append(Hold(hold.points, parts, hold.expires_at))
        later.due(until)
        return later

    # --- what must always hold ----------------------------------------------------------------

    def check(self) -> None:
        assert min(self.available, self.pending, self.held, self.debt) >= 0
        for lot in self.lots:
            assert 0 <= lot.held <= lot.remaining <= lot.points
        assert self.available == sum(x.free for x in self.lots if not x.pending)
        assert self.pending == sum(x.remaining for x in self.lots if x.pending)
        assert self.held == sum(x.held for x in self.lots)
        total = self.available + self.pending + self.held - self.debt
        assert total == sum(entry.points for entry in self.entries)
