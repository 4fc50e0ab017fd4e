"""Terms in a programme's own zone, and the window in which spend counts."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

WINDOW_MONTHS = 12
# From how long before its end a membership may be renewed, and when its member is told.
RENEWABLE = timedelta(days=60)
TOLD_BEFORE = timedelta(days=30)


def add_months(day: date, months: int) -> date:
    """Return the same day of the month `months` later, clamped to the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def end_of_term(start: datetime, months: int, zone: ZoneInfo) -> datetime | None:
    """Return until when (exclusive) what begins at `start` holds: through the same day of
    the month, `months` later. None when it has no end."""
    if not months:
        return None
    last = add_months(start.astimezone(zone).date(), months)
    return _midnight(last + timedelta(days=1), zone)


def next_term(end: datetime, months: int, zone: ZoneInfo) -> datetime | None:
    """Return the end of the term that follows one which ends at `end`."""
    return end_of_term(end - timedelta(microseconds=1), months, zone)


def window_start(at: datetime, zone: ZoneInfo) -> datetime:
    """Return from when on spend counts: twelve months back, from the day after."""
    day = add_months(at.astimezone(zone).date(), -WINDOW_MONTHS)
    return _midnight(day + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
