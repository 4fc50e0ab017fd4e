"""What a member's own pages show of their points, in one round trip.

The database adds the lots up by date, so that a member with many lots costs no more to
show. Where something has fallen due that is not yet written down, or where figures have
not been folded, `get_balance` does the reckoning.
"""

from __future__ import annotations

from datetime import datetime

from config.kernel import statements
from points.selectors.balances import get_balance
from points.types import POINTS, Balance, Expiring, Maturing, Wallet

# How many dates are listed of each kind.
_DATES = 24
_WALLET = f"""
SELECT a.available, a.pending, a.held, a.debt,
       a.lifetime_earned, a.lifetime_spent, a.lifetime_expired,
       a.hot OR coalesce(a.next_due_at <= %s::timestamptz, false),
       e.ends, e.points, p.arrivals, p.points
  FROM points_account a
  LEFT JOIN LATERAL (
    SELECT array_agg(x.expires_at ORDER BY x.expires_at) AS ends,
           array_agg(x.points ORDER BY x.expires_at) AS points
      FROM (SELECT expires_at, sum(remaining)::bigint AS points FROM points_lot
             WHERE member_id = a.member_id AND account_id = a.id AND open
               AND expires_at > %s::timestamptz AND remaining > 0
             GROUP BY 1 ORDER BY 1 LIMIT {_DATES}) x
  ) e ON true
  LEFT JOIN LATERAL (
    SELECT array_agg(x.available_at ORDER BY x.available_at) AS arrivals,
           array_agg(x.points ORDER BY x.available_at) AS points
      FROM (SELECT available_at, sum(remaining)::bigint AS points FROM points_lot
             WHERE member_id = a.member_id AND account_id = a.id AND open AND pending
             GROUP BY 1 ORDER BY 1 LIMIT {_DATES}) x
  ) p ON a.pending > 0
 WHERE a.member_id = %s::bigint AND a.programme_id = %s::bigint AND a.currency = %s::text
"""


def get_wallet(
    *, member_id: int, programme_id: int, currency: str = POINTS, now: datetime
) -> Wallet:
    """Return what a member has now, what expires when, and what arrives when."""
    rows = statements.ask(_WALLET, [now, now, member_id, programme_id, currency])
    if not rows:
        return Wallet(balance=Balance(member_id=member_id, as_of=now))
    available, pending, held, debt, earned, spent, expired, unsettled, *listed = rows[0]
    ends, ending, arrivals, arriving = (column or () for column in listed)
    maturing = tuple(
        Maturing(at=at, points=points)
        for at, points in zip(arrivals, arriving, strict=True)
        if at is None or at > now
    )
    if unsettled:
        balance = get_balance(
            member_id=member_id, programme_id=programme_id, currency=currency, at=now, now=now
        )
        return Wallet(balance=balance, maturing=maturing)
    return Wallet(
        balance=Balance(
            member_id=member_id,
            available=available,
            pending=pending,
            held=held,
            debt=debt,
            lifetime_earned=earned,
            lifetime_spent=spent,
            lifetime_expired=expired,
            expiring=tuple(
                Expiring(at=at, points=points) for at, points in zip(ends, ending, strict=True)
            ),
            as_of=now,
        ),
        maturing=maturing,
    )
