"""The ledger as a list, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from config.kernel import statements
from points.errors import EntryNotFoundError
from points.rows import ENTRY_COLUMNS, to_posted
from points.types import POINTS, EntryPage, Posted

# On a hot account an entry was written without knowing what went before it.
_DERIVED = """coalesce(e.balance_after, (SELECT sum(x.points)::bigint FROM points_entry x
    WHERE x.member_id = e.member_id AND x.account_id = e.account_id AND x.id <= e.id))"""
_COLUMNS = ", ".join(_DERIVED if n == "balance_after" else f"e.{n}" for n in ENTRY_COLUMNS)
# One account at a time, so that the key (member_id, id) is read from its end and a long
# history costs what a short one does.
_LIST = f"""
SELECT {_COLUMNS} FROM points_account a
 CROSS JOIN LATERAL (
    SELECT * FROM points_entry x
     WHERE x.member_id = a.member_id AND x.account_id = a.id AND x.id < %s::bigint
       AND (%s::text[] IS NULL OR x.kind = ANY (%s::text[]))
     ORDER BY x.id DESC LIMIT %s::bigint) e
 WHERE a.member_id = ANY (%s::bigint[]) AND a.programme_id = %s::bigint AND a.currency = %s::text
 ORDER BY e.id DESC LIMIT %s::bigint
"""
_ONE = f"""
SELECT {_COLUMNS} FROM points_entry e
  JOIN points_account a ON a.member_id = e.member_id AND a.id = e.account_id
 WHERE e.member_id = %s::bigint AND e.id = %s::bigint AND a.programme_id = %s::bigint
"""
# What was posted for somebody whom a merge made one with the member.
_OF_KIN = f"""
SELECT {_COLUMNS} FROM points_account m
  JOIN points_account a ON a.member_id = ANY (m.kin)
   AND a.programme_id = m.programme_id AND a.currency = m.currency
  JOIN points_entry e ON e.member_id = a.member_id AND e.account_id = a.id
 WHERE m.member_id = %s::bigint AND e.id = %s::bigint AND m.programme_id = %s::bigint
   AND m.kin IS NOT NULL LIMIT 1
"""
_END = 2**62


def list_entries(
    *,
    member_ids: Sequence[int],
    programme_id: int,
    currency: str = POINTS,
    kinds: Sequence[str] = (),
    before: int | None = None,
    limit: int = 50,
) -> EntryPage:
    """Return the newest entries first, those older than entry `before`; no kinds: all of them."""
    wanted = [str(kind) for kind in kinds] or None
    part = [before or _END, wanted, wanted, limit + 1]
    whose = [statements.bigints(member_ids), programme_id, currency]
    rows = statements.ask(_LIST, [*part, *whose, limit + 1])
    entries = tuple(to_posted(row) for row in rows[:limit])
    return EntryPage(
        entries=entries, next_before=entries[-1].entry_id if len(rows) > limit else None
    )


def get_entry(*, member_id: int, entry_id: int, programme_id: int) -> Posted:
    """Return one entry, of the member or of whom a merge made one with them.

    Raises:
        EntryNotFoundError: the member has no such entry in this programme.
    """
    named = [member_id, entry_id, programme_id]
    rows = statements.ask(_ONE, named) or statements.ask(_OF_KIN, named)
    if not rows:
        raise EntryNotFoundError()
    return to_posted(rows[0])
