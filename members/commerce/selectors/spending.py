"""What members have spent, as other apps count it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.kernel import statements

_SPENT = """
SELECT member_id, sum(spend - spend_taken)::bigint FROM commerce_order
WHERE member_id = ANY(%s::bigint[]) AND programme_id = %s AND counted_at >= %s AND counted_at <= %s
GROUP BY 1
"""
_BUYERS = """
SELECT DISTINCT member_id FROM commerce_order
WHERE programme_id = %s AND counted_at >= %s AND member_id > %s AND member_id <= %s
ORDER BY member_id LIMIT %s
"""


def sum_spend(
    *, programme_id: int, member_ids: Sequence[int], since: datetime, upto: datetime
) -> dict[int, int]:
    """Return what each member spent from `since` to `upto`, less refunds, in minor units."""
    return dict(statements.ask(_SPENT, [list(member_ids), programme_id, since, upto]))


def list_buyers(
    *, programme_id: int, since: datetime, after: int, upto: int, limit: int
) -> list[int]:
    """Return the next members, by id, with orders that count since then."""
    rows = statements.ask(_BUYERS, [programme_id, since, after, upto, limit])
    return [member_id for (member_id,) in rows]
