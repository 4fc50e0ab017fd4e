"""The points of a member: balance, ledger, movements. One call of the ledger per view."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from config.kernel import api, audit, explain, ids
from members import errors as members_errors
from members import selectors as members_selectors
from members.programmes import selectors as programmes_selectors
from points import errors, selectors, services
from points.api import keys, showing
from points.api.contracts import (
    AdjustIn,
    BalanceOut,
    BalanceQuery,
    CaptureIn,
    EarnIn,
    EntriesQuery,
    EntryOut,
    ExplainOut,
    ReleaseIn,
    ReservationIn,
    ReservationOut,
    ReverseIn,
    SpendIn,
)
from points.api.errors import ExpiryPastError, UnknownMemberError
from points.types import (
    Adjust,
    Capture,
    Command,
    Earn,
    Hold,
    HoldStatus,
    Outcome,
    Posted,
    Release,
    Reservation,
    Reverse,
    Spend,
    validity_end,
)

MEMBER = members_errors.MemberNotFoundError


def _member(call: api.Call, public_id: str) -> int:
    return members_selectors.resolve(public_id=public_id, programme_id=call.caller.programme_id)


def _posted(call: api.Call, outcome: Outcome) -> api.Reply:
    """Answer with the entry: 201 and again 201 for its key, 200 for its source alone."""
    body = showing.entry(outcome.entries[0], dry_run=call.dry_run)
    return api.Reply(
        body,
        status=200 if outcome.duplicate else 201,
        replay=outcome.replayed and not outcome.duplicate,
    )


@api.operation(
    scope="points:read",
    query=BalanceQuery,
    answer=BalanceOut,
    tag="Points",
    summary="What a member has, now or at another time",
    errors=[MEMBER],
)
def balance(call: api.Call, member: str) -> BalanceOut:
    """`as_of` counts what had occurred by then; in the future, what time alone will do."""
    query: BalanceQuery = call.query
    shown = selectors.get_balance(
        member_id=_member(call, member),
        programme_id=call.caller.programme_id,
        currency=query.currency,
        at=query.as_of or call.now,
        now=call.now,
    )
    return showing.balance(shown)


@api.operation(
    scope="points:read",
    query=EntriesQuery,
    answer=api.Page[EntryOut],
    tag="Points",
    summary="The ledger of a member, newest first",
    errors=[MEMBER],
)
def entries(call: api.Call, member: str) -> api.Page[EntryOut]:
    query: EntriesQuery = call.query
    member_id = _member(call, member)
    listed = f"entries:{member_id}:{query.currency}"
    before = api.cursor.decode(query.cursor, of=listed)[0] if query.cursor else None
    page = selectors.list_entries(
        member_ids=members_selectors.ids_of(member_id),
        programme_id=call.caller.programme_id,
        currency=query.currency,
        before=before,
        limit=query.limit,
    )
    following = page.next_before and api.cursor.encode(of=listed, after=[page.next_before])
    return api.Page(items=[showing.entry(x) for x in page.entries], next_cursor=following or None)


def _entry(call: api.Call, public_id: str) -> Posted:
    row = ids.decode("ent", public_id)
    return selectors.get_entry(
        member_id=row.member_id, entry_id=row.row_id, programme_id=call.caller.programme_id
    )


@api.operation(
    scope="points:read",
    answer=ExplainOut,
    tag="Points",
    summary="Why an entry is what it is",
    errors=[errors.EntryNotFoundError],
)
def explain_entry(call: api.Call, entry: str) -> ExplainOut:
    """The recorded decision: rule version, inputs, arithmetic. A reversal tells its target's."""
    shown = _entry(call, entry)
    told = shown
    if shown.reverses is not None:
        told = selectors.get_entry(
            member_id=shown.member_id,
            entry_id=shown.reverses,
            programme_id=call.caller.programme_id,
        )
    found = explain.explain(member_id=told.member_id, source=told.source)
    facts = {"source": told.source, "reason": told.reason, "actor": told.actor}
    own = [{"figure": name, "change": getattr(shown, name)} for name in _FIGURES]
    return ExplainOut(
        entry=showing.entry(shown),
        rule_version=found.rule_version if found else told.rule or None,
        inputs=dict(found.inputs) if found else facts,
        arithmetic=[dict(row) for row in found.arithmetic] if found else own,
    )


_FIGURES = ("available", "pending", "held", "debt")


@api.operation(
    scope="points:write",
    body=EarnIn,
    answer=EntryOut,
    status=201,
    tag="Points",
    summary="Give points for something the member did",
    errors=[MEMBER, errors.SourceConflictError, errors.KeyReusedError, ExpiryPastError],
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
        member_id=_member(call, member),
        programme_id=programme.id,
        key=keys.entry_key(call, "earn"),
        fingerprint=keys.fingerprint(call),
        source=body.source,
        reason=body.reason,
        actor=call.caller.actor,
        occurred_at=call.now,
        points=body.points,
        pending=body.pending_until is not None,
        available_at=body.pending_until,
        expires_at=body.expires_at
        or validity_end(
            earned_at=call.now,
            months=programme.settings.points_validity_months,
            zone=programme.zone,
        ),
    )
    return _posted(call, services.post(command=command, now=call.now))


@api.operation(
    scope="points:write",
    body=SpendIn,
    answer=EntryOut,
    status=201,
    tag="Points",
    summary="Take points at once",
    errors=[MEMBER, errors.InsufficientPointsError, errors.KeyReusedError],
    idempotency="own",
    dry_run=True,
)
def spend(call: api.Call, member: str) -> api.Reply:
    """The lots that expire first go first."""
    body: SpendIn = call.body
    command = Spend(
        member_id=_member(call, member),
        programme_id=call.caller.programme_id,
        key=keys.entry_key(call, "spend"),
        fingerprint=keys.fingerprint(call),
        source=body.source,
        reason=body.reason,
        actor=call.caller.actor,
        occurred_at=call.now,
        points=body.points,
    )
    return _posted(call, services.post(command=command, now=call.now))


@api.operation(
    scope="points:adjust",
    body=AdjustIn,
    answer=EntryOut,
    status=201,
    tag="Points",
    summary="Correct a balance by hand",
    errors=[MEMBER, errors.InsufficientPointsError, errors.InvalidPointsError],
    idempotency="own",
    dry_run=True,
)
def adjust(call: api.Call, member: str) -> api.Reply:
    """Points may be negative, never beyond what is available. Points given do not expire."""
    body: AdjustIn = call.body
    command = Adjust(
        member_id=_member(call, member),
        programme_id=call.caller.programme_id,
        key=keys.entry_key(call, "adjust"),
        fingerprint=keys.fingerprint(call),
        source=body.source or "adjustment",
        reason=body.reason,
        actor=body.actor,
        occurred_at=call.now,
        points=body.points,
    )
    with transaction.atomic():
        outcome = services.post(command=command, now=call.now)
        if not outcome.replayed:
            _audit(call, command, outcome.entries[0])
    return _posted(call, outcome)


def _audit(call: api.Call, command: Command, posted: Posted) -> None:
    audit.record(
        actor=command.actor,
        action="points.adjust",
        target=f"member:{command.member_id}",
        reason=command.reason,
        after={"entry": posted.entry_id, "points": posted.points, "by": call.caller.actor},
        now=call.now,
    )


@api.operation(
    scope="points:write",
    body=ReservationIn,
    answer=ReservationOut,
    status=201,
    tag="Points",
    summary="Reserve points for an order that is being paid",
    errors=[UnknownMemberError, errors.InsufficientPointsError, errors.KeyReusedError],
    idempotency="own",
    dry_run=True,
)
def reserve(call: api.Call) -> api.Reply:
    """Reserved points are not available, and do not expire, until captured or released."""
    body: ReservationIn = call.body
    programme = programmes_selectors.get_programme(call.caller.programme_id)
    ttl = body.ttl_seconds or programme.settings.reservation_ttl_seconds
    command = Hold(
        member_id=_member_in_body(call, body.member),
        programme_id=programme.id,
        key=keys.entry_key(call, "hold"),
        fingerprint=keys.fingerprint(call),
        source=body.source,
        actor=call.caller.actor,
        occurred_at=call.now,
        points=body.points,
        expires_at=call.now + timedelta(seconds=ttl),
        brand_id=call.caller.brand_id,
    )
    outcome = services.post(command=command, now=call.now)
    if outcome.replayed:
        held = _reservation(call, command.member_id, outcome.reservation_id or 0)
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


def _member_in_body(call: api.Call, public_id: str) -> int:
    try:
        return _member(call, public_id)
    except members_errors.MemberNotFoundError as exc:
        raise UnknownMemberError(exc.detail) from None


def _reservation(call: api.Call, member_id: int, reservation_id: int) -> Reservation:
    return selectors.get_reservation(
        member_id=member_id,
        reservation_id=reservation_id,
        programme_id=call.caller.programme_id,
        brand_id=call.caller.brand_id,
        at=call.now,
    )


@api.operation(
    scope="points:read",
    answer=ReservationOut,
    tag="Points",
    summary="A reservation as it stands",
    errors=[errors.ReservationNotFoundError],
)
def reservation(call: api.Call, reservation: str) -> ReservationOut:
    row = ids.decode("res", reservation)
    return showing.reservation(_reservation(call, row.member_id, row.row_id))


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
        programme_id=call.caller.programme_id,
        key=keys.entry_key(call, "capture", row.row_id),
        fingerprint=keys.fingerprint(call),
        source="",
        actor=call.caller.actor,
        occurred_at=call.now,
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
        programme_id=call.caller.programme_id,
        key=keys.entry_key(call, "release", row.row_id),
        fingerprint=keys.fingerprint(call),
        source="",
        actor=call.caller.actor,
        occurred_at=call.now,
        reservation_id=row.row_id,
        brand_id=call.caller.brand_id,
    )
    return _closed(call, command)


def _closed(call: api.Call, command: Capture | Release) -> api.Reply:
    outcome = services.post(command=command, now=call.now)
    shown = showing.reservation(
        _reservation(call, command.member_id, command.reservation_id), dry_run=call.dry_run
    )
    shown.entries = [showing.entry(x, dry_run=call.dry_run) for x in outcome.entries]
    return api.Reply(shown, replay=outcome.replayed)


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
    key = keys.entry_key(call, "reverse", row.row_id)
    command = Reverse(
        member_id=row.member_id,
        programme_id=call.caller.programme_id,
        key=key,
        fingerprint=keys.fingerprint(call),
        source=body.source or "reversal",
        reason=body.reason,
        actor=call.caller.actor,
        occurred_at=call.now,
        entry_id=row.row_id,
        points=body.points,
        cause=body.source or key,
    )
    return _posted(call, services.post(command=command, now=call.now))
