"""Re-evaluate the tiers whose time has come, and re-map those on a replaced ladder.

Nothing depends on these having run: whoever opens the books ends what is due first. They
keep labels, history and messages up to date for members nobody asks about.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from config.kernel import outbox
from loyalty import ladders, remapping, standings
from loyalty.books import Books, Loaders
from loyalty.errors import LadderNotFoundError
from loyalty.events import TiersReviewed
from loyalty.rows import COLUMNS, state_of
from loyalty.services import closing
from members.programmes import selectors as programmes_selectors

# Whoever comes second passes over the rows of the first: one winner per member.
_DUE = f"""
SELECT {COLUMNS} FROM loyalty_membertier
WHERE programme_id = %s AND until <= %s AND member_id > %s
ORDER BY member_id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_ON_OLD_LADDER = f"""
SELECT {COLUMNS} FROM loyalty_membertier
WHERE programme_id = %s AND ladder_version < %s AND member_id > %s
ORDER BY member_id LIMIT %s FOR UPDATE SKIP LOCKED
"""


@transaction.atomic
def evaluate_due(
    *, programme_id: int, now: datetime, after_member: int = 0, limit: int = 5000
) -> int:
    """Evaluate at most `limit` members whose tier is due by `now`; return how many.

    One event tells of the whole range. Safe to run twice and side by side.

    Raises:
        LadderNotFoundError: the programme has no published ladder.
    """
    ladder = ladders.current(programme_id, fresh=True)
    zone = programmes_selectors.get_programme(programme_id).zone
    with connection.cursor() as cursor:
        cursor.execute(_ON_OLD_LADDER, [programme_id, ladder.version, after_member, limit])
        found = cursor.fetchall()
        if not found:
            cursor.execute(_DUE, [programme_id, now, after_member, limit])
            found = cursor.fetchall()
    states = [state_of(row, ladder=ladder, zone=zone) for row in found]
    for state in states:
        remapping.bring_to(state, ladder)
        standings.end_due(state, now)
    if states:
        changed = sum(c.from_code != c.to_code for s in states for c in s.written)
        loaders = Loaders(source=lambda *_: None, past_tier=lambda *_: None)
        books = Books(
            ladder=ladder, states={s.member_id: s for s in states}, sources={}, loaders=loaders
        )
        closing.close(books=books, now=now, announce=False)
        outbox.publish(
            TiersReviewed(
                occurred_at=now,
                programme_id=programme_id,
                first_member=states[0].member_id,
                last_member=states[-1].member_id,
                changed=changed,
            ),
            now=now,
        )
    return len(states)


def evaluate_programme(*, programme_id: int, now: datetime, bites: int) -> int:
    """Evaluate what is due in a programme, in bites that commit on their own; return how many.

    A programme without a ladder has nothing due.
    """
    done = 0
    for _ in range(bites):
        try:
            taken = evaluate_due(programme_id=programme_id, now=now)
        except LadderNotFoundError:
            break
        if taken == 0:
            break
        done += taken
    return done
