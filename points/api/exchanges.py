"""`POST /points/exchange`: points of one programme for points of another."""

from __future__ import annotations

from config.kernel import api
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Programme
from points import errors, selectors, services
from points.api import finding, keys, showing
from points.api.contracts import ExchangeIn, ExchangeOut
from points.api.errors import UnknownMemberError, UnknownProgrammeError
from points.types import Purse


@api.operation(
    scope="points:write",
    body=ExchangeIn,
    answer=ExchangeOut,
    tag="Points",
    summary="Exchange a member's points for another programme's",
    errors=[
        UnknownMemberError,
        UnknownProgrammeError,
        errors.UnknownCurrencyError,
        errors.NotSpendableError,
        errors.NoRateError,
        errors.ExchangeAmountError,
        errors.InsufficientPointsError,
        errors.MemberLimitError,
        errors.PairLimitError,
        errors.KeyReusedError,
    ],
    idempotency="own",
    dry_run=True,
)
def exchange(call: api.Call) -> api.Reply:
    """One of the two programmes is the caller's. A dry run tells what it would bring.

    Programmes are named by their codes. Where the member has signed up with the other
    programme too, that membership receives; else the points wait under this one. The fee
    goes off first, then the rate is applied and rounded once, as the rate says.
    """
    body: ExchangeIn = call.body
    source, target = _programme(body.from_programme), _programme(body.to_programme)
    if call.caller.programme_id not in (source.id, target.id):
        raise UnknownProgrammeError("neither programme is yours")
    member_id = finding.member_in_body(call, body.member)
    done = services.exchange(
        member_id=member_id,
        to_member_id=selectors.receiving_member(member_id=member_id, programme_id=target.id),
        source=Purse(programme_id=source.id, currency=body.from_currency),
        target=Purse(programme_id=target.id, currency=body.to_currency),
        points=body.points,
        key=keys.entry_key(call, "exchange"),
        fingerprint=keys.fingerprint(call),
        actor=call.caller.actor,
        now=call.now,
    )
    return api.Reply(showing.exchanged(done, dry_run=call.dry_run), replay=done.replayed)


def _programme(code: str) -> Programme:
    found = programmes_selectors.find_programme(code)
    if found is None:
        raise UnknownProgrammeError(f"there is no programme {code}")
    return found
