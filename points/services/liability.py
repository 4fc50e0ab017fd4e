"""Keep the roll-up of outstanding points, verify it, and keep what points cost."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import astuple
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
from django.db import connection, transaction

from config.kernel import audit, outbox
from members.programmes import selectors as programmes_selectors
from points.errors import BandInvalidError, CostInvalidError
from points.events import PointsInflated
from points.models.accounting import LiabilityBand, LiabilityDay, LiabilityMark, PointCost
from points.selectors import reporting
from points.selectors.liability import MARK, TAIL, Change, last_entry, list_changes
from points.types import GROWTH, POINTS

log = logging.getLogger(__name__)

_PATIENCE = timedelta(seconds=30)

_ADD = """
INSERT INTO points_liabilityday
    (programme_id, currency, day, brand_id, ends, owed, counter, points)
SELECT * FROM json_to_recordset(%s::json) AS r (programme_id bigint, currency text, day date,
    brand_id bigint, ends date, owed boolean, counter text, points bigint)
    ON CONFLICT (programme_id, currency, day, brand_id, ends, owed, counter)
    DO UPDATE SET points = points_liabilityday.points + excluded.points
"""
# Whoever runs now may still write an entry with a number taken before: a number is taken
# inside a transaction, and every transaction holds its own virtual id until it ends.
_RUNNING = """
SELECT l.virtualtransaction FROM pg_locks l
  JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE l.locktype = 'virtualxid' AND a.datname = current_database()
   AND l.pid <> pg_backend_pid()
"""
# Of those, the ones that write (have a transaction number or hold a lock to write).
_WRITING = """
SELECT DISTINCT l.virtualtransaction FROM pg_locks l
 WHERE l.virtualtransaction = ANY (%s)
   AND (l.locktype = 'transactionid' OR l.mode IN ('RowShareLock', 'RowExclusiveLock'))
"""
# Each day's sum by the entries themselves, against the roll-up's.
_VERIFY = """
WITH e AS (
    SELECT a.programme_id, a.currency, (x.occurred_at AT TIME ZONE z.zone)::date AS day,
           sum(x.points)::bigint AS points
      FROM points_entry x
      JOIN points_account a ON a.member_id = x.member_id AND a.id = x.account_id
      JOIN unnest(%(programmes)s::bigint[], %(zones)s::text[]) z (programme_id, zone)
        ON z.programme_id = a.programme_id
     WHERE x.id <= %(upto)s AND a.currency <> %(growth)s GROUP BY 1, 2, 3),
r AS (
    SELECT programme_id, currency, day, sum(points)::bigint AS points
      FROM points_liabilityday GROUP BY 1, 2, 3)
SELECT count(*), count(*) FILTER (WHERE coalesce(e.points, 0) <> coalesce(r.points, 0))
  FROM e FULL JOIN r USING (programme_id, currency, day)
"""


@transaction.atomic
def roll_up(*, now: datetime, limit: int = TAIL) -> int:
    """Take the next entries into the roll-up; return how many numbers it has gone on.

    It stops before what a transaction that still runs may write below it, so nothing is
    ever passed over.
    """
    LiabilityMark.objects.get_or_create(pk=MARK)
    mark = LiabilityMark.objects.select_for_update().get(pk=MARK)
    hi = min(_safe(mark, now), mark.upto + limit)
    if hi <= mark.upto:
        mark.save()
        return 0
    _add(list_changes(lo=mark.upto, hi=hi))
    done = hi - mark.upto
    mark.upto = hi
    mark.save()
    return done


def _safe(mark: LiabilityMark, now: datetime) -> int:
    """Return a number below which no entry can come any more, and choose the next stop."""
    if mark.next_upto is not None and mark.chosen_at is not None:
        ended = not set(mark.waits_for) & set(_ask(_RUNNING, []))
        # One that only reads holds nothing up; between its number and its entry a
        # transaction that writes does not pause.
        if not ended and (now - mark.chosen_at < _PATIENCE or _ask(_WRITING, [mark.waits_for])):
            return mark.upto
    safe = max(mark.next_upto or 0, mark.upto)
    # First the number, then who runs: whoever took a lower one is among them or has ended.
    last = last_entry()
    running = _ask(_RUNNING, [])
    if not running:
        mark.next_upto, mark.waits_for, mark.chosen_at = None, [], None
        return last
    mark.next_upto, mark.waits_for, mark.chosen_at = last, running, now
    return safe


def _ask(sql: str, values: list[Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


def _add(changes: Sequence[Change]) -> None:
    if changes:
        names = Change.__dataclass_fields__
        told = [dict(zip(names, astuple(change), strict=True)) for change in changes]
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [msgspec.json.encode(told).decode()])


@transaction.atomic
def verify_roll_up(*, now: datetime) -> int:
    """Compare the roll-up with every entry, day by day; make it anew if a day differs."""
    LiabilityMark.objects.get_or_create(pk=MARK)
    mark = LiabilityMark.objects.select_for_update().get(pk=MARK)
    programmes = programmes_selectors.list_programmes()
    with connection.cursor() as cursor:
        cursor.execute(
            _VERIFY,
            {
                "upto": mark.upto,
                "growth": GROWTH,
                "programmes": [p.id for p in programmes],
                "zones": [p.timezone for p in programmes],
            },
        )
        days, differing = cursor.fetchone()
    mark.verified_at, mark.verified_days, mark.differing_days = now, days, differing
    if differing:
        log.error("the liability's roll-up differed on %d days and is made anew", differing)
        LiabilityDay.objects.all().delete()
        mark.upto, mark.next_upto, mark.waits_for, mark.chosen_at = 0, None, [], None
    mark.save()
    return int(differing)


@transaction.atomic
def set_cost(
    *,
    programme_id: int,
    brand_id: int | None,
    currency: str = POINTS,
    from_day: date,
    minor_units: int,
    points: int,
    actor: str,
    reason: str,
    now: datetime,
) -> None:
    """Say what points cost from a day on: `minor_units` for every `points`.

    Raises:
        CostInvalidError: below zero, or for no points.
    """
    if minor_units < 0 or points <= 0:
        raise CostInvalidError()
    row, _made = PointCost.objects.update_or_create(
        programme_id=programme_id,
        brand_id=brand_id,
        currency=currency,
        from_day=from_day,
        defaults={"minor_units": minor_units, "points": points},
    )
    audit.record(
        actor=actor,
        action="points.cost_set",
        target=f"point_cost:{row.pk}",
        reason=reason,
        after={
            "programme": programme_id,
            "brand": brand_id,
            "from": from_day.isoformat(),
            "minor_units": minor_units,
            "points": points,
        },
        now=now,
    )


@transaction.atomic
def set_band(
    *, programme_id: int, least: Decimal, most: Decimal, actor: str, reason: str, now: datetime
) -> None:
    """Say between which bounds issued ÷ redeemed should lie.

    Raises:
        BandInvalidError: the upper bound is not above the lower one.
    """
    if not 0 <= least < most:
        raise BandInvalidError()
    LiabilityBand.objects.update_or_create(
        programme_id=programme_id, defaults={"least": least, "most": most}
    )
    audit.record(
        actor=actor,
        action="points.band_set",
        target=f"programme:{programme_id}",
        reason=reason,
        after={"least": str(least), "most": str(most)},
        now=now,
    )


@transaction.atomic
def watch_inflation(*, programme_id: int, now: datetime) -> bool:
    """Tell once a month when issued ÷ redeemed of three whole months leaves its band."""
    band = reporting.get_band(programme_id=programme_id)
    inflation = reporting.get_inflation(programme_id=programme_id, now=now)
    if inflation is None or not inflation.outside:
        return False
    LiabilityBand.objects.get_or_create(
        programme_id=programme_id, defaults={"least": band[0], "most": band[1]}
    )
    row = LiabilityBand.objects.select_for_update().get(programme_id=programme_id)
    if row.told_for == inflation.last_month:
        return False
    row.told_for = inflation.last_month
    row.save()
    outbox.publish(
        PointsInflated(
            occurred_at=now,
            programme_id=programme_id,
            month=inflation.last_month.isoformat(),
            issued=inflation.issued,
            redeemed=inflation.redeemed,
        ),
        now=now,
    )
    return True


def cost_of(*, programme_id: int, brand_id: int, day: date) -> Fraction:
    """Return what a point of a brand costs on a day, in minor units."""
    return reporting.read_costs(programme_id=programme_id, currency=POINTS).at(
        brand_id=brand_id, day=day
    )
