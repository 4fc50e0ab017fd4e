"""One call for a checkout or a till: who, which tier, how many points."""

from __future__ import annotations

from django.utils.translation import get_language

from config.kernel import api
from config.pages.api.contracts import BalanceNow, NextTier, SummaryOut, TierNow
from loyalty import selectors as loyalty_selectors
from loyalty.types import Standing, Tier
from members import errors as members_errors
from members import selectors as members_selectors
from points import selectors as points_selectors


@api.operation(
    scope="members:read",
    answer=SummaryOut,
    tag="Members",
    summary="Tier, points and entitlements of a member in one call",
    errors=[members_errors.MemberNotFoundError],
)
def summary(call: api.Call, member: str) -> SummaryOut:
    """Everything as of now, with what is due by date shown as done."""
    programme_id = call.caller.programme_id
    member_id = members_selectors.resolve(public_id=member, programme_id=programme_id)
    who = members_selectors.get_member(member_id=member_id)
    standings = loyalty_selectors.get_standing(
        member_ids=[member_id], programme_id=programme_id, at=call.now
    )
    balance = points_selectors.get_balance(
        member_id=member_id, programme_id=programme_id, at=call.now, now=call.now
    )
    standing = standings[member_id]
    return SummaryOut(
        id=who.public_id,
        member_no=who.member_no,
        nickname=who.nickname,
        tier=tier_now(standing),
        next_tier=_next_tier(standing),
        balance=BalanceNow(
            available=balance.available,
            pending=balance.pending,
            held=balance.held,
            debt=balance.debt,
        ),
        packages=[],
        coupons=[],
    )


def tier_now(standing: Standing) -> TierNow:
    """Return a standing's tier as the API tells it."""
    tier = standing.tier
    return TierNow(
        code=tier.code,
        name=_name(tier),
        multiplier=float(tier.multiplier),
        since=standing.since,
        until=standing.until,
    )


def _next_tier(standing: Standing) -> NextTier | None:
    tier = standing.next_tier
    if tier is None:
        return None
    return NextTier(
        code=tier.code,
        name=_name(tier),
        measure=standing.measure.value,
        missing=standing.to_next or 0,
    )


def _name(tier: Tier) -> str:
    return tier.name_zh if (get_language() or "").startswith("zh") else tier.name_en
