"""When points of an order become available and when they lapse, on the programme's calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from loyalty.earning import services as earning_services
from members.programmes.types import Programme

# A placed order keeps the points that pay for it until it is paid, cancelled, or this old.
_HELD_FOR = timedelta(hours=24)


def available_at(*, completed_at: datetime, programme: Programme) -> datetime:
    """Return the end of the return window: so many days on, at the same wall-clock time."""
    zone = programme.zone
    local = completed_at.astimezone(zone).replace(tzinfo=None)
    due = local + timedelta(days=programme.settings.return_window_days)
    return due.replace(tzinfo=zone).astimezone(UTC)


def expires_at(*, paid_at: datetime, programme: Programme, validity: str = "") -> datetime:
    """Return the first instant at which points of a payment have lapsed.

    That is by a rule's own validity, else after the month in which the programme's ends.
    """
    zone = programme.zone
    if own := earning_services.read_validity(validity):
        return earning_services.expires_at(own, earned_at=paid_at, zone=zone)
    local = paid_at.astimezone(zone)
    months = local.year * 12 + local.month + programme.settings.points_validity_months
    year, month = divmod(months, 12)
    return datetime(year, month + 1, 1, tzinfo=zone).astimezone(UTC)


def held_until(*, placed_at: datetime) -> datetime:
    """Return until when a placed order's reservation is kept for it."""
    return placed_at + _HELD_FOR
