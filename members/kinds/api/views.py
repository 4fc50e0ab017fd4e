"""Show, give and take kinds of member."""

from __future__ import annotations

from django.utils.translation import get_language

from config.kernel import api
from members import selectors as members_selectors
from members.errors import MemberNotFoundError
from members.kinds import errors, selectors, services
from members.kinds.api.contracts import KindIn, KindOut, KindsOut
from members.kinds.types import Level, Why


@api.operation(
    scope="members:read",
    answer=KindsOut,
    tag="Members",
    summary="Of which kinds a member is",
    errors=[MemberNotFoundError],
)
def show(call: api.Call, member: str) -> KindsOut:
    """VIP, student, family and so on, each until when and why. An ordinary member has none."""
    return _shown(call, _resolve(call, member))


@api.operation(
    scope="members:write",
    body=KindIn,
    answer=KindsOut,
    tag="Members",
    summary="Give a member a kind, or another term of it",
    errors=[MemberNotFoundError, errors.KindNotFoundError, errors.AlreadyOfKindError],
    idempotency="stored",
)
def enter(call: api.Call, member: str, kind: str) -> KindsOut:
    """A term can be renewed from 60 days before it ends; the next one follows it."""
    target = _resolve(call, member)
    services.enter_kind(
        member_id=target,
        kind=kind,
        why=Why.PAID if call.body.paid else Why.GRANTED,
        actor=call.caller.actor,
        reason=call.body.reason,
        now=call.now,
    )
    return _shown(call, target)


@api.operation(
    scope="members:write",
    answer=None,
    status=204,
    tag="Members",
    summary="Take a kind from a member",
    errors=[MemberNotFoundError, errors.NotOfKindError, errors.OwnerLeavesError],
)
def end(call: api.Call, member: str, kind: str) -> None:
    """What comes with it ends at once."""
    services.end_kind(
        member_id=_resolve(call, member),
        kind=kind,
        actor=call.caller.actor,
        reason="by the storefront",
        now=call.now,
    )


def _resolve(call: api.Call, public_id: str) -> int:
    return members_selectors.resolve(public_id=public_id, programme_id=call.caller.programme_id)


def _shown(call: api.Call, member_id: int) -> KindsOut:
    known = selectors.get_kinds(programme_id=call.caller.programme_id)
    rows = selectors.list_memberships(
        member_ids=members_selectors.ids_of(member_id), programme_id=call.caller.programme_id
    )
    items = []
    for row in rows:
        if row.holds(call.now):
            kind = known.find(row.kind)
            items.append(
                KindOut(
                    kind=row.kind,
                    name=kind.name(get_language() or "") if kind else row.kind,
                    service_level=(kind.service_level if kind else Level.STANDARD).value,
                    since=row.since,
                    until=row.until,
                    why=row.why.value,
                )
            )
    return KindsOut(items=items)
