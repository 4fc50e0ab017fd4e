"""What loyalty tells the apps above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from config.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TierChanged(Event):
    """A member's tier moved. Published as one of the two kinds below."""

    name: ClassVar[str] = "loyalty.tier_changed.v1"

    from_code: str
    to_code: str
    why: str
    source: str
    ladder_version: int
    until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TierUpgraded(TierChanged):
    """A member reached a higher tier."""

    name: ClassVar[str] = "loyalty.tier_upgraded.v1"
    public_name: ClassVar[str | None] = "tier.upgraded"


@dataclass(frozen=True, slots=True, kw_only=True)
class TierDowngraded(TierChanged):
    """A member fell to a lower tier."""

    name: ClassVar[str] = "loyalty.tier_downgraded.v1"
    public_name: ClassVar[str | None] = "tier.downgraded"


@dataclass(frozen=True, slots=True, kw_only=True)
class TiersReviewed(Event):
    """A batch looked at the tiers of a range of members; the history says what it changed."""

    name: ClassVar[str] = "loyalty.tiers_reviewed.v1"

    first_member: int
    last_member: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderPublished(Event):
    """A new ladder is in force; members are re-mapped to it from now on."""

    name: ClassVar[str] = "loyalty.ladder_published.v1"

    version: int
