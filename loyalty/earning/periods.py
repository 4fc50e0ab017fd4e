"""Periods of caps on the programme's calendar. Pure.

A week is that of ISO 8601, Monday to Sunday; `member` is the whole time of membership.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from loyalty.earning.types import Period


def key(period: Period, day: date) -> str:
    """Return by what name the period of a day is counted."""
    match period:
        case "day":
            return f"day:{day:%Y-%m-%d}"
        case "week":
            year, week, _weekday = day.isocalendar()
            return f"week:{year}-W{week:02}"
        case "month":
            return f"month:{day:%Y-%m}"
        case _:
            return period


def ends_at(period: Period, day: date, zone: tzinfo) -> datetime | None:
    """Return when the period of a day is over and its cap begins anew; None for never."""
    match period:
        case "day":
            following = day + timedelta(days=1)
        case "week":
            following = day + timedelta(days=7 - day.weekday())
        case "month":
            following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        case _:
            return None
    return datetime(following.year, following.month, following.day, tzinfo=zone).astimezone(UTC)
