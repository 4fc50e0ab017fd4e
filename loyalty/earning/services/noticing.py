"""Reward what the system itself sees: joining, a complete profile, a birthday.

Nobody asked for these, so rules that do not give them are no error here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from datetime import time as wall_time

from loyalty.earning import defaults, rulesets
from loyalty.earning.errors import RewardCapReachedError, RewardUnknownError, RulesNotFoundError
from loyalty.earning.models import EarnReward
from loyalty.earning.services.rewarding import reward
from loyalty.earning.types import Rewarded
from members import selectors as members_selectors
from members.programmes import selectors as programmes_selectors

# A birthday gift is caught up on for so many days when the worker was down.
_MISSED = 7
_BITE = 500


def reward_sign_up(
    *, member_id: int, programme_id: int, occurred_at: datetime, now: datetime
) -> Rewarded | None:
    """Give the sign-up bonus, where the rules have one."""
    return reward_if_offered(
        member_id=member_id,
        programme_id=programme_id,
        behavior=defaults.SIGN_UP,
        source="joined",
        occurred_at=occurred_at,
        now=now,
    )


def reward_profile(
    *, member_id: int, programme_id: int, occurred_at: datetime, now: datetime
) -> Rewarded | None:
    """Reward a profile with nickname, birthday and gender, the first time it is complete."""
    if not _offers(programme_id, defaults.PROFILE, occurred_at):
        return None
    member = members_selectors.get_member(member_id=member_id)
    if not (member.nickname and member.birthday and member.gender):
        return None
    return reward_if_offered(
        member_id=member_id,
        programme_id=programme_id,
        behavior=defaults.PROFILE,
        source="completed",
        occurred_at=occurred_at,
        now=now,
    )


def reward_birthdays(*, programme_id: int, now: datetime) -> int:
    """Give the birthday gift of the last days to whoever has not had it; return how many.

    The day is the programme's. Who was born on 29 February has the 28th in other years.
    """
    programme = programmes_selectors.get_programme(programme_id)
    today = programme.local_day(now)
    given = 0
    for missed in range(_MISSED - 1, -1, -1):
        day = today - timedelta(days=missed)
        begins = datetime.combine(day, wall_time(), tzinfo=programme.zone)
        if not _offers(programme_id, defaults.BIRTHDAY, begins):
            continue
        for member_id in _celebrants(programme_id, day, begins):
            found = reward_if_offered(
                member_id=member_id,
                programme_id=programme_id,
                behavior=defaults.BIRTHDAY,
                source=str(day.year),
                occurred_at=begins,
                now=now,
            )
            given += found is not None and not found.replayed
    return given


def _celebrants(programme_id: int, day: date, begins: datetime) -> Iterator[int]:
    """Yield who has a birthday on a day and has not had the gift of that year."""
    after = 0
    while True:
        bite = members_selectors.list_birthdays(
            programme_id=programme_id,
            day=day,
            joined_before=begins + timedelta(days=1),
            after=after,
            limit=_BITE,
        )
        if not bite:
            return
        had = set(
            EarnReward.objects.filter(
                member_id__in=bite,
                programme_id=programme_id,
                behavior=defaults.BIRTHDAY,
                source=str(day.year),
            ).values_list("member_id", flat=True)
        )
        yield from (member_id for member_id in bite if member_id not in had)
        after = bite[-1]


def reward_if_offered(
    *,
    member_id: int,
    programme_id: int,
    behavior: str,
    source: str,
    occurred_at: datetime,
    now: datetime,
) -> Rewarded | None:
    """Reward what the system itself saw happen; None where the rules do not give it (again)."""
    try:
        return reward(
            member_id=member_id,
            programme_id=programme_id,
            behavior=behavior,
            source=source,
            occurred_at=occurred_at,
            now=now,
        )
    except (RewardUnknownError, RewardCapReachedError):
        return None


def _offers(programme_id: int, behavior: str, at: datetime) -> bool:
    try:
        rule = rulesets.in_force(programme_id, at).behaviors.get(behavior)
    except RulesNotFoundError:
        return False
    return rule is not None and rule.active
