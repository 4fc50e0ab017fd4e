"""Keep members as they are while something is written for them: a merge waits meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from config.kernel import outbox, statements

# Weaker than what a merge takes, and stronger than nothing: many may hold a member like this,
# profiles can still be written, and nobody becomes somebody else.
_HOLD = """
SELECT id, coalesce(survivor_id, id) FROM members_member
WHERE id = ANY(%s::bigint[]) ORDER BY id FOR KEY SHARE
"""


def hold_members(*, member_ids: Sequence[int]) -> dict[int, int]:
    """Return as whom members live on, which stays true until the transaction ends.

    Called first of all, before other rows are locked: a merge locks members first, too.
    Ids that nobody has are left out.

    Raises:
        OutsideTransactionError: there is no transaction that could hold them.
    """
    if not connection.in_atomic_block:
        raise outbox.OutsideTransactionError("hold members inside the transaction")
    return dict(statements.ask(_HOLD, [statements.bigints(set(member_ids))]))


def hold_member(*, member_id: int) -> int:
    """Return as whom one member lives on; an id that nobody has comes back as it is."""
    return hold_members(member_ids=[member_id]).get(member_id, member_id)
