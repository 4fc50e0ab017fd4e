"""Keep who of the staff looked at whom: one insert, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from members.models import AccessRecord


def record_access(
    *,
    user_id: int,
    member_ids: Sequence[int],
    page: str,
    fields: Sequence[str] = (),
    reason: str = "",
    now: datetime,
) -> None:
    """Write down that a member of staff looked at members; `fields` they saw in clear."""
    AccessRecord.objects.bulk_create(
        AccessRecord(
            member_id=member_id,
            user_id=user_id,
            page=page[:60],
            fields=list(fields),
            reason=reason[:300],
            recorded_at=now,
        )
        for member_id in member_ids
    )
