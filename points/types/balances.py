"""What a member has, and how long it lasts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from points.types.kinds import HoldStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    at: datetime
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """An account's figures at an instant, with everything due by then shown as done."""

    member_id: int
    available: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0
    lifetime_earned: int = 0
    lifetime_spent: int = 0
    lifetime_expired: int = 0
    expiring: tuple[Expiring, ...] = field(default=())
    as_of: datetime

    @property
    def total(self) -> int:
        return self.available + self.pending + self.held - self.debt


@dataclass(frozen=True, slots=True, kw_only=True)
class Maturing:
    """Points on their way; `at` is when they can be spent, None when nobody knows yet."""

    at: datetime | None
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """A balance as its owner looks at it: also when what is on its way arrives."""

    balance: Balance
    maturing: tuple[Maturing, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    reservation_id: int
    member_id: int
    programme_id: int
    currency: str
    brand_id: int | None
    source: str
    points: int
    captured: int
    released: int
    status: HoldStatus  # a hold past its time reads as lapsed, swept or not
    expires_at: datetime


def validity_end(*, earned_at: datetime, months: int, zone: tzinfo) -> datetime | None:
    """Return when points earned at an instant expire: `months` later, at the end of that month.

    The bound is exclusive and a local midnight: 2026-11-20 and 24 months give
    2028-12-01T00:00 in the programme's zone. No months, no expiry.
    """
    if months <= 0:
        return None
    local = earned_at.astimezone(zone)
    # The month after the one in which they still count; months are counted from 0 here.
    following = local.year * 12 + (local.month - 1) + months + 1
    return datetime(following // 12, following % 12 + 1, 1, tzinfo=zone)


def day_end(*, after: datetime, days: int, zone: tzinfo) -> datetime:
    """Return the end of the local day `days` later: a period counted in whole days."""
    day = after.astimezone(zone).date() + timedelta(days=days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=zone)
