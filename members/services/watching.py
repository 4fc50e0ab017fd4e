"""Keep who of the staff looked at whom: one insert, never changed, gone after three years."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.kernel import statements
from members.models import AccessRecord

_CHUNK = 5000


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


def forget_accesses(*, before: datetime) -> int:
    """Delete looks from before a moment, in chunks; what is not three years old stays anyway."""
    gone = 0
    while taken := statements.ask(
        "SELECT members_forget_accesses(%s::timestamptz, %s::integer)", [before, _CHUNK]
    )[0][0]:
        gone += taken
    return gone
