"""Applications: the provider decides, or an operator does, or nobody has to.

The proof is dropped with the decision; what stays is whether a register was asked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from config.kernel import audit, outbox
from members import selectors as members_selectors
from members import services as members_services
from members.kinds import models, selectors, terms, verifying
from members.kinds.errors import (
    AlreadyOfKindError,
    ApplicationDecidedError,
    ApplicationNotFoundError,
    ApplicationWaitingError,
    EntryClosedError,
    ProofRefusedError,
)
from members.kinds.events import ApplicationRefused
from members.kinds.services import holding
from members.kinds.types import Application, Entry, Kind, Proof, ProofGiven, State, Why

Row = models.Application


@transaction.atomic
def apply(
    *, member_id: int, kind: str, given: ProofGiven | None = None, actor: str, now: datetime
) -> Application:
    """Apply for a kind, or for another term of it; return what became of it.

    Raises:
        KindNotFoundError: the programme has no such kind.
        EntryClosedError: one does not apply for it.
        AlreadyOfKindError: the member is of it, and it does not end within 60 days.
        ApplicationWaitingError: an application waits already.
        ProofInvalidError: what was typed cannot be a proof.
        ProofRefusedError: whoever was asked does not know the member.
    """
    member_id = members_services.hold_member(member_id=member_id)
    programme_id = members_selectors.get_member(member_id=member_id).programme_id
    found = selectors.get_kind(programme_id=programme_id, code=kind)
    if found.entry is not Entry.APPLY:
        raise EntryClosedError
    held = selectors.find_membership(member_id=member_id, kind=kind, at=now)
    if held and (held.until is None or held.until > now + terms.RENEWABLE):
        raise AlreadyOfKindError
    proof, is_asked = _verified(found, given)
    row = _insert(
        member_id=member_id,
        programme_id=programme_id,
        kind=kind,
        proof=proof.as_values() if proof else None,
        is_asked=is_asked,
        applied_at=now,
    )
    # What a register confirmed needs no operator; what only looks right does.
    if not found.by_operator or is_asked:
        why = Why.PROVED if proof else Why.APPLIED
        _close(row, State.APPROVED, actor="rule", reason="", now=now)
        _admit(row, member_id, found, proof, why=why, actor=actor, reason="", now=now)
    return selectors.get_application(member_id=member_id, application_id=row.pk)


def _verified(kind: Kind, given: ProofGiven | None) -> tuple[ProofGiven | None, bool | None]:
    if kind.proof is Proof.NONE:
        return None, None
    empty = ProofGiven(holder="", body="", number="")
    proof = verifying.read_proof(proof=kind.proof, given=given or empty)
    verdict = verifying.provider().verify(proof=kind.proof, given=proof)
    if not verdict.matches:
        raise ProofRefusedError
    return proof, verdict.asked


def _insert(**values: Any) -> Row:
    """Insert; the constraint decides which of two applications waits."""
    try:
        with transaction.atomic():
            return Row.objects.bulk_create([Row(**values)])[0]
    except IntegrityError:
        raise ApplicationWaitingError from None


@transaction.atomic
def approve(*, member_id: int, application_id: int, actor: str, reason: str, now: datetime) -> None:
    """Admit a member, by an operator's decision.

    Raises:
        ApplicationNotFoundError: there is no such application.
        ApplicationDecidedError: it is decided, or was withdrawn.
        KindNotFoundError: the kind was taken out meanwhile.
        AlreadyOfKindError: the member has become one of the kind meanwhile.
    """
    # What a merged account applied for stands under its id; the survivor is who is admitted.
    owner_id = members_services.hold_member(member_id=member_id)
    row = _waiting(member_id, application_id)
    kind = selectors.get_kind(programme_id=row.programme_id, code=row.kind)
    proof = ProofGiven(**row.proof) if row.proof else None
    _close(row, State.APPROVED, actor=actor, reason=reason, now=now)
    _admit(row, owner_id, kind, proof, why=Why.DECIDED, actor=actor, reason=reason, now=now)
    _audit("kinds.application_approved", row, actor, reason, now)


@transaction.atomic
def refuse(*, member_id: int, application_id: int, actor: str, reason: str, now: datetime) -> None:
    """Refuse an application; the member reads the reason.

    Raises:
        ApplicationNotFoundError: there is no such application.
        ApplicationDecidedError: it is decided, or was withdrawn.
    """
    row = _waiting(member_id, application_id)
    _close(row, State.REFUSED, actor=actor, reason=reason, now=now)
    _audit("kinds.application_refused", row, actor, reason, now)
    outbox.publish(
        ApplicationRefused(
            occurred_at=now,
            programme_id=row.programme_id,
            member_id=member_id,
            kind=row.kind,
            application_id=row.pk,
        ),
        now=now,
    )


@transaction.atomic
def withdraw_application(*, member_id: int, application_id: int, actor: str, now: datetime) -> None:
    """Take an application back.

    Raises:
        ApplicationNotFoundError: there is no such application.
        ApplicationDecidedError: it is decided, or was withdrawn.
    """
    row = _waiting(member_id, application_id)
    _close(row, State.WITHDRAWN, actor=actor, reason="", now=now)


def _waiting(member_id: int, application_id: int) -> Row:
    rows = Row.objects.select_for_update().filter(member_id=member_id, id=application_id)
    if (row := rows.first()) is None:
        raise ApplicationNotFoundError
    if row.state != State.WAITING:
        raise ApplicationDecidedError
    return row


def _close(row: Row, state: State, *, actor: str, reason: str, now: datetime) -> None:
    Row.objects.filter(member_id=row.member_id, id=row.pk).update(
        state=state, proof=None, decided_at=now, decided_by=actor, reason=reason
    )


def _admit(
    row: Row,
    member_id: int,
    kind: Kind,
    proof: ProofGiven | None,
    *,
    why: Why,
    actor: str,
    reason: str,
    now: datetime,
) -> None:
    """Make the member one of the kind; of a kind of groups, found one with a name."""
    from members.kinds.services import grouping

    said = holding.Said(why=why, actor=actor, reason=reason, is_asked=row.is_asked)
    if kind.is_group:
        grouping.found(
            member_id=member_id,
            programme_id=row.programme_id,
            kind=kind,
            name=proof.body if proof else "",
            said=said,
            now=now,
        )
    elif not holding.enter_many(
        [member_id], programme_id=row.programme_id, kind=kind, said=said, now=now
    ):
        raise AlreadyOfKindError


def _audit(action: str, row: Row, actor: str, reason: str, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=members_selectors.public_id(row.member_id),
        reason=reason,
        after={"kind": row.kind, "application": row.pk},
        now=now,
    )
