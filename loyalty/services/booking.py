"""Open and close the books: lock, load, and write back what a settlement changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from config.kernel import outbox, statements
from loyalty import ladders, reading, remapping
from loyalty.books import Books, Counted, Loaders
from loyalty.rows import COLUMNS, state_of
from loyalty.services import closing
from loyalty.standings import State
from loyalty.types import Ladder
from members.programmes import selectors as programmes_selectors

_LOCK = f"""
SELECT {COLUMNS} FROM loyalty_membertier
WHERE programme_id = %s AND moved_to IS NULL AND member_id = ANY(%s)
ORDER BY member_id FOR UPDATE
"""
# Sorted, so that whoever asks for a merged member and for whom it became waits in one order.
_MERGED = """
SELECT member_id, moved_to FROM loyalty_membertier
WHERE programme_id = %s AND member_id = ANY(%s) AND moved_to IS NOT NULL
"""
# Sorted, so that two settlements meet at the lowest new member and one waits there.
_MAKE = """
INSERT INTO loyalty_membertier (member_id, programme_id, tier_code, protected, ladder_version,
                                grants, days, spends, growths, changes)
SELECT m, %s::bigint, %s::text, false, %s::int, '[]', '{}', '{}', '{}', 0
FROM unnest(%s::bigint[]) AS m ORDER BY m
ON CONFLICT (member_id, programme_id) DO NOTHING
"""


def open_books(
    *, member_ids: Iterable[int], programme_id: int, sources: Iterable[str] = ()
) -> Books:
    """Lock the members' standings in order of member id and load them.

    `sources` are those that may be taken back; one that is not named here costs a query
    of its own when it is.

    Raises:
        LadderNotFoundError: the programme has no published ladder.
    """
    if not connection.in_atomic_block:
        raise outbox.OutsideTransactionError("open the books inside the transaction")
    members = sorted(set(member_ids))
    ladder = ladders.current(programme_id)
    states, merged = _lock(members, programme_id, ladder)
    newest = max((s.ladder_version for s in states), default=ladder.version)
    if newest > ladder.version:
        # Another process has published since this one looked.
        ladder = ladders.current(programme_id, fresh=True)
        for state in states:
            state.ladder = ladder
    for state in states:
        remapping.bring_to(state, ladder)
    return Books(
        ladder=ladder,
        states={state.member_id: state for state in states},
        sources=reading.counted(members, programme_id, sorted(set(sources))),
        loaders=_loaders(programme_id),
        merged=merged,
    )


def close_books(*, books: Books, now: datetime, announce: bool = True) -> None:
    """Write what changed: standings, sources, history, labels, and the events.

    With `announce=False` no event tells of the changes: the caller's own event does.
    """
    closing.close(books=books, now=now, announce=announce)


def _lock(
    members: list[int], programme_id: int, ladder: Ladder
) -> tuple[list[State], dict[int, int]]:
    """Lock the standings; tell also who of the members was merged into whom."""
    # Alone it may look first: there is no order to keep.
    rows = statements.ask(_LOCK, [programme_id, members]) if len(members) == 1 else []
    if not rows:
        statements.tell(_MAKE, [programme_id, ladder.lowest.code, ladder.version, members])
        rows = statements.ask(_LOCK, [programme_id, members])
    merged: dict[int, int] = {}
    while len(rows) < len({merged.get(member, member) for member in members}):
        # Rare: a merge took some of them, perhaps while this waited for it.
        merged = dict(statements.ask(_MERGED, [programme_id, members]))
        wanted = sorted({merged.get(member, member) for member in members})
        rows = statements.ask(_LOCK, [programme_id, wanted])
    zone = programmes_selectors.get_programme(programme_id).zone
    return [state_of(row, ladder=ladder, zone=zone) for row in rows], merged


def _loaders(programme_id: int) -> Loaders:
    def source(member_id: int, name: str) -> Counted | None:
        return reading.counted([member_id], programme_id, [name]).get((member_id, name))

    def past_tier(member_id: int, at: datetime) -> str | None:
        return reading.past_tier(member_id, programme_id, at)

    return Loaders(source=source, past_tier=past_tier)
