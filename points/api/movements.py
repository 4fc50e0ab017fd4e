"""Earn, spend, adjust, reverse. One call of the ledger per view."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from config.kernel import api, audit, ids
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Programme
from points import errors, selectors, services
from points.api import finding
from points.api.contracts import (
    AdjustIn,
    EarnIn,
    EntryOut,
    ReverseIn,
    SpendIn,
)
from points.api.errors import ExpiryPastError
from points.types import (
    POINTS,
    Adjust,
    Command,
    Earn,
    Posted,
    Reverse,
    Spend,
    validity_end,
)


@api.operation(
    scope="points:write",
    body=EarnIn,
    answer=EntryOut,
    status=201,
    tag="Points",
    summary="Give points for something the member did",
    errors=[
        finding.MEMBER,
        errors.SourceConflictError,
        errors.KeyReusedError,
        errors.UnknownCurrencyError,
        ExpiryPastError,
    ],
    idempotency="own",
    dry_run=True,
)
def earn(call: api.Call, member: str) -> api.Reply:
    """A source earns once: the same points again answer 200 with the first entry.

    Without `expires_at`, the programme's validity applies.
    """
    body: EarnIn = call.body
    if body.expires_at is not None and body.expires_at <= call.now:
        raise ExpiryPastError()
    programme = programmes_selectors.get_programme(call.caller.programme_id)
    command = Earn(
        member_id=finding.member(call, member),
        **finding.command_fields(call, "earn"),
        currency=body.currency,
        source=body.source,
        reason=body.reason,
        points=body.points,
        pending=body.pending_until is not None,
        available_at=body.pending_until,
        expires_at=body.expires_at or _validity(call, programme, body.currency),
    )
    return finding.posted(call, services.post(command=command, now=call.now))


def _validity(call: api.Call, programme: Programme, currency: str) -> datetime | None:
    """Return when what is given now ends: for points without asking the database."""
    if currency == POINTS:
        months = programme.settings.points_validity_months
        return validity_end(earned_at=call.now, months=months, zone=programme.zone)
    definition = selectors.get_currency(programme_id=programme.id, code=currency)
    return definition.expires_at(earned_at=call.now, zone=programme.zone)


@api.operation(
    scope="points:write",
    body=SpendIn,
    answer=EntryOut,
    status=201,
    tag="Points",
    summary="Take points at once",
    errors=[
        finding.MEMBER,
        errors.InsufficientPointsError,
        errors.KeyReusedError,
        errors.UnknownCurrencyError,
        errors.NotSpendableError,
    ],
    idempotency="own",
    dry_run=True,
)
def spend(call: api.Call, member: str) -> api.Reply:
    """The lots that expire first go first."""
    body: SpendIn = call.body
    currency = finding.currency(call, body.currency, spend=True)
    command = Spend(
        member_id=finding.member(call, member),
        **finding.command_fields(call, "spend"),
        currency=currency,
        source=body.source,
        reason=body.reason,
        points=body.points,
    )
    return finding.posted(call, services.post(command=command, now=call.now))


@api.operation(
    scope="points:adjust",
    body=AdjustIn,
    answer=EntryOut,
    status=201,
    tag="Points",
    summary="Correct a balance by hand",
    errors=[
        finding.MEMBER,
        errors.InsufficientPointsError,
        errors.InvalidPointsError,
        errors.CorrectionLimitError,
    ],
    idempotency="own",
    dry_run=True,
)
def adjust(call: api.Call, member: str) -> api.Reply:
    """Points may be negative, never beyond what is available. Points given do not expire.

    Where the shop has set a limit for its clients, one corrects no more than that on a member
    in 24 hours; what is beyond it is for the console.
    """
    body: AdjustIn = call.body
    currency = finding.currency(call, body.currency)
    command = Adjust(
        member_id=finding.member(call, member),
        **{**finding.command_fields(call, "adjust"), "actor": body.actor},
        currency=currency,
        source=body.source or "adjustment",
        reason=body.reason,
        points=body.points,
    )
    ask = services.Ask(
        member_id=command.member_id, currency=currency, points=body.points, key=command.key
    )
    with transaction.atomic():
        client = call.caller.actor
        if beyond := services.judge_corrections(client=client, asks=[ask], now=call.now):
            raise beyond[0]
        outcome = services.post(command=command, now=call.now)
        if not outcome.replayed:
            _audit(call, command, outcome.entries[0])
    return finding.posted(call, outcome)


def _audit(call: api.Call, command: Command, posted: Posted) -> None:
    audit.record(
        actor=command.actor,
        action="points.adjust",
        target=f"member:{command.member_id}",
        reason=command.reason,
        after={
            "entry": posted.entry_id,
            "points": posted.points,
            "currency": command.currency,
            "by": call.caller.actor,
        },
        now=call.now,
    )


@api.operation(
    scope="points:adjust",
    body=ReverseIn,
    answer=EntryOut,
    status=201,
    tag="Points",
    summary="Take back what an entry gave, or give back what it took",
    errors=[
        errors.EntryNotFoundError,
        errors.AlreadyReversedError,
        errors.EntryIsReversalError,
        errors.NotReversibleError,
        errors.ReverseExceedsError,
        errors.KeyReusedError,
    ],
    idempotency="own",
    dry_run=True,
)
def reverse(call: api.Call, entry: str) -> api.Reply:
    """At most once for a cause (`source`, else the Idempotency-Key), never more than the entry."""
    body: ReverseIn = call.body
    row = ids.decode("ent", entry)
    fields = finding.command_fields(call, "reverse", target=row.row_id)
    command = Reverse(
        member_id=row.member_id,
        **fields,
        source=body.source or "reversal",
        reason=body.reason,
        entry_id=row.row_id,
        points=body.points,
        cause=body.source or fields["key"],
    )
    return finding.posted(call, services.post(command=command, now=call.now))
