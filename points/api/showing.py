"""Entries, balances and reservations as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from config.kernel import ids
from members import selectors as members_selectors
from points.api.contracts import (
    BalanceOut,
    EntryOut,
    ExpiringOut,
    LotOut,
    MovedOut,
    ReservationOut,
)
from points.types import Balance, Posted, Reservation


def entry(posted: Posted, *, dry_run: bool = False) -> EntryOut:
    """Return an entry with public ids; a dry run has none to tell of."""
    member_id = posted.member_id

    def public(prefix: str, row_id: int | None) -> str | None:
        if row_id is None:
            return None
        return ids.encode(prefix, member_id=member_id, row_id=row_id)

    moved = posted.moved
    return EntryOut(
        id=None if dry_run else public("ent", posted.entry_id),
        kind=posted.kind,
        points=posted.points,
        balance_after=posted.balance_after,
        source=posted.source,
        rule=posted.rule,
        reason=posted.reason,
        actor=posted.actor,
        reverses=public("ent", posted.reverses),
        cause=posted.cause,
        reservation=public("res", posted.reservation_id),
        moved=MovedOut(origin=moved.origin, to=moved.to, points=moved.points) if moved else None,
        lots=[
            LotOut(
                lot=None if dry_run else public("lot", share.lot_id),
                points=share.points,
                expires_at=share.expires_at,
            )
            for share in posted.lots
        ],
        occurred_at=posted.occurred_at,
        recorded_at=posted.recorded_at,
    )


def line(values: Sequence[Any]) -> EntryOut:
    """Return a line of a batch from the values of LINE_COLUMNS."""
    (
        entry_id, member_id, kind, points, balance_after, source, rule, reason, actor,
        lots, lot_points, lot_expires, occurred_at, recorded_at,
    ) = values  # fmt: skip
    return EntryOut(
        id=ids.encode("ent", member_id=member_id, row_id=entry_id),
        kind=kind,
        points=points,
        balance_after=balance_after,
        source=source,
        rule=rule,
        reason=reason,
        actor=actor,
        reverses=None,
        cause=None,
        reservation=None,
        moved=None,
        lots=[
            LotOut(
                lot=ids.encode("lot", member_id=member_id, row_id=lot),
                points=change,
                expires_at=expires_at,
            )
            for lot, change, expires_at in zip(lots, lot_points, lot_expires, strict=True)
        ],
        occurred_at=occurred_at,
        recorded_at=recorded_at,
    )


def balance(shown: Balance) -> BalanceOut:
    return BalanceOut(
        available=shown.available,
        pending=shown.pending,
        held=shown.held,
        debt=shown.debt,
        lifetime_earned=shown.lifetime_earned,
        lifetime_spent=shown.lifetime_spent,
        lifetime_expired=shown.lifetime_expired,
        expiring=[ExpiringOut(at=x.at, points=x.points) for x in shown.expiring],
        as_of=shown.as_of,
    )


def reservation(held: Reservation, *, dry_run: bool = False) -> ReservationOut:
    public = ids.encode("res", member_id=held.member_id, row_id=held.reservation_id)
    return ReservationOut(
        id=None if dry_run else public,
        member=members_selectors.public_id(held.member_id),
        status=held.status,
        points=held.points,
        captured=held.captured,
        released=held.released,
        source=held.source,
        expires_at=held.expires_at,
    )
