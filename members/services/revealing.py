"""Show staff how to reach a member: only for a reason, and never without a trace."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from config.kernel import audit
from members import selectors
from members.types import Member


@transaction.atomic
def reveal_contacts(*, member_id: int, actor: str, reason: str, now: datetime) -> Member:
    """Return a member's profile in clear, and write down who asked for it and why.

    Raises:
        MemberNotFoundError: there is no such member.
    """
    member = selectors.get_member(member_id=member_id)
    audit.record(
        actor=actor,
        action="member.contacts_revealed",
        target=f"member:{member_id}",
        reason=reason,
        now=now,
    )
    return member
