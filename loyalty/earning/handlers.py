"""What the system itself sees members do, and rewards where the rules say so."""

from __future__ import annotations

from datetime import datetime

from config.kernel.handlers import handles
from loyalty.earning import services
from members.events import MemberCreated, MemberUpdated


@handles(MemberCreated)
def welcome(event: MemberCreated, *, now: datetime) -> None:
    """Give the sign-up bonus."""
    services.reward_sign_up(
        member_id=event.member_id or 0,
        programme_id=event.programme_id or 0,
        occurred_at=event.occurred_at,
        now=now,
    )


@handles(MemberUpdated)
def thank_for_profile(event: MemberUpdated, *, now: datetime) -> None:
    """Reward a profile that is complete now."""
    services.reward_profile(
        member_id=event.member_id or 0,
        programme_id=event.programme_id or 0,
        occurred_at=event.occurred_at,
        now=now,
    )
