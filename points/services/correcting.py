"""Correct by hand: within one's limit at once, above it by asking a second person.

Everything goes through the ledger with the operator as actor; nobody writes a balance.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from config.kernel import approvals, audit
from config.kernel.models import Approval
from points.models import Entry
from points.selectors import corrections
from points.selectors.balances import get_balance
from points.services.allowing import one_at_a_time
from points.services.posting import post
from points.services.wishes import Wish
from points.types import Balance, Command, Correction, Kind, Rehearsal

ADJUST, REVERSE = "points.adjust", "points.reverse"


@transaction.atomic
def correct(
    *,
    member_id: int,
    programme_id: int,
    currency: str,
    points: int,
    code: str,
    reason: str,
    actor: str,
    key: str,
    now: datetime,
) -> Correction:
    """Correct a balance by ±points; above the actor's limit ask for approval instead.

    Raises:
        InvalidPointsError: zero, or more than anyone corrects.
        UnknownReasonError, ReasonMissingError: nothing in use says why.
        MemberClosedError: the member was merged or erased.
        InsufficientPointsError: more is taken than is available.
    """
    wish = Wish(
        member_id=member_id,
        programme_id=programme_id,
        currency=currency,
        points=points,
        code=code,
        reason=reason.strip(),
        actor=actor,
    )
    return _grant_or_ask(wish, kind=ADJUST, key=key, now=now)


@transaction.atomic
def reverse_by_hand(
    *,
    member_id: int,
    programme_id: int,
    entry_id: int,
    points: int | None,
    code: str,
    reason: str,
    actor: str,
    key: str,
    now: datetime,
) -> Correction:
    """Reverse an entry, all that is left of it or some; above the limit ask for approval.

    Raises:
        EntryNotFoundError: the member has no such entry.
        NotReversibleError, AlreadyReversedError, EntryIsReversalError, ReverseExceedsError:
            the entry cannot be reversed, or not by so much.
        UnknownReasonError, ReasonMissingError: nothing in use says why.
        MemberClosedError: the member was merged or erased.
    """
    done = _done(member_id, key)
    if done is not None and done.reverses == entry_id:
        points = done.settles if points is None else points
    wish = Wish.to_reverse(
        member_id=member_id,
        programme_id=programme_id,
        entry_id=entry_id,
        points=points,
        code=code,
        reason=reason,
        actor=actor,
    )
    return _grant_or_ask(wish, kind=REVERSE, key=key, now=now)


def rehearse_correction(
    *, member_id: int, programme_id: int, currency: str, points: int, actor: str, now: datetime
) -> Rehearsal:
    """Tell what a correction by ±points would do.

    Raises:
        InvalidPointsError: zero, or more than anyone corrects.
        InsufficientPointsError: more is taken than is available.
    """
    wish = Wish(
        member_id=member_id,
        programme_id=programme_id,
        currency=currency,
        points=points,
        actor=actor,
    )
    return rehearse(wish=wish, now=now)


def rehearse_reversal(
    *,
    member_id: int,
    programme_id: int,
    entry_id: int,
    points: int | None,
    actor: str,
    now: datetime,
) -> Rehearsal:
    """Tell what a reversal would do.

    Raises:
        EntryNotFoundError, NotReversibleError, AlreadyReversedError, EntryIsReversalError,
        ReverseExceedsError: as the reversal itself.
    """
    wish = Wish.to_reverse(
        member_id=member_id,
        programme_id=programme_id,
        entry_id=entry_id,
        points=points,
        actor=actor,
    )
    return rehearse(wish=wish, now=now)


def rehearse_payload(*, payload: Mapping[str, Any], now: datetime) -> Rehearsal:
    """Tell what a request for approval would do if it were approved now.

    Raises:
        DomainError: it would be refused.
    """
    return rehearse(wish=Wish.of(payload), now=now)


def rehearse(*, wish: Wish, now: datetime) -> Rehearsal:
    """Grant a wish and take it back: the ledger itself tells what would come of it."""
    wish.check_points()
    limit, used = _limit(wish, now)
    after: list[Balance] = []
    with transaction.atomic():
        before = get_balance(**wish.account, at=now, now=now)
        try:
            with transaction.atomic():
                post(command=wish.command(key="rehearsal", now=now), now=now, announce=False)
                after.append(get_balance(**wish.account, at=now, now=now))
                raise _RehearsedError
        except _RehearsedError:
            pass
    return Rehearsal(
        before=before,
        after=after[0],
        limit=limit,
        used=used,
        alone=used + wish.amount <= limit,
    )


def grant_approved(*, approval: Approval, now: datetime) -> dict[str, Any]:
    """Post the correction that somebody else has approved, in the name of whoever asked."""
    wish = Wish.of(approval.payload, reason=approval.reason, actor=approval.requested_by)
    wish.check()
    posted = _post(wish.command(key=f"approval:{approval.pk}", now=now), now).posted
    return {"entry_id": posted.entry_id if posted else None}


class _RehearsedError(Exception):
    """Nothing failed: what was rehearsed is taken back."""


def _grant_or_ask(wish: Wish, *, kind: str, key: str, now: datetime) -> Correction:
    wish.check()
    command = wish.command(key=f"console:{key}", now=now)
    one_at_a_time(actor=wish.actor)
    limit, used = _limit(wish, now)
    if _done(wish.member_id, key) or used + wish.amount <= limit:
        return _post(command, now)
    # Refuse now what an approver could only refuse later.
    rehearse(wish=wish, now=now)
    asked = approvals.request(
        kind=kind,
        payload=wish.payload,
        requested_by=wish.actor,
        reason=wish.reason,
        key=command.key,
        now=now,
    )
    return Correction(approval_id=asked.pk)


def _done(member_id: int, key: str) -> Entry | None:
    return Entry.objects.filter(member_id=member_id, idem_key=f"console:{key}").first()


def _limit(wish: Wish, now: datetime) -> tuple[int, int]:
    """Return what the operator may correct alone, and what of that is used."""
    used = corrections.sum_corrected(actor=wish.actor, now=now, **wish.account)
    return corrections.get_limit(actor=wish.actor, currency=wish.currency), used


def _post(command: Command, now: datetime) -> Correction:
    outcome = post(command=command, now=now)
    entry = outcome.entries[0]
    if not outcome.replayed:
        audit.record(
            actor=command.actor,
            action="points.adjusted" if entry.kind == Kind.ADJUST else "points.reversed",
            target=f"member:{command.member_id}",
            reason=command.reason,
            before={"balance": entry.balance_after - entry.points},
            after={
                "balance": entry.balance_after,
                "points": entry.points,
                "currency": command.currency,
                "entry": entry.entry_id,
                "rule": command.rule,
            },
            now=now,
        )
    return Correction(posted=entry, replayed=outcome.replayed)
