"""Points reserved for an order that is being paid: held, captured, released."""

from __future__ import annotations

from datetime import timedelta

from config.kernel import api, ids
from members.programmes import selectors as programmes_selectors
from points import errors, services
from points.api import finding, showing
from points.api.contracts import (
    CaptureIn,
    ReleaseIn,
    ReservationIn,
    ReservationOut,
)
from points.api.errors import UnknownMemberError
from points.types import (
    Capture,
    Hold,
    HoldStatus,
    Release,
    Reservation,
)


@api.operation(
    scope="points:write",
    body=ReservationIn,
    answer=ReservationOut,
    status=201,
    tag="Points",
    summary="Reserve points for an order that is being paid",
    errors=[
        UnknownMemberError,
        errors.InsufficientPointsError,
        errors.KeyReusedError,
        errors.UnknownCurrencyError,
        errors.NotSpendableError,
    ],
    idempotency="own",
    dry_run=True,
)
def reserve(call: api.Call) -> api.Reply:
    """Reserved points are not available, and do not expire, until captured or released."""
    body: ReservationIn = call.body
    programme = programmes_selectors.get_programme(call.caller.programme_id)
    ttl = body.ttl_seconds or programme.settings.reservation_ttl_seconds
    command = Hold(
        member_id=finding.member_in_body(call, body.member),
        **finding.command_fields(call, "hold"),
        currency=finding.currency(call, body.currency, spend=True),
        source=body.source,
        points=body.points,
        expires_at=call.now + timedelta(seconds=ttl),
        brand_id=call.caller.brand_id,
    )
    outcome = services.post(command=command, now=call.now)
    if outcome.replayed:
        held = finding.reservation(call, command.member_id, outcome.reservation_id or 0)
    else:
        held = Reservation(
            reservation_id=outcome.reservation_id or 0,
            member_id=command.member_id,
            programme_id=programme.id,
            currency=command.currency,
            brand_id=command.brand_id,
            source=command.source,
            points=command.points,
            captured=0,
            released=0,
            status=HoldStatus.HELD,
            expires_at=command.expires_at,
        )
    shown = showing.reservation(held, dry_run=call.dry_run)
    return api.Reply(shown, replay=outcome.replayed)


@api.operation(
    scope="points:read",
    answer=ReservationOut,
    tag="Points",
    summary="A reservation as it stands",
    errors=[errors.ReservationNotFoundError],
)
def reservation(call: api.Call, reservation: str) -> ReservationOut:
    row = ids.decode("res", reservation)
    return showing.reservation(finding.reservation(call, row.member_id, row.row_id))


_CLOSING = [
    errors.ReservationNotFoundError,
    errors.ReservationClosedError,
    errors.ReservationExpiredError,
    errors.KeyReusedError,
]


@api.operation(
    scope="points:write",
    body=CaptureIn,
    answer=ReservationOut,
    tag="Points",
    summary="Spend what is reserved, in whole or in part; the rest is released",
    errors=[*_CLOSING, errors.ReservationExceededError],
    idempotency="own",
    dry_run=True,
    body_required=False,
)
def capture(call: api.Call, reservation: str) -> api.Reply:
    body: CaptureIn = call.body
    row = ids.decode("res", reservation)
    command = Capture(
        member_id=row.member_id,
        **finding.command_fields(call, "capture", target=row.row_id),
        source="",
        reservation_id=row.row_id,
        points=body.points,
        brand_id=call.caller.brand_id,
    )
    return _closed(call, command)


@api.operation(
    scope="points:write",
    body=ReleaseIn,
    answer=ReservationOut,
    tag="Points",
    summary="Give up a reservation",
    errors=_CLOSING,
    idempotency="own",
    dry_run=True,
    body_required=False,
)
def release(call: api.Call, reservation: str) -> api.Reply:
    row = ids.decode("res", reservation)
    command = Release(
        member_id=row.member_id,
        **finding.command_fields(call, "release", target=row.row_id),
        source="",
        reservation_id=row.row_id,
        brand_id=call.caller.brand_id,
    )
    return _closed(call, command)


def _closed(call: api.Call, command: Capture | Release) -> api.Reply:
    outcome = services.post(command=command, now=call.now)
    shown = showing.reservation(
        finding.reservation(call, command.member_id, command.reservation_id), dry_run=call.dry_run
    )
    shown.entries = [showing.entry(x, dry_run=call.dry_run) for x in outcome.entries]
    return api.Reply(shown, replay=outcome.replayed)
