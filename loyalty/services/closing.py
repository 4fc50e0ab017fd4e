"""Write back what open books changed, in a handful of set-based statements."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from config.kernel import outbox
from loyalty import rows
from loyalty.books import Books
from loyalty.errors import AlreadyCountedError
from loyalty.events import TierChanged, TierDowngraded, TierUpgraded
from loyalty.standings import State
from loyalty.types import Change, Ladder
from members import services as members_services
from members import types as members_types

_UPDATE = """
UPDATE loyalty_membertier t
SET tier_code = n.tier_code, since = n.since, until = n.until, protected = n.protected,
    ladder_version = n.ladder_version, grants = n.grants::jsonb, days = n.days::int[],
    spends = n.spends::bigint[], growths = n.growths::bigint[], as_of = n.as_of,
    changes = n.changes
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::bool[],
            %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],
            %s::int[])
     AS n(member_id, tier_code, since, until, protected, ladder_version, grants, days, spends,
          growths, as_of, changes)
WHERE t.member_id = n.member_id AND t.programme_id = %s
"""
_COUNT = """
INSERT INTO loyalty_qualifying (member_id, programme_id, source, day, spend, growth, counted_at)
SELECT n.member_id, %s, n.source, n.day, n.spend, n.growth, n.counted_at
FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::bigint[], %s::bigint[], %s::timestamptz[])
     AS n(member_id, source, day, spend, growth, counted_at)
ON CONFLICT (member_id, programme_id, source) DO NOTHING
"""
_TAKE_BACK = """
UPDATE loyalty_qualifying q SET spend = n.spend, growth = n.growth
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[])
     AS n(member_id, source, spend, growth)
WHERE q.member_id = n.member_id AND q.programme_id = %s AND q.source = n.source
"""
_RECORD = """
INSERT INTO loyalty_tierchange (member_id, programme_id, number, from_code, to_code, why,
                                ladder_version, inputs, source, occurred_at, until, recorded_at)
SELECT n.member_id, %s, n.number, n.from_code, n.to_code, n.why, n.ladder_version,
       n.inputs::jsonb, n.source, n.occurred_at, n.until, %s
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::int[], %s::text[],
            %s::text[], %s::timestamptz[], %s::timestamptz[])
     AS n(member_id, number, from_code, to_code, why, ladder_version, inputs, source,
          occurred_at, until)
"""


def close(*, books: Books, now: datetime, announce: bool) -> None:
    """Write the books back and tell of the tiers that changed.

    Raises:
        AlreadyCountedError: a source had counted before.
    """
    programme_id = books.ladder.programme_id
    states = [state for state in books.states.values() if state.dirty]
    changes = [change for state in states for change in state.written]
    _write_sources(books, programme_id)
    if states:
        _write_states(states, programme_id)
    if changes:
        _write_changes(changes, programme_id, now)
        members_services.set_labels(labels=_labels(states), now=now)
    if announce:
        outbox.publish_all(
            [e for c in changes if (e := event_of(c, books.ladder)) is not None], now=now
        )
    for state in states:
        state.dirty = False
        state.written.clear()


def event_of(change: Change, ladder: Ladder) -> TierChanged | None:
    """Return the event that tells of a change, None where the tier stayed."""
    if change.from_code == change.to_code:
        return None
    was, became = ladder.find(change.from_code), ladder.find(change.to_code)
    up = became is not None and (was is None or became.rank > was.rank)
    kind = TierUpgraded if up else TierDowngraded
    return kind(
        occurred_at=change.occurred_at,
        programme_id=ladder.programme_id,
        member_id=change.member_id,
        from_code=change.from_code,
        to_code=change.to_code,
        why=change.why.value,
        source=change.source,
        ladder_version=change.ladder_version,
        until=change.until.isoformat() if change.until else None,
    )


def _labels(states: Sequence[State]) -> list[members_types.Label]:
    return [
        members_types.Label(
            member_id=state.member_id,
            kind="tier",
            code=state.tier.code,
            name_zh=state.tier.name_zh,
            name_en=state.tier.name_en,
            since=state.since,
            until=state.until,
        )
        for state in states
        if state.written
    ]


def _write_states(states: Sequence[State], programme_id: int) -> None:
    parameters: list[Any] = [
        [s.member_id for s in states],
        [s.tier.code for s in states],
        [s.since for s in states],
        [s.until for s in states],
        [s.protected for s in states],
        [s.ladder_version for s in states],
        [json.dumps(rows.grants_of(s)) for s in states],
        [rows.array_literal(s.days) for s in states],
        [rows.array_literal(s.spends) for s in states],
        [rows.array_literal(s.growths) for s in states],
        [s.as_of for s in states],
        [s.changes for s in states],
        programme_id,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, parameters)


def _write_sources(books: Books, programme_id: int) -> None:
    dirty = [(key, counted) for key, counted in books.sources.items() if counted.dirty]
    new = [(member, source, c) for (member, source), c in dirty if c.new]
    old = [(member, source, c) for (member, source), c in dirty if not c.new]
    with connection.cursor() as cursor:
        if new:
            columns = zip(
                *((m, s, c.day, c.spend, c.growth, c.counted_at) for m, s, c in new), strict=True
            )
            cursor.execute(_COUNT, [programme_id, *map(list, columns)])
            if cursor.rowcount != len(new):
                raise AlreadyCountedError("a source has counted before")
        if old:
            columns = zip(*((m, s, c.spend, c.growth) for m, s, c in old), strict=True)
            cursor.execute(_TAKE_BACK, [*map(list, columns), programme_id])
    for _, counted in dirty:
        counted.new = counted.dirty = False


def _write_changes(changes: Sequence[Change], programme_id: int, now: datetime) -> None:
    parameters: list[Any] = [
        programme_id,
        now,
        [c.member_id for c in changes],
        [c.number for c in changes],
        [c.from_code for c in changes],
        [c.to_code for c in changes],
        [c.why.value for c in changes],
        [c.ladder_version for c in changes],
        [json.dumps(dict(c.inputs)) for c in changes],
        [c.source for c in changes],
        [c.occurred_at for c in changes],
        [c.until for c in changes],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, parameters)
