"""`POST /points/batch`: up to a thousand movements in one round trip to the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import transaction

from config.kernel import api, audit
from config.kernel.api import idempotency
from config.kernel.api.errors import InvalidFieldError
from config.kernel.errors import DomainError, FieldError, ForbiddenError
from members import selectors as members_selectors
from members.programmes import selectors as programmes_selectors
from points import services
from points.api import keys, showing
from points.api.contracts import BatchIn, BatchItem, Items
from points.api.errors import ExpiryPastError, UnknownMemberError
from points.rows import LINE_COLUMNS, MOST_POINTS, to_error
from points.types import POINTS, validity_end

# What stands before the entry in a reply of `post_lines`.
_HEAD = 5


@api.operation(
    scope="points:write",
    body=Items | BatchIn,
    item=BatchItem,
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
    items: list[BatchItem | DomainError] = (
        call.body if isinstance(call.body, list) else call.body.items
    )
    answers: list[api.batch.Item] = []
    lines: list[dict[str, Any]] = []
    places: list[int] = []
    for index, drafted in enumerate(_draft(call, items)):
        if isinstance(drafted, DomainError):
            answers.append(api.batch.refused(index, drafted, call=call))
        else:
            lines.append(drafted)
            places.append(index)
    if lines:
        replies, beyond = _post(call, lines)
        answers += _answers(call, places, replies)
        answers += [api.batch.refused(places[n], e, call=call) for n, e in beyond.items()]
    answers.sort(key=attrgetter("index"))
    return api.Reply(api.batch.Result(items=answers))


def _post(
    call: api.Call, lines: Sequence[dict[str, Any]]
) -> tuple[list[tuple[Any, ...]], dict[int, DomainError]]:
    """Post the lines, and return which corrections are beyond the client's limit.

    Corrections by hand are on the audit trail, as single ones are.
    """
    by_hand = [place for place, line in enumerate(lines) if line["op"] == "adjust"]
    if not by_hand:
        return services.post_lines(lines=lines, now=call.now), {}
    with transaction.atomic():
        beyond = _beyond(call, lines, by_hand)
        sent = [place for place in range(len(lines)) if place not in beyond]
        posted = services.post_lines(lines=[lines[n] for n in sent], now=call.now) if sent else []
        replies = [(sent[item], *reply) for item, *reply in posted]
        for place, problem, _asked, _had, _duplicate, *entry in replies:
            line = lines[place]
            if line["op"] != "adjust" or problem is not None:
                continue
            told = dict(zip(LINE_COLUMNS, entry, strict=True))
            if told["recorded_at"] == call.now:  # else its key had come before
                audit.record(
                    actor=line["actor"],
                    action="points.adjust",
                    target=f"member:{line['member_id']}",
                    reason=line["reason"],
                    after={
                        "entry": told["id"],
                        "points": told["points"],
                        "currency": line["currency"],
                        "by": call.caller.actor,
                    },
                    now=call.now,
                )
    return replies, beyond


def _beyond(
    call: api.Call, lines: Sequence[dict[str, Any]], by_hand: Sequence[int]
) -> dict[int, DomainError]:
    asks = [
        services.Ask(member_id=line["member_id"], points=line["points"], key=line["key"])
        for line in (lines[place] for place in by_hand)
    ]
    refused = services.judge_corrections(client=call.caller.actor, asks=asks, now=call.now)
    return {by_hand[n]: problem for n, problem in refused.items()}


def _draft(
    call: api.Call, items: Sequence[BatchItem | DomainError]
) -> list[dict[str, Any] | DomainError]:
    """Turn items into lines for the ledger, or into what is wrong with them."""
    programme = programmes_selectors.get_programme(call.caller.programme_id)
    members = members_selectors.resolve_many(
        public_ids=[item.member for item in items if isinstance(item, BatchItem)],
        programme_id=programme.id,
    )
    validity = validity_end(
        earned_at=call.now, months=programme.settings.points_validity_months, zone=programme.zone
    )
    return [
        item
        if isinstance(item, DomainError)
        else _refusal(call, item, members) or _line(call, item, members[item.member], validity)
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


def _line(
    call: api.Call, item: BatchItem, member_id: int, validity: datetime | None
) -> dict[str, Any]:
    """Return the attributes of a points_command."""
    if item.idempotency_key is None:
        key, fingerprint = keys.made_up(), ""
    else:
        key = keys.of_item(call, item.op, item.idempotency_key)
        fingerprint = idempotency.fingerprint(item)[:16].hex()
    line: dict[str, Any] = {
        "op": item.op,
        "member_id": member_id,
        "programme_id": call.caller.programme_id,
        "currency": POINTS,
        "key": key,
        "fingerprint": f"\\x{fingerprint}",
        "source": item.source or "adjustment",
        "reason": item.reason,
        "rule": "",
        "actor": item.actor or call.caller.actor,
        "occurred_at": call.now,
        "points": item.points,
    }
    if item.op == "earn":
        line["pending"] = item.pending_until is not None
        line["available_at"] = item.pending_until
        line["expires_at"] = item.expires_at or validity
    return line


def _answers(
    call: api.Call, places: Sequence[int], replies: Sequence[Sequence[Any]]
) -> Iterator[api.batch.Item]:
    posted = []
    for reply in replies:
        item, problem, asked, had, *_ = reply
        if problem is None:
            posted.append(reply)
        else:
            error = to_error(problem, asked=asked, had=had)
            yield api.batch.refused(places[item], error, call=call)
    shown = showing.lines([reply[_HEAD:] for reply in posted])
    for (item, _, _, _, duplicate, *_), body in zip(posted, shown, strict=True):
        yield api.batch.done(places[item], body, status=200 if duplicate else 201)
