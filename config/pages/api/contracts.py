"""The shapes of the answers that mix apps."""

from __future__ import annotations

from datetime import datetime

from config.kernel import api


class TierNow(api.Answer):
    """The tier a member holds; `until` is exclusive and null on the lowest tier."""

    code: str
    name: str
    multiplier: float
    since: datetime | None
    until: datetime | None


class NextTier(api.Answer):
    """The next tier up, and what is missing: minor units of money, or growth points."""

    code: str
    name: str
    measure: str
    missing: int


class BalanceNow(api.Answer):
    """The points a checkout may offer, and what is on its way."""

    available: int
    pending: int
    held: int
    debt: int


class SummaryOut(api.Answer):
    """What a checkout or a till shows of a member, in one call."""

    id: str
    member_no: str
    nickname: str | None
    tier: TierNow
    next_tier: NextTier | None
    balance: BalanceNow
    packages: list[dict[str, str]]
    coupons: list[dict[str, str]]
