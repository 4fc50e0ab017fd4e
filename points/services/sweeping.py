"""Write down what has fallen due, by ranges of members with one commit each.

The ledger does not depend on it: a movement posts what is due for its account first, and
reads show it as done. Sweeping sees to it that it is on record soon for everyone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import connection, transaction

from config.kernel import outbox
from points.events import DueSwept

Job = Literal["expire", "activate", "lapse"]
CHUNK = 10_000

# Where each job looks for members with something due. What it finds is swept whole.
_FIND: dict[Job, str] = {
    "expire": """
        SELECT DISTINCT member_id FROM points_account
         WHERE member_id > %s AND (next_due_at <= %s OR hot) ORDER BY member_id LIMIT %s""",
    "activate": """
        SELECT DISTINCT member_id FROM points_lot
         WHERE member_id > %s AND open AND pending AND available_at <= %s
         ORDER BY member_id LIMIT %s""",
    "lapse": """
        SELECT DISTINCT member_id FROM points_hold
         WHERE member_id > %s AND status = 'held' AND expires_at <= %s
         ORDER BY member_id LIMIT %s""",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one chunk did; `last_member` is where the next one goes on, None at the end."""

    accounts: int
    points: int
    last_member: int | None


@transaction.atomic
def sweep(*, job: Job, now: datetime, after_member: int = 0, limit: int = CHUNK) -> Swept:
    """Sweep the next members, at most `limit`; safe to repeat and to run side by side."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND[job], [after_member, now, limit])
        members = [row[0] for row in cursor.fetchall()]
        if not members:
            return Swept(accounts=0, points=0, last_member=None)
        cursor.execute("SELECT accounts, points FROM points_sweep(%s, %s)", [members, now])
        accounts, points = cursor.fetchone()
    if accounts:
        outbox.publish(
            DueSwept(
                occurred_at=now,
                job=job,
                from_member=members[0],
                to_member=members[-1],
                accounts=accounts,
                points=points,
            ),
            now=now,
        )
    return Swept(
        accounts=accounts,
        points=points,
        last_member=members[-1] if len(members) == limit else None,
    )


def sweep_all(*, job: Job, now: datetime, limit: int = CHUNK) -> int:
    """Sweep everyone, chunk by chunk; return how many accounts were due."""
    total = 0
    after: int | None = 0
    while after is not None:
        swept = sweep(job=job, now=now, after_member=after, limit=limit)
        total += swept.accounts
        after = swept.last_member
    return total
