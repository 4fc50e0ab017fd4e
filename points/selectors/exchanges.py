"""Rates in force, and what brands owe each other for exchanges, day by day."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

from members import selectors as members_selectors
from points import rates
from points.errors import ExchangeNotFoundError
from points.models import Account, Exchange, ExchangeRate
from points.selectors.entries import get_entry
from points.types import Exchanged, Purse, Quote, Rate, SettlementDay

# `owed` is rounded half up for the day, by the price that each exchange was made at. The
# sums of the entries stand beside those of the exchanges: the statement proves itself.
_STATEMENT = """
SELECT x.day,
       count(*) FILTER (WHERE x.reverses IS NULL), count(*) FILTER (WHERE x.reverses IS NOT NULL),
       sum(x.given), sum(x.fee), sum(x.received),
       floor((sum(x.received * r.price) + 500) / 1000),
       -sum(o.points), sum(i.points)
  FROM points_exchange x
  JOIN points_exchangerate r ON r.id = x.rate_id
  LEFT JOIN points_entry o ON o.member_id = x.member_id AND o.id = x.out_entry_id
   AND o.counter = 'exchange'
  LEFT JOIN points_entry i ON i.member_id = x.to_member_id AND i.id = x.in_entry_id
   AND i.counter = 'exchange'
 WHERE x.from_programme_id = %s AND x.from_currency = %s
   AND x.to_programme_id = %s AND x.to_currency = %s
   AND x.day BETWEEN coalesce(%s, '-infinity'::date) AND coalesce(%s, 'infinity'::date)
 GROUP BY x.day ORDER BY x.day DESC
"""


def find_rate(*, source: Purse, target: Purse, at: datetime) -> Rate | None:
    """Return the rate in force between two programmes' points, if they are exchanged."""
    return rates.find(source=source, target=target, at=at)


def list_rates(*, programme_id: int, at: datetime) -> list[Rate]:
    """Return every rate by which this programme's points can be given now."""
    return rates.in_force(source_programme_id=programme_id, at=at)


def get_exchange(*, member_id: int, out_entry_id: int) -> Exchanged:
    """Return the exchange that an entry began.

    Raises:
        ExchangeNotFoundError: the entry is no exchange of the member's.
    """
    row = Exchange.objects.filter(member_id=member_id, out_entry_id=out_entry_id).first()
    if row is None:
        raise ExchangeNotFoundError()
    return Exchanged(
        out=get_entry(
            member_id=member_id, entry_id=row.out_entry_id, programme_id=row.from_programme_id
        ),
        into=get_entry(
            member_id=row.to_member_id, entry_id=row.in_entry_id, programme_id=row.to_programme_id
        ),
        rate=rates.to_rate(ExchangeRate.objects.get(pk=row.rate_id)),
        quote=Quote(given=row.given, fee=row.fee, received=row.received),
    )


def receiving_member(*, member_id: int, programme_id: int) -> int:
    """Return who receives in a programme what a member gives: the same person's membership.

    Someone who is no member there yet keeps the points under the membership that gave them.
    """
    user_id = members_selectors.get_member(member_id=member_id).user_id
    found = user_id and members_selectors.find_by_user(user_id=user_id, programme_id=programme_id)
    return found or member_id


def given_today(*, member_id: int, rate: Rate, day: date) -> int:
    """Return what a member has given by a rate's pair on a local day, less what was undone.

    What those gave who were merged into the member counts as the member's.
    """
    merged = Account.objects.filter(
        member_id=member_id, programme_id=rate.source.programme_id, currency=rate.source.currency
    ).values_list("also", "kin")
    also, kin = next(iter(merged), (None, None))
    rows = Exchange.objects.filter(
        member_id__in=[member_id, *(also or [])],
        day=day,
        from_programme_id=rate.source.programme_id,
        from_currency=rate.source.currency,
        to_programme_id=rate.target.programme_id,
        to_currency=rate.target.currency,
    )
    undone = set(
        Exchange.objects.filter(
            member_id__in=[member_id, *(kin or [])], reverses__isnull=False
        ).values_list("reverses", flat=True)
    )
    return sum(row.given for row in rows if row.reverses is None and row.id not in undone)


def list_settlement(
    *, source: Purse, target: Purse, first: date | None = None, last: date | None = None
) -> list[SettlementDay]:
    """Return the statement of a pair, a line for each local day, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENT,
            [
                source.programme_id,
                source.currency,
                target.programme_id,
                target.currency,
                first,
                last,
            ],
        )
        rows = cursor.fetchall()
    return [
        SettlementDay(
            day=day,
            source=source,
            target=target,
            exchanges=exchanges,
            undone=undone,
            given=int(given),
            fee=int(fee),
            received=int(received),
            owed=int(owed),
            posted=int(posted or 0),
            received_posted=int(received_posted or 0),
        )
        for day, exchanges, undone, given, fee, received, owed, posted, received_posted in rows
    ]


def list_pairs() -> list[tuple[Purse, Purse]]:
    """Return the pairs between which something has been exchanged."""
    columns = ("from_programme_id", "from_currency", "to_programme_id", "to_currency")
    return [
        (Purse(programme_id=a, currency=b), Purse(programme_id=c, currency=d))
        for a, b, c, d in Exchange.objects.values_list(*columns).distinct().order_by(*columns)
    ]
