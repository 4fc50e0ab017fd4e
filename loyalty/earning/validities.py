"""How long the points of a rule last, on the programme's calendar. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, tzinfo

from loyalty.earning.types import Validity
from points.types import validity_end

_MOST = {"days": 3660, "months": 120, "month_end": 120}


def read(text: str) -> Validity | None:
    """Return a validity from `days:7`, `months:12` or `month_end:12`; nothing from nothing.

    Raises:
        ValueError: it is none of these.
    """
    if not text:
        return None
    unit, _colon, count = text.partition(":")
    if unit not in _MOST or not count.isdecimal() or not 1 <= int(count) <= _MOST[unit]:
        raise ValueError(text)
    return Validity(unit=unit, count=int(count))  # type: ignore[arg-type]


def expires_at(validity: Validity, *, earned_at: datetime, zone: tzinfo) -> datetime:
    """Return the first instant at which points no longer count, a local midnight.

    Points of `days:7` earned on the 1st still count on the 8th. A month's missing day is
    its last: a month from 31 January is 28 February (H22).
    """
    if validity.unit == "month_end":
        end = validity_end(earned_at=earned_at, months=validity.count, zone=zone)
        assert end is not None  # noqa: S101 - there are months
        return end.astimezone(UTC)
    day = earned_at.astimezone(zone).date()
    if validity.unit == "days":
        last = day + timedelta(days=validity.count)
    else:
        last = add_months(day, validity.count)
    following = last + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=zone).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or its last when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
