"""The caps' part in a merge of members: what both used of a limit, they have used together.

The duplicate's counters stay under its id, and are added to the survivor's, where everything
is counted from then on: a limit is a person's, and not an account's. Runs after the tiers'
part, which holds the books that orders are decided under.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from config.kernel import statements
from config.kernel.merging import Kept, Pair, Part

_ADD = """
INSERT INTO earning_earnusage AS mine (member_id, programme_id, rule, period, used)
SELECT %s::bigint, programme_id, rule, period, used FROM earning_earnusage
 WHERE member_id = %s::bigint AND programme_id = %s::bigint
 ORDER BY rule, period
    ON CONFLICT (member_id, programme_id, rule, period)
    DO UPDATE SET used = mine.used + excluded.used
RETURNING rule, period
"""
_THEIRS = """
SELECT rule, period, used FROM earning_earnusage
 WHERE member_id = %s::bigint AND programme_id = %s::bigint ORDER BY rule, period FOR UPDATE
"""
# What was counted since stays with the survivor, under whose id it happened.
_TAKE = """
UPDATE earning_earnusage SET used = greatest(used - %s::bigint, 0)
 WHERE member_id = %s::bigint AND programme_id = %s::bigint AND rule = %s AND period = %s
RETURNING used
"""
_DROP = """
DELETE FROM earning_earnusage
 WHERE member_id = %s::bigint AND programme_id = %s::bigint AND used = 0 AND rule = %s
   AND period = %s
RETURNING id
"""


def part() -> Part:
    """Return the part that earn rules register: nothing of it is worth a line of its own."""
    return Part(
        slug="earning",
        order=25,
        title=gettext_lazy("Limits of earning"),
        words=dict,
        preview=lambda _pair: [],
        do=_do,
        undo=_undo,
    )


def _do(pair: Pair) -> Kept:
    used = statements.ask(_THEIRS, [pair.duplicate_id, pair.programme_id])
    if used:
        statements.ask(_ADD, [pair.survivor_id, pair.duplicate_id, pair.programme_id])
    return {"used": [list(row) for row in used]}


def _undo(pair: Pair, kept: Kept) -> None:
    for rule, period, used in kept["used"]:
        place = [pair.survivor_id, pair.programme_id, rule, period]
        statements.ask(_TAKE, [used, *place])
        statements.ask(_DROP, place)
