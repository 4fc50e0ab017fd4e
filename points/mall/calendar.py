"""Where a member's limit begins to count: the programme's day, week, month or year."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

from points.mall.types import Period


def start_of(period: Period, *, at: datetime, zone: tzinfo) -> datetime | None:
    """Return the first instant of the period `at` lies in; None for all of time."""
    day = at.astimezone(zone).date()
    match period:
        case Period.EVER:
            return None
        case Period.DAY:
            first = day
        case Period.WEEK:
            first = day - timedelta(days=day.weekday())
        case Period.MONTH:
            first = day.replace(day=1)
        case Period.YEAR:
            first = day.replace(month=1, day=1)
    return datetime.combine(first, time.min, tzinfo=zone)


def end_of(period: Period, *, at: datetime, zone: tzinfo) -> datetime | None:
    """Return the first instant of the next period; None for all of time."""
    begin = start_of(period, at=at, zone=zone)
    if begin is None:
        return None
    day = begin.date()
    match period:
        case Period.DAY:
            following = day + timedelta(days=1)
        case Period.WEEK:
            following = day + timedelta(days=7)
        case Period.MONTH:
            following = (day + timedelta(days=31)).replace(day=1)
        case _:
            following = day.replace(year=day.year + 1)
    return datetime.combine(following, time.min, tzinfo=zone)
