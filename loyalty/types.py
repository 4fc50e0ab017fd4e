"""What other apps see of tiers: plain values, no tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction


class Measure(StrEnum):
    """What a ladder's thresholds are compared with."""

    ROLLING_SPEND = "rolling_spend"
    CALENDAR_SPEND = "calendar_spend"
    GROWTH = "growth"


class Why(StrEnum):
    """Why a tier changed, or was looked at and kept."""

    UPGRADED = "upgraded"
    RENEWED = "renewed"
    PROTECTED = "protected"
    DOWNGRADED = "downgraded"
    REFUNDED = "refunded"
    REMAPPED = "remapped"
    MERGED = "merged"
    UNMERGED = "unmerged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A rung of a ladder. `rank` counts from 0, `threshold` is in the ladder's measure."""

    code: str
    rank: int
    name_zh: str
    name_en: str
    threshold: int
    multiplier: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """A published ladder, lowest tier first.

    `steps_down` is how many levels an expiry may cost at most (0: any number).
    """

    programme_id: int
    version: int
    measure: Measure
    validity_months: int
    grace_days: int
    steps_down: int
    tiers: tuple[Tier, ...]
    published_at: datetime | None = None

    @property
    def lowest(self) -> Tier:
        return self.tiers[0]

    def find(self, code: str) -> Tier | None:
        """Return the tier called `code`, if the ladder has one."""
        return next((tier for tier in self.tiers if tier.code == code), None)

    def earned(self, amount: int) -> Tier:
        """Return the highest tier whose threshold `amount` reaches; the lowest by default."""
        reached = [tier for tier in self.tiers[1:] if amount >= tier.threshold]
        return reached[-1] if reached else self.lowest

    def above(self, tier: Tier) -> Tier | None:
        """Return the next tier up, if there is one."""
        return self.tiers[tier.rank + 1] if tier.rank + 1 < len(self.tiers) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TierMove:
    """A member's tier before and after a source counted or was taken back."""

    before: Tier
    after: Tier

    @property
    def changed(self) -> bool:
        return self.before.code != self.after.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of a member's tier history."""

    member_id: int
    number: int
    from_code: str
    to_code: str
    why: Why
    ladder_version: int
    inputs: Mapping[str, object]
    source: str
    occurred_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a member stands, how far the next tier is, and what staying needs.

    `amount` is the ladder's measure at that moment, in minor units or growth points.
    `to_stay` is what is still missing, on what counts today, when `until` comes.
    """

    member_id: int
    measure: Measure
    tier: Tier
    since: datetime | None
    until: datetime | None
    protected: bool
    amount: int
    next_tier: Tier | None
    to_next: int | None
    to_stay: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TierDraft:
    """A rung as an operator writes it down."""

    code: str
    name_zh: str
    name_en: str
    threshold: int
    multiplier: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderDraft:
    """A ladder as an operator writes it down; tiers lowest first."""

    tiers: Sequence[TierDraft]
    measure: Measure = Measure.ROLLING_SPEND
    validity_months: int = 12
    grace_days: int = 0
    steps_down: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderWarning:
    """Something about a ladder that an operator should look at before publishing."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderPreview:
    """What a draft would do: members of each tier now and then, and how many move.

    `looked_at` members were looked at; `estimated` means that they stand for more.
    """

    tiers: Sequence[tuple[Tier, int, int]]
    looked_at: int
    estimated: bool
    up: int
    down: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPreview:
    """What one member is, and would be under a draft; `amount` is the draft's measure."""

    before: Tier
    after: Tier
    until: datetime | None
    amount: int
