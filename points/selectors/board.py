"""Points by day, for the console's board: one pass over the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import connection

_BY_DAY = """
SELECT (e.occurred_at AT TIME ZONE %s)::date,
       sum(e.points),
       coalesce(sum(e.points) FILTER (WHERE e.counter = 'issuance'), 0),
       coalesce(-sum(e.points) FILTER (WHERE e.counter = 'redemption'), 0)
FROM points_entry e
JOIN points_account a ON a.member_id = e.member_id AND a.id = e.account_id
WHERE a.programme_id = %s AND a.currency = %s AND e.points <> 0
GROUP BY 1
"""


def sum_points_by_day(
    *, programme_id: int, zone: str, currency: str = "points"
) -> dict[str, Mapping[date, int]]:
    """Return how points changed by local day: outstanding, earned, spent."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, [zone, programme_id, currency])
        rows = cursor.fetchall()
    return {
        slug: {row[0]: int(row[column]) for row in rows}
        for column, slug in enumerate(
            ("points_outstanding", "points_earned", "points_spent"), start=1
        )
    }
