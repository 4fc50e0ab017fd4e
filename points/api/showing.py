"""Entries, balances and reservations as the API shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import translation

from config.kernel import ids
from members import selectors as members_selectors
from members.programmes import selectors as programmes_selectors
from points.api.contracts import (
    BalanceOut,
    EntryOut,
    ExchangeOut,
    ExpiringOut,
    HoldingOut,
    LotOut,
    MovedOut,
    RateOut,
    ReservationOut,
)
from points.rows import LINE_COLUMNS
from points.types import Balance, Exchanged, Holding, Posted, Reservation

_LOTS = LINE_COLUMNS.index("lots")


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


def lines(rows: Sequence[Sequence[Any]]) -> list[EntryOut]:
    """Return lines of a batch from the values of LINE_COLUMNS, all ids made in two calls."""
    entry_ids = ids.encode_many("ent", [(row[1], row[0]) for row in rows])
    lots = [(row[1], lot) for row in rows for lot in row[_LOTS]]
    lot_ids = iter(ids.encode_many("lot", lots))
    return [_line(entry_id, row, lot_ids) for entry_id, row in zip(entry_ids, rows, strict=True)]


def _line(entry_id: str, row: Sequence[Any], lot_ids: Iterator[str]) -> EntryOut:
    (
        _entry, _member, kind, points, balance_after, source, rule, reason, actor,
        lots, lot_points, lot_expires, occurred_at, recorded_at,
    ) = row  # fmt: skip
    return EntryOut(
        id=entry_id,
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
            LotOut(lot=next(lot_ids), points=change, expires_at=expires_at)
            for _lot, change, expires_at in zip(lots, lot_points, lot_expires, strict=True)
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


def holding(held: Holding) -> HoldingOut:
    return HoldingOut(
        programme=programmes_selectors.get_programme(held.programme_id).code,
        currency=held.currency.code,
        kind=held.currency.kind,
        name=held.currency.name(translation.get_language() or ""),
        balance=balance(held.balance),
    )


def exchanged(done: Exchanged, *, dry_run: bool = False) -> ExchangeOut:
    return ExchangeOut(
        entries=[entry(x, dry_run=dry_run) for x in (done.out, done.into)],
        given=done.quote.given,
        fee=done.quote.fee,
        received=done.quote.received,
        rate=RateOut(
            version=done.rate.version,
            per=done.rate.per,
            gives=done.rate.gives,
            rounding=done.rate.rounding,
            fee_fixed=done.rate.fee_fixed,
            fee_permille=done.rate.fee_permille,
            begins_at=done.rate.begins_at,
        ),
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
