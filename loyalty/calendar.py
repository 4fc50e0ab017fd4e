"""Days, windows and terms in a programme's own zone.

A day is a whole number (days since 1970-01-01), which is how the database holds it. A
month that is too short for a day ends on its last day: twelve months after 29 February is
28 February.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from loyalty.types import Ladder, Measure

WINDOW_MONTHS = 12
_EPOCH = date(1970, 1, 1).toordinal()


def day_of(at: datetime, zone: ZoneInfo) -> int:
    """Return the local day on which `at` falls."""
    return at.astimezone(zone).date().toordinal() - _EPOCH


def date_of(day: int) -> date:
    """Return a day as a date."""
    return date.fromordinal(day + _EPOCH)


def start_of(day: int, zone: ZoneInfo) -> datetime:
    """Return the instant at which a local day begins."""
    on = date_of(day)
    return datetime(on.year, on.month, on.day, tzinfo=zone).astimezone(UTC)


def add_months(day: int, months: int) -> int:
    """Return the same day of the month `months` later, clamped to the month's last."""
    on = date_of(day)
    index = on.year * 12 + on.month - 1 + months
    year, month = divmod(index, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(on.day, last)).toordinal() - _EPOCH


def before_window(measure: Measure, day: int) -> int:
    """Return the last day that no longer counts when the measure is taken on `day`."""
    if measure is Measure.CALENDAR_SPEND:
        return date(date_of(day).year, 1, 1).toordinal() - _EPOCH - 1
    return add_months(day, -WINDOW_MONTHS)


def sum_window(days: Sequence[int], amounts: Sequence[int], after: int, upto: int) -> int:
    """Add up the amounts of the days in (after, upto]; `days` ascend."""
    return sum(amounts[bisect_right(days, after) : bisect_right(days, upto)])


def end_of_term(ladder: Ladder, day: int, zone: ZoneInfo) -> datetime:
    """Return until when (exclusive) a tier reached on `day` is valid.

    The day itself is not part of the term's own window: staying needs the threshold again
    in the twelve months after it. By calendar year a tier lasts to the end of the next.
    """
    if ladder.measure is Measure.CALENDAR_SPEND:
        year = date_of(day).year + 2
        return datetime(year, 1, 1, tzinfo=zone).astimezone(UTC)
    return start_of(add_months(day, ladder.validity_months) + 1, zone)


def later_by_days(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the start of the local day that is `days` after that of `at`."""
    return start_of(day_of(at, zone) + days, zone)
