"""Programmes and shops as other apps see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

DebtPolicy = Literal["allow_debt", "within_balance", "pending_only"]
DEBT_POLICIES: tuple[DebtPolicy, ...] = ("allow_debt", "within_balance", "pending_only")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeSettings:
    """What an operator may set for a programme; each change is a new version."""

    return_window_days: int = 7
    points_validity_months: int = 24
    return_grace_days: int = 30
    reservation_ttl_seconds: int = 1800
    debt_policy: DebtPolicy = "allow_debt"
    # The most a member may owe under allow_debt; None is no bound.
    debt_cap: int | None = None
    # How many points a duplicate may bring into a merge that one person decides alone.
    merge_alone: int = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One set of rules, one points currency set, one zone."""

    id: int
    code: str
    name_zh: str
    name_en: str
    currency: str
    timezone: str
    settings: ProgrammeSettings
    settings_version: int

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which the programme's days begin."""
        return ZoneInfo(self.timezone)

    def local_day(self, at: datetime) -> date:
        """Return the programme's calendar day at an instant."""
        return at.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A brand of a programme: orders, quotes and coupons are kept apart by brand."""

    id: int
    code: str
    programme_id: int
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Storefront:
    """A brand on one channel; API clients belong to one."""

    id: int
    code: str
    brand_id: int
    programme_id: int
    channel: str
    currency: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A place of a brand."""

    id: int
    code: str
    brand_id: int
    programme_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsVersion:
    """One version of a programme's settings, and who made it why."""

    programme_id: int
    version: int
    settings: ProgrammeSettings
    actor: str
    reason: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """What an API client signs in with. The secret is told once and kept hashed."""

    client_id: str
    client_secret: str


def local_day(programme: Programme, at: datetime) -> date:
    """Return the programme's calendar day at an instant."""
    return programme.local_day(at)
