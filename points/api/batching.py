"""`POST /points/batch`: up to a thousand movements in one round trip to the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from config.kernel import api
from config.kernel.api import idempotency
from config.kernel.api.errors import InvalidFieldError
from config.kernel.errors import DomainError, FieldError, ForbiddenError
from members import selectors as members_selectors
from members.programmes import selectors as programmes_selectors
from points import services
from points.api import keys, showing
from points.api.contracts import BatchIn, BatchItem, Items
from points.api.errors import ExpiryPastError, UnknownMemberError
from points.rows import MOST_POINTS
from points.types import Adjust, Command, Earn, Outcome, Spend, validity_end


@api.operation(
    scope="points:write",
    body=Items | BatchIn,
    answer=api.batch.Result,
    status=207,
    tag="Points",
    summary="Up to 1,000 movements at once",
    errors=[],
    idempotency="own",
)
def batch(call: api.Call) -> api.Reply:
    """Each item is done or refused by itself; items of one member are done in order.

    `idempotency_key` of an item is the key of its entry, as the header is for a single call.
    """
    items: list[BatchItem] = call.body if isinstance(call.body, list) else call.body.items
    drafted = _draft(call, items)
    commands = [x for x in drafted if isinstance(x, Command)]
    outcomes = iter(services.post_batch(commands=commands, now=call.now))
    return api.Reply(
        api.batch.Result(
            items=[
                _answer(call, index, next(outcomes) if isinstance(x, Command) else x)
                for index, x in enumerate(drafted)
            ]
        )
    )


def _draft(call: api.Call, items: Sequence[BatchItem]) -> list[Command | DomainError]:
    """Turn items into commands, or into what is wrong with them."""
    programme = programmes_selectors.get_programme(call.caller.programme_id)
    members = members_selectors.resolve_many(
        public_ids=[item.member for item in items], programme_id=programme.id
    )
    validity = validity_end(
        earned_at=call.now, months=programme.settings.points_validity_months, zone=programme.zone
    )
    return [
        _refusal(call, item, members) or _command(call, item, members[item.member], validity)
        for item in items
    ]


def _refusal(call: api.Call, item: BatchItem, members: Iterable[str]) -> DomainError | None:
    lowest = -MOST_POINTS if item.op == "adjust" else 1
    if item.points == 0 or not lowest <= item.points <= MOST_POINTS:
        return _wrong("/points", "a positive whole number")
    if item.op != "adjust" and item.source is None:
        return _wrong("/source", "this field is required")
    if item.op == "adjust":
        if "points:adjust" not in call.caller.scopes:
            return ForbiddenError("adjust needs the scope points:adjust")
        if item.actor is None or not item.reason:
            return _wrong("/actor" if item.actor is None else "/reason", "this field is required")
    if item.expires_at is not None and item.expires_at <= call.now:
        return ExpiryPastError()
    if item.member not in members:
        return UnknownMemberError(f"there is no member {item.member[:40]}")
    return None


def _wrong(pointer: str, detail: str) -> InvalidFieldError:
    return InvalidFieldError(
        f"{pointer}: {detail}",
        errors=[FieldError(pointer=pointer, code="request.invalid", detail=detail)],
    )


def _command(call: api.Call, item: BatchItem, member_id: int, validity: datetime | None) -> Command:
    if item.idempotency_key is None:
        key, fingerprint = keys.made_up(), b""
    else:
        key = keys.of_item(call, item.op, item.idempotency_key)
        fingerprint = idempotency.fingerprint(item)[:16]
    common: dict[str, Any] = {
        "member_id": member_id,
        "programme_id": call.caller.programme_id,
        "key": key,
        "fingerprint": fingerprint,
        "source": item.source or "adjustment",
        "reason": item.reason,
        "actor": item.actor or call.caller.actor,
        "occurred_at": call.now,
        "points": item.points,
    }
    match item.op:
        case "earn":
            return Earn(
                **common,
                pending=item.pending_until is not None,
                available_at=item.pending_until,
                expires_at=item.expires_at or validity,
            )
        case "spend":
            return Spend(**common)
        case _:
            return Adjust(**common)


def _answer(call: api.Call, index: int, became: Outcome | DomainError) -> api.batch.Item:
    if isinstance(became, DomainError):
        return api.batch.refused(index, became, call=call)
    if became.problem is not None:
        return api.batch.refused(index, became.problem, call=call)
    status = 200 if became.duplicate else 201
    return api.batch.done(index, showing.entry(became.entries[0]), status=status)
