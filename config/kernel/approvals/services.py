"""Ask for a second person, and decide: lock, check, execute, audit, publish, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from config.kernel import audit, numerals, outbox
from config.kernel.approvals import registry
from config.kernel.approvals.errors import (
    ApprovalClosedError,
    ApprovalExecutionError,
    ApprovalExpiredError,
    ApprovalForbiddenError,
    ApprovalNotFoundError,
    ApprovalStaleError,
    OwnApprovalError,
)
from config.kernel.approvals.events import ApprovalDecided, ApprovalRequested
from config.kernel.errors import DomainError, InvalidError
from config.kernel.models import Approval

log = logging.getLogger(__name__)


class UnknownKindError(LookupError):
    """No app has registered this kind of change."""


@transaction.atomic
def request(
    *,
    kind: str,
    payload: dict[str, Any],
    requested_by: str,
    reason: str,
    now: datetime,
    key: str | None = None,
) -> Approval:
    """Ask for a second person.

    `payload` holds ids and numbers, no personal data. The same `key` again returns the
    first request, so that a double click asks once.

    Raises:
        UnknownKindError: nothing would execute it.
        InvalidError: no reason is given.
    """
    found = _kind(kind)
    if not reason.strip():
        raise InvalidError("a request says why")
    asked = Approval(
        kind=kind,
        payload=payload,
        basis=dict(found.basis(payload)),
        key=key,
        requested_by=requested_by,
        requested_at=now,
        reason=reason.strip()[:500],
        expires_at=now + found.lasts,
    )
    try:
        # A twin that is not committed yet is waited for, and then found.
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError:
        twin = Approval.objects.filter(kind=kind, key=key).first() if key else None
        if twin is None:
            raise
        return twin
    audit.record(
        actor=requested_by,
        action="approval.requested",
        target=_target(asked),
        reason=asked.reason,
        after={"kind": kind, "payload": payload},
        now=now,
    )
    outbox.publish(
        ApprovalRequested(
            occurred_at=now, approval_id=asked.pk, kind=kind, requested_by=requested_by
        ),
        now=now,
    )
    return asked


def decide(
    *, approval_id: int, approver: str, approve: bool, note: str = "", now: datetime
) -> Approval:
    """Approve, which makes the change at once, or refuse; `approver` is `staff:<id>`.

    Of two who decide at the same time one decides, the other is told that it is closed.

    Raises:
        ApprovalNotFoundError: there is no such request.
        ApprovalForbiddenError: the approver lacks the kind's permission.
        OwnApprovalError: the approver is who asked.
        ApprovalClosedError: it came to its end already.
        ApprovalExpiredError: its time is over; it is closed.
        ApprovalStaleError: what it rests on has changed; it is closed, nothing was done.
        ApprovalExecutionError: the change was refused; nothing was done, it stays open.
    """
    with transaction.atomic():
        approval = _locked(approval_id)
        problem = _decide(approval, approver=approver, approve=approve, note=note, now=now)
    # What was written about the failure is kept, whatever the caller does with the error.
    if problem is not None:
        raise problem
    return approval


def _decide(
    approval: Approval, *, approver: str, approve: bool, note: str, now: datetime
) -> DomainError | None:
    found = _kind(approval.kind)
    if approval.state != Approval.State.WAITING:
        raise ApprovalClosedError()
    # Neither who asks nor whose own roles or rights it is about.
    if approver in (approval.requested_by, f"staff:{approval.payload.get('user_id')}"):
        raise OwnApprovalError()
    if not _may_decide(approver, found):
        raise ApprovalForbiddenError()
    if approval.expires_at <= now:
        _close(approval, Approval.State.EXPIRED, now=now)
        return ApprovalExpiredError()
    if not approve:
        _close(approval, Approval.State.REFUSED, by=approver, note=note, now=now)
        return None
    if dict(found.basis(approval.payload)) != approval.basis:
        _close(approval, Approval.State.STALE, now=now, tried_by=approver)
        return ApprovalStaleError()
    try:
        with transaction.atomic():
            result = found.execute(approval=approval, now=now)
    except Exception as error:
        return _failed(approval, error, by=approver, now=now)
    approval.result = None if result is None else dict(result)
    _close(approval, Approval.State.APPROVED, by=approver, note=note, now=now)
    return None


@transaction.atomic
def withdraw(*, approval_id: int, requester: str, note: str = "", now: datetime) -> Approval:
    """Take back what one asked for.

    Raises:
        ApprovalNotFoundError: there is no such request, or it is somebody else's.
        ApprovalClosedError: it came to its end already.
    """
    approval = _locked(approval_id)
    if approval.requested_by != requester:
        raise ApprovalNotFoundError()
    if approval.state != Approval.State.WAITING:
        raise ApprovalClosedError()
    _close(approval, Approval.State.WITHDRAWN, by=requester, note=note, now=now)
    return approval


def expire_due(*, now: datetime, limit: int = 1000) -> int:
    """Close the requests whose time is over; a decision checks the date by itself."""
    with transaction.atomic():
        due = Approval.objects.select_for_update(skip_locked=True).filter(
            state=Approval.State.WAITING, expires_at__lte=now
        )
        closed = list(due.order_by("expires_at")[:limit])
        for approval in closed:
            _close(approval, Approval.State.EXPIRED, now=now)
    return len(closed)


def _kind(name: str) -> registry.Kind:
    found = registry.find(name)
    if found is None:
        raise UnknownKindError(name)
    return found


def _locked(approval_id: int) -> Approval:
    approval = Approval.objects.select_for_update().filter(pk=approval_id).first()
    if approval is None:
        raise ApprovalNotFoundError()
    return approval


def _may_decide(approver: str, kind: registry.Kind) -> bool:
    role, _colon, key = approver.partition(":")
    staff_id = numerals.read(key)
    if role != "staff" or staff_id is None:
        return False
    user = get_user_model()._default_manager.filter(pk=staff_id, is_active=True).first()
    return user is not None and user.is_staff and user.has_perm(kind.permission)


def _failed(approval: Approval, error: Exception, *, by: str, now: datetime) -> DomainError:
    """Write down why the change could not be made; the request stays open."""
    if isinstance(error, DomainError):
        problem, code = f"{error.title}: {error.detail}", error.code
        if error.detail == error.title:
            problem = error.title
    else:
        log.exception("the executor of %s failed", approval.kind, exc_info=error)
        problem, code = f"unexpected: {type(error).__name__}", "unexpected"
    approval.problem = problem[:300]
    approval.save(update_fields=["problem"])
    _audit(approval, "approval.failed", actor=by, after={"problem": code}, now=now)
    return ApprovalExecutionError(approval.problem)


def _close(
    approval: Approval,
    state: Approval.State,
    *,
    by: str | None = None,
    note: str = "",
    tried_by: str = "",
    now: datetime,
) -> None:
    approval.state = state
    approval.decided_by, approval.decided_at = by, now
    approval.note = note.strip()[:500]
    approval.problem = ""
    approval.save()
    _audit(
        approval,
        f"approval.{state}",
        actor=by or tried_by or "system",
        after={"result": approval.result} if approval.result is not None else None,
        now=now,
    )
    outbox.publish(
        ApprovalDecided(
            occurred_at=now,
            approval_id=approval.pk,
            kind=approval.kind,
            state=str(state),
            requested_by=approval.requested_by,
            decided_by=by,
        ),
        now=now,
    )


def _audit(
    approval: Approval, act: str, *, actor: str, after: Mapping[str, Any] | None, now: datetime
) -> None:
    audit.record(
        actor=actor,
        action=act,
        target=_target(approval),
        reason=approval.note or approval.reason,
        after={"kind": approval.kind, **(after or {})},
        now=now,
    )


def _target(approval: Approval) -> str:
    return f"approval:{approval.pk}"
