"""Outstanding points as of a day: from the roll-up, and from the entries it has not reached.

Both are read in one snapshot, so that together they are every entry there is, once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from config.kernel import ids
from members.commerce import selectors as commerce_selectors
from members.programmes import selectors as programmes_selectors
from points.models.accounting import LiabilityMark
from points.types import GROWTH

OTHER = 0
MARK = 1
# More entries than this are not worked out while somebody waits.
TAIL = 200_000

# Everything that changed outstanding points in entries (lo, hi], by day, month of expiry and
# the lot's origin: the order or the API client that gave the points.
_CHANGES = """
WITH e AS MATERIALIZED (
    SELECT x.member_id, x.counter, x.points, x.lots, x.lot_points, x.lot_expires,
           a.programme_id, a.currency, z.zone,
           (x.occurred_at AT TIME ZONE z.zone)::date AS day
      FROM points_entry x
      JOIN points_account a ON a.member_id = x.member_id AND a.id = x.account_id
      JOIN unnest(%(programmes)s::bigint[], %(zones)s::text[]) z (programme_id, zone)
        ON z.programme_id = a.programme_id
     WHERE x.id > %(lo)s AND x.id <= %(hi)s AND a.currency <> %(growth)s),
s AS (
    SELECT e.programme_id, e.currency, e.day, e.counter, e.member_id, e.zone,
           l.lot, l.points, l.expires_at
      FROM e, unnest(e.lots, e.lot_points, e.lot_expires) l (lot, points, expires_at)
     WHERE l.points <> 0)
SELECT s.programme_id, s.currency, s.day, s.counter, false AS owed,
       date_trunc('month', (s.expires_at AT TIME ZONE s.zone) - interval '1 microsecond')::date,
       CASE WHEN o.source LIKE 'order:%%' THEN o.source
            WHEN o.actor LIKE 'client:%%' THEN o.actor ELSE '' END AS origin,
       sum(s.points)::bigint
  FROM s
  LEFT JOIN points_lot t ON t.member_id = s.member_id AND t.id = s.lot
  LEFT JOIN points_entry o ON o.member_id = s.member_id AND o.id = t.entry_id
 GROUP BY 1, 2, 3, 4, 5, 6, 7
UNION ALL
SELECT programme_id, currency, day, counter, true, NULL, '',
       sum(points - coalesce((SELECT sum(p) FROM unnest(lot_points) p), 0))::bigint AS points
  FROM e
 WHERE points <> coalesce((SELECT sum(p) FROM unnest(lot_points) p), 0)
 GROUP BY 1, 2, 3, 4
"""
_ROWS = """
SELECT date_trunc('month', day)::date, brand_id, ends, owed, counter, sum(points)::bigint
  FROM points_liabilityday
 WHERE programme_id = %s AND currency = %s AND day <= %s
 GROUP BY 1, 2, 3, 4, 5
"""
_TOTAL = """
SELECT coalesce(sum(points), 0)::bigint FROM points_liabilityday
 WHERE programme_id = %s AND currency = %s
"""
_ACCOUNTS = """
SELECT coalesce(sum(available + pending + held - debt), 0)::bigint
       + coalesce((SELECT sum(u.available + u.pending) FROM points_unfolded u
                     JOIN points_account h ON h.member_id = u.member_id AND h.id = u.account_id
                    WHERE h.programme_id = %(programme)s AND h.currency = %(currency)s), 0)::bigint
  FROM points_account WHERE programme_id = %(programme)s AND currency = %(currency)s
"""
_LAST = "SELECT last_value FROM points_entry_id_seq"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of outstanding points: the key of a row of the roll-up, and how many."""

    programme_id: int
    currency: str
    day: date
    brand_id: int
    ends: date | None
    owed: bool
    counter: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Changes of one month, added up."""

    month: date
    brand_id: int
    ends: date | None
    owed: bool
    counter: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outstanding:
    """All changes up to a day, and whether all there are come to what accounts hold.

    `behind` says that the roll-up is too far behind to be completed while somebody waits.
    """

    sums: list[Sum]
    rolled_up: int
    held: int
    behind: bool

    @property
    def ties(self) -> bool:
        """Tell whether the roll-up and the ledger's accounts hold the same."""
        return self.rolled_up == self.held


def read_outstanding(*, programme_id: int, currency: str, as_of: date) -> Outstanding:
    """Return everything that changed outstanding points up to the end of a local day."""
    with _snapshot(), connection.cursor() as cursor:
        mark = LiabilityMark.objects.filter(pk=MARK).first()
        upto = mark.upto if mark else 0
        last = last_entry()
        behind = last - upto > TAIL
        tail = [] if behind or last <= upto else list_changes(lo=upto, hi=last)
        mine = [c for c in tail if c.programme_id == programme_id and c.currency == currency]
        cursor.execute(_ROWS, [programme_id, currency, as_of])
        sums = [
            Sum(month=m, brand_id=b, ends=e, owed=o, counter=c, points=int(p))
            for m, b, e, o, c, p in cursor.fetchall()
        ]
        cursor.execute(_TOTAL, [programme_id, currency])
        total = int(cursor.fetchone()[0])
        cursor.execute(_ACCOUNTS, {"programme": programme_id, "currency": currency})
        held = int(cursor.fetchone()[0])
    sums += [
        Sum(
            month=c.day.replace(day=1),
            brand_id=c.brand_id,
            ends=c.ends,
            owed=c.owed,
            counter=c.counter,
            points=c.points,
        )
        for c in mine
        if c.day <= as_of
    ]
    rolled_up = total + sum(c.points for c in mine)
    return Outstanding(sums=sums, rolled_up=rolled_up, held=held, behind=behind)


def last_entry() -> int:
    """Return the highest number that an entry can have by now."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        return int(cursor.fetchone()[0])


def list_changes(*, lo: int, hi: int) -> list[Change]:
    """Return what entries with numbers in (lo, hi] changed, by day, brand, end and cause."""
    programmes = programmes_selectors.list_programmes()
    with connection.cursor() as cursor:
        cursor.execute(
            _CHANGES,
            {
                "lo": lo,
                "hi": hi,
                "growth": GROWTH,
                "programmes": [p.id for p in programmes],
                "zones": [p.timezone for p in programmes],
            },
        )
        rows = cursor.fetchall()
    brands = _brands({row[6] for row in rows})
    summed: dict[tuple[Any, ...], int] = defaultdict(int)
    for programme_id, currency, day, counter, owed, ends, origin, points in rows:
        key = (programme_id, currency, day, brands.get(origin, OTHER), ends, owed, counter)
        summed[key] += int(points)
    names = ("programme_id", "currency", "day", "brand_id", "ends", "owed", "counter")
    return [
        Change(**dict(zip(names, key, strict=True)), points=points)
        for key, points in summed.items()
        if points
    ]


def _brands(origins: set[str]) -> dict[str, int]:
    """Return the brand behind each origin: that of the order, or of the client's storefront."""
    orders = {
        origin: origin.removeprefix("order:").partition("#")[0]
        for origin in origins
        if origin.startswith("order:")
    }
    places = ids.decode_many("ord", set(orders.values()))
    keys = [(member, row) for member, row in places.values()]
    found = commerce_selectors.list_order_brands(keys=keys)
    brands = {
        origin: found[places[text][1]]
        for origin, text in orders.items()
        if text in places and places[text][1] in found
    }
    if any(origin.startswith("client:") for origin in origins):
        clients = programmes_selectors.list_client_brands()
        brands |= {f"client:{client}": brand for client, brand in clients.items()}
    return brands


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read everything as of one instant; inside a caller's transaction, as it reads."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
