"""Movements as they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from points.types.kinds import POINTS, DebtPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A movement asked for.

    `key` is the entry's own idempotency key, unique per member for ever. `fingerprint`
    stands for the request in the check that a repeated key repeats the request; left
    empty it is made of the command's own fields (without `occurred_at`).
    """

    member_id: int
    programme_id: int
    currency: str = POINTS
    key: str
    source: str
    occurred_at: datetime
    reason: str = ""
    rule: str = ""
    actor: str = ""
    fingerprint: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earn(Command):
    """Give points, once per (account, source, rule).

    `pending` without `available_at` waits for a `Schedule`; with one in the past the points
    are available at once. `expires_at` is exclusive; None never expires.
    """

    points: int
    pending: bool = False
    available_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Command):
    """Tell when what is pending from `source` becomes available; at once when that is past."""

    available_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend(Command):
    """Take available points, the lots that expire first first."""

    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Command):
    """Reserve available points until `expires_at`; what is held does not expire meanwhile."""

    points: int
    expires_at: datetime
    brand_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture(Command):
    """Spend what a reservation holds, all or in part; the rest is released."""

    reservation_id: int
    points: int | None = None
    brand_id: int | None = None  # where named, another brand's reservation is not found


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Command):
    """Give up a reservation."""

    reservation_id: int
    brand_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(Command):
    """Keep a reservation until `expires_at`, if that is later. It moves no points."""

    reservation_id: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse(Command):
    """Take back what was earned, or give back what was spent, once per cause.

    The target is one entry (`entry_id`), or everything earned or spent under a source; with
    `rule`, what that rule gave or took goes first, and the rest in the order of posting.
    `points` None means all that is left of it. `policy` None is the programme's, with its
    cap; `debt_cap` bounds what a policy named here lets the account owe.
    """

    entry_id: int | None = None
    earned_under: str | None = None
    spent_under: str | None = None
    points: int | None = None
    cause: str
    policy: DebtPolicy | None = None
    debt_cap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjust(Command):
    """Correct a balance by hand. Points given expire at `expires_at`, if at all."""

    points: int
    expires_at: datetime | None = None
