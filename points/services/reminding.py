"""Tell members in time what will expire: 30 days before, and each week after that.

A date is noted with the last week that was told of it, so a day on which the job did not run
is made up for, and a second run of a day tells nobody again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from config.kernel import outbox
from members.programmes import selectors as programmes
from members.programmes.types import Programme
from points import currencies
from points.events import PointsExpiring
from points.types import ExpiryRule

DAYS_BEFORE = 30
CHUNK = 5_000

_MEMBERS = """
SELECT DISTINCT member_id FROM points_account
 WHERE member_id > %s AND programme_id = %s AND next_due_at <= %s ORDER BY member_id LIMIT %s
"""
# Days are counted between local days: in a zone with summer time some are not 24 hours long.
_NOTE = """
INSERT INTO points_reminder AS r (member_id, account_id, expires_at, points, step, day)
SELECT l.member_id, l.account_id, l.expires_at, sum(l.remaining),
       (%(before)s - ((l.expires_at AT TIME ZONE %(zone)s)::date - %(day)s::date)) / 7, %(day)s
  FROM points_lot l
  JOIN points_account a ON a.member_id = l.member_id AND a.id = l.account_id
   AND a.programme_id = %(programme)s AND a.currency = ANY (%(currencies)s)
 WHERE l.member_id = ANY (%(members)s) AND l.open AND l.expires_at > %(now)s
   AND (l.expires_at AT TIME ZONE %(zone)s)::date - %(day)s::date <= %(before)s
 GROUP BY l.member_id, l.account_id, l.expires_at
    ON CONFLICT (member_id, account_id, expires_at)
    DO UPDATE SET points = excluded.points, step = excluded.step, day = excluded.day
     WHERE r.step < excluded.step
RETURNING r.member_id, (SELECT a.currency FROM points_account a
                         WHERE a.member_id = r.member_id AND a.id = r.account_id),
          r.points, r.expires_at
"""


def remind_all(*, now: datetime, limit: int = CHUNK) -> int:
    """Remind everyone of every programme; return how many dates were told."""
    total = 0
    for programme in programmes.list_programmes():
        after: int | None = 0
        while after is not None:
            told, after = remind(
                programme_id=programme.id, now=now, after_member=after, limit=limit
            )
            total += told
    return total


@transaction.atomic
def remind(
    *, programme_id: int, now: datetime, after_member: int = 0, limit: int = CHUNK
) -> tuple[int, int | None]:
    """Remind the next members, at most `limit`; return how much was told and where to go on."""
    programme = programmes.get_programme(programme_id)
    with connection.cursor() as cursor:
        horizon = now + timedelta(days=DAYS_BEFORE + 2)
        cursor.execute(_MEMBERS, [after_member, programme_id, horizon, limit])
        members = [row[0] for row in cursor.fetchall()]
        if not members:
            return 0, None
        day = programme.local_day(now)
        cursor.execute(
            _NOTE,
            {
                "before": DAYS_BEFORE,
                "zone": programme.timezone,
                "day": day,
                "now": now,
                "programme": programme_id,
                "currencies": _that_expire(programme),
                "members": members,
            },
        )
        rows = cursor.fetchall()
    outbox.publish_all(
        (
            PointsExpiring(
                occurred_at=now,
                programme_id=programme_id,
                member_id=member_id,
                currency=currency,
                points=points,
                at=at,
                day=day.isoformat(),
            )
            for member_id, currency, points, at in rows
        ),
        now=now,
    )
    return len(rows), members[-1] if len(members) == limit else None


def _that_expire(programme: Programme) -> list[str]:
    return [
        code
        for code, definition in currencies.of_programme(programme.id).items()
        if definition.shown and definition.expiry is not ExpiryRule.NEVER
    ]
