"""What a member has: now, at an earlier time, or at a later one if nothing else happens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from points.models import Account, Hold, Lot, Unfolded
from points.selectors._due import Figures, OpenHold, OpenLot
from points.types import POINTS, Balance, Expiring

_FIGURES = (
    "available", "pending", "held", "debt",
    "lifetime_earned", "lifetime_spent", "lifetime_expired",
)  # fmt: skip
# How many dates of expiry a balance lists.
_DATES = 24


def get_balances(
    *, member_ids: Sequence[int], programme_id: int, currency: str = POINTS, at: datetime
) -> dict[int, Balance]:
    """Return the present figures of several members, `at` being now or later.

    Lots are only read for members for whom something has fallen due; the lists of what
    expires are left empty.
    """
    accounts = _accounts(member_ids, programme_id, currency)
    found = _figures(accounts, at=at, with_lots=False)
    return {
        member_id: _balance(member_id, found.get(member_id, Figures()), at=at)
        for member_id in member_ids
    }


def get_balance(
    *, member_id: int, programme_id: int, currency: str = POINTS, at: datetime, now: datetime
) -> Balance:
    """Return one member's figures at an instant, with what expires after it.

    An instant before `now` counts what had occurred by then, whenever it was recorded;
    a later one shows what will be left if nothing but time happens.
    """
    accounts = _accounts([member_id], programme_id, currency)
    if at >= now:
        figures = _figures(accounts, at=at, with_lots=True).get(member_id, Figures())
        return _balance(member_id, figures, at=at)
    if not accounts:
        return Balance(member_id=member_id, as_of=at)
    return _past_balance(accounts[0], at=at)


def _accounts(member_ids: Sequence[int], programme_id: int, currency: str) -> list[Account]:
    return list(
        Account.objects.filter(
            member_id__in=list(member_ids), programme_id=programme_id, currency=currency
        )
    )


def _figures(accounts: list[Account], *, at: datetime, with_lots: bool) -> dict[int, Figures]:
    found = {a.member_id: Figures(*(getattr(a, name) for name in _FIGURES)) for a in accounts}
    due = {a.member_id: a.next_due_at for a in accounts}
    _add_unfolded([a for a in accounts if a.hot], found, due)
    read = [a for a in accounts if with_lots or _is_due(due[a.member_id], at)]
    _load(read, {a.id: found[a.member_id] for a in read})
    for account in read:
        found[account.member_id].advance(until=at)
    return found


def _is_due(due_at: datetime | None, at: datetime) -> bool:
    return due_at is not None and due_at <= at


def _add_unfolded(
    hot: list[Account], found: dict[int, Figures], due: dict[int, datetime | None]
) -> None:
    if not hot:
        return
    rows = Unfolded.objects.filter(
        member_id__in=[a.member_id for a in hot], account_id__in=[a.id for a in hot]
    )
    for row in rows:
        figures = found[row.member_id]
        figures.available += row.available
        figures.pending += row.pending
        figures.lifetime_earned += row.earned
        times = [t for t in (due[row.member_id], row.due_at) if t is not None]
        due[row.member_id] = min(times, default=None)


def _load(accounts: list[Account], figures: dict[int, Figures]) -> None:
    """Read the open lots and reservations of accounts into their figures."""
    if not accounts:
        return
    where: dict[str, Any] = {
        "member_id__in": [a.member_id for a in accounts],
        "account_id__in": [a.id for a in accounts],
    }
    for lot in Lot.objects.filter(open=True, **where):
        figures[lot.account_id].lots[lot.id] = OpenLot(
            lot.id, lot.remaining, lot.held, lot.pending, lot.available_at, lot.expires_at
        )
    if any(a.held for a in accounts):
        for hold in Hold.objects.filter(status="held", **where):
            figures[hold.account_id].holds.append(
                OpenHold(hold.id, hold.expires_at, hold.lots, hold.lot_points)
            )


def _balance(member_id: int, figures: Figures, *, at: datetime) -> Balance:
    lots = ((lot.expires_at, lot.remaining) for lot in figures.lots.values())
    return Balance(
        member_id=member_id,
        expiring=_expiring(lots, after=at),
        as_of=at,
        **{name: getattr(figures, name) for name in _FIGURES},
    )


def _expiring(
    lots: Iterable[tuple[datetime | None, int]], *, after: datetime
) -> tuple[Expiring, ...]:
    by_date: dict[datetime, int] = defaultdict(int)
    for expires_at, points in lots:
        if expires_at is not None and expires_at > after and points > 0:
            by_date[expires_at] += points
    return tuple(Expiring(at=at, points=by_date[at]) for at in sorted(by_date)[:_DATES])


_PAST = """
SELECT coalesce(sum(available), 0), coalesce(sum(pending), 0), coalesce(sum(held), 0),
       coalesce(sum(debt), 0),
       coalesce(sum(points) FILTER (WHERE counter = 'issuance'), 0),
       coalesce(-sum(points) FILTER (WHERE counter = 'redemption'), 0),
       coalesce(-sum(points) FILTER (WHERE counter = 'expiry'), 0)
  FROM points_entry WHERE member_id = %s AND account_id = %s AND occurred_at <= %s
"""
_PAST_LOTS = """
SELECT lot.expires_at, sum(lot.points)
  FROM points_entry e, unnest(e.lots, e.lot_points, e.lot_expires) lot (id, points, expires_at)
 WHERE e.member_id = %s AND e.account_id = %s AND e.occurred_at <= %s AND lot.expires_at > %s
 GROUP BY lot.expires_at
"""


def _past_balance(account: Account, *, at: datetime) -> Balance:
    key: list[Any] = [account.member_id, account.id, at]
    with connection.cursor() as cursor:
        cursor.execute(_PAST, key)
        sums = dict(zip(_FIGURES, map(int, cursor.fetchone()), strict=True))
        cursor.execute(_PAST_LOTS, [*key, at])
        lots = [(expires_at, int(points)) for expires_at, points in cursor.fetchall()]
    figures = Figures()
    for name, value in sums.items():
        setattr(figures, name, value)
    if _is_due(account.next_due_at, at):
        # Fallen due by then, and not yet written down.
        _load([account], {account.id: figures})
        figures.advance(until=at)
    balance = _balance(account.member_id, figures, at=at)
    values = {name: getattr(balance, name) for name in _FIGURES}
    return Balance(
        member_id=account.member_id, expiring=_expiring(lots, after=at), as_of=at, **values
    )
