"""Instants as an operator types them on a command line."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def read(text: str, *, zone: str | None = None) -> datetime:
    """Return the instant that `2027-03-01`, `2027-03-01T09:00` or one with an offset names.

    Without an offset it is the wall clock of `zone` (settings.DEFAULT_ZONE).

    Raises:
        ValueError: it is no date or time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is no ISO 8601 date or time") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone or settings.DEFAULT_ZONE))
    return moment
