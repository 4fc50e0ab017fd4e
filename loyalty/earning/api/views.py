"""Reward behaviors. One service call a view."""

from __future__ import annotations

from config.kernel import api, ids
from loyalty.earning import services
from loyalty.earning.api.contracts import RewardIn, RewardOut
from members import errors as members_errors
from members import selectors as members_selectors


@api.operation(
    scope="points:write",
    body=RewardIn,
    answer=RewardOut,
    status=201,
    tag="Points",
    summary="Reward what a member did, by the programme's rules",
    errors=[
        members_errors.MemberNotFoundError,
        services.RewardUnknownError,
        services.RewardInvalidError,
        services.RewardCapReachedError,
    ],
    idempotency="stored",
    dry_run=True,
)
def reward(call: api.Call, member: str) -> api.Reply:
    """The rules say how many points, and how often at most.

    The same behavior and source again answer 200 with what was given the first time. A cap
    that is reached says until when. Without `occurred_at` it has just happened.
    """
    body: RewardIn = call.body
    member_id = members_selectors.resolve(public_id=member, programme_id=call.caller.programme_id)
    given = services.reward(
        member_id=member_id,
        programme_id=call.caller.programme_id,
        behavior=body.behavior,
        source=body.source,
        occurred_at=body.occurred_at or call.now,
        now=call.now,
    )
    answer = RewardOut(
        id=ids.encode("ent", member_id=given.member_id, row_id=given.entry_id),
        member=members_selectors.public_id(member_id),
        behavior=given.behavior,
        source=given.source,
        points=given.points,
        rule_version=given.rule_version,
        balance_after=given.balance_after,
        expires_at=given.expires_at,
        occurred_at=given.occurred_at,
    )
    return api.Reply(answer, status=200 if given.replayed else 201)
