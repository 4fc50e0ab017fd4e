"""Find what a call names, and answer with what was posted."""

from __future__ import annotations

from typing import Any

from config.kernel import api, ids
from members import errors as members_errors
from members import selectors as members_selectors
from points import selectors, services
from points.api import keys, showing
from points.api.errors import UnknownMemberError
from points.types import POINTS, Outcome, Posted, Reservation

MEMBER = members_errors.MemberNotFoundError


def member(call: api.Call, public_id: str) -> int:
    """Return the member a path names. Raises MemberNotFoundError (404)."""
    return members_selectors.resolve(public_id=public_id, programme_id=call.caller.programme_id)


def command_fields(call: api.Call, operation: str, *, target: int = 0) -> dict[str, Any]:
    """Return what every command of a call carries: whose programme, which key, who and when."""
    return {
        "programme_id": call.caller.programme_id,
        "key": keys.entry_key(call, operation, target),
        "fingerprint": keys.fingerprint(call),
        "actor": call.caller.actor,
        "occurred_at": call.now,
    }


def posted(call: api.Call, outcome: Outcome) -> api.Reply:
    """Answer with the entry: 201 and again 201 for its key, 200 for its source alone."""
    body = showing.entry(outcome.entries[0], dry_run=call.dry_run)
    return api.Reply(
        body,
        status=200 if outcome.duplicate else 201,
        replay=outcome.replayed and not outcome.duplicate,
    )


def entry(call: api.Call, public_id: str) -> Posted:
    """Return the entry a path names. Raises EntryNotFoundError (404)."""
    row = ids.decode("ent", public_id)
    return selectors.get_entry(
        member_id=row.member_id, entry_id=row.row_id, programme_id=call.caller.programme_id
    )


def member_in_body(call: api.Call, public_id: str) -> int:
    """Return the member a body names. Raises UnknownMemberError (422)."""
    try:
        return member(call, public_id)
    except members_errors.MemberNotFoundError as exc:
        raise UnknownMemberError(exc.detail) from None


def currency(call: api.Call, code: str, *, spend: bool = False) -> str:
    """Return a currency that a call names. Points are known without asking.

    Raises:
        UnknownCurrencyError, NotSpendableError: as they say.
    """
    if code != POINTS:
        if spend:
            services.check_spendable(programme_id=call.caller.programme_id, currency=code)
        else:
            selectors.get_currency(programme_id=call.caller.programme_id, code=code)
    return code


def reservation(call: api.Call, member_id: int, reservation_id: int) -> Reservation:
    """Return a reservation of the caller's brand. Raises ReservationNotFoundError (404)."""
    return selectors.get_reservation(
        member_id=member_id,
        reservation_id=reservation_id,
        programme_id=call.caller.programme_id,
        brand_id=call.caller.brand_id,
        at=call.now,
    )
