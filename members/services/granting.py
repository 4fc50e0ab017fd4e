"""Personal data in clear for a while: asked for, granted by somebody else, ended by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from config.kernel import approvals, audit
from config.kernel.models import Approval
from members.errors import GrantTooLongError
from members.models import DataGrant

FULL_DATA = "members.full_data"
MOST_HOURS = 8


def request_full_data(*, user_id: int, hours: int, reason: str, now: datetime) -> Approval:
    """Ask somebody else to let a member of staff see personal data in clear.

    Raises:
        GrantTooLongError: no such time is granted.
        InvalidError: no reason is given.
    """
    if not 1 <= hours <= MOST_HOURS:
        raise GrantTooLongError()
    return approvals.request(
        kind=FULL_DATA,
        payload={"user_id": user_id, "hours": hours},
        requested_by=f"staff:{user_id}",
        reason=reason,
        now=now,
    )


def grant_approved(*, approval: Approval, now: datetime) -> dict[str, Any]:
    """Begin the time that somebody else has agreed to; it counts from their decision."""
    grant = DataGrant.objects.create(
        user_id=approval.payload["user_id"],
        approval_id=approval.pk,
        reason=approval.reason,
        starts_at=now,
        ends_at=now + timedelta(hours=approval.payload["hours"]),
    )
    return {"grant": grant.pk, "ends_at": grant.ends_at.isoformat()}


@transaction.atomic
def end_grant(*, grant_id: int, actor: str, reason: str, now: datetime) -> bool:
    """End a grant before its time; return False when it was over already."""
    ended = DataGrant.objects.filter(pk=grant_id, ends_at__gt=now, starts_at__lte=now)
    if not ended.update(ends_at=now):
        return False
    audit.record(
        actor=actor,
        action="staff.grant_ended",
        target=f"data_grant:{grant_id}",
        reason=reason,
        now=now,
    )
    return True
