"""Write back what open books changed, in a handful of set-based statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from config.kernel import outbox, statements
from loyalty import rows
from loyalty.books import Books
from loyalty.errors import AlreadyCountedError
from loyalty.events import TierChanged, TierDowngraded, TierUpgraded
from loyalty.standings import State
from loyalty.types import Change, Ladder
from members import services as members_services
from members import types as members_types

# Each statement's rows travel as one value of JSON: thousands cost little more than one.
_UPDATE = """
UPDATE loyalty_membertier t
SET tier_code = n.tier_code, since = n.since, until = n.until, protected = n.protected,
    ladder_version = n.ladder_version, grants = n.grants, days = n.days, spends = n.spends,
    growths = n.growths, as_of = n.as_of, changes = n.changes
FROM json_to_recordset(%s::json) AS n (
  member_id bigint, tier_code text, since timestamptz, until timestamptz, protected bool,
  ladder_version int, grants jsonb, days int[], spends bigint[], growths bigint[],
  as_of timestamptz, changes int)
WHERE t.member_id = n.member_id AND t.programme_id = %s
"""
_COUNT = """
INSERT INTO loyalty_qualifying (member_id, programme_id, source, day, spend, growth, counted_at)
SELECT n.member_id, %s::bigint, n.source, n.day, n.spend, n.growth, n.counted_at
FROM json_to_recordset(%s::json) AS n (
  member_id bigint, source text, day int, spend bigint, growth bigint, counted_at timestamptz)
ON CONFLICT (member_id, programme_id, source) DO NOTHING
"""
_TAKE_BACK = """
UPDATE loyalty_qualifying q SET spend = n.spend, growth = n.growth
FROM json_to_recordset(%s::json) AS n (
  member_id bigint, source text, spend bigint, growth bigint)
WHERE q.member_id = n.member_id AND q.programme_id = %s AND q.source = n.source
"""
_RECORD = """
INSERT INTO loyalty_tierchange (member_id, programme_id, number, from_code, to_code, why,
                                ladder_version, inputs, source, occurred_at, until, recorded_at)
SELECT n.member_id, %s::bigint, n.number, n.from_code, n.to_code, n.why, n.ladder_version,
       n.inputs, n.source, n.occurred_at, n.until, %s::timestamptz
FROM json_to_recordset(%s::json) AS n (
  member_id bigint, number int, from_code text, to_code text, why text, ladder_version int,
  inputs jsonb, source text, occurred_at timestamptz, until timestamptz)
"""


def close(*, books: Books, now: datetime, announce: bool) -> None:
    """Write the books back and tell of the tiers that changed.

    Raises:
        AlreadyCountedError: a source had counted before (inside `together`, at its end).
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
    found = [
        {
            "member_id": s.member_id,
            "tier_code": s.tier.code,
            "since": s.since,
            "until": s.until,
            "protected": s.protected,
            "ladder_version": s.ladder_version,
            "grants": rows.grants_of(s),
            "days": s.days,
            "spends": s.spends,
            "growths": s.growths,
            "as_of": s.as_of,
            "changes": s.changes,
        }
        for s in states
    ]
    _execute(_UPDATE, found, programme_id)


def _write_sources(books: Books, programme_id: int) -> None:
    dirty = [(key, counted) for key, counted in books.sources.items() if counted.dirty]
    new = [
        {
            "member_id": member_id,
            "source": source,
            "day": counted.day,
            "spend": counted.spend,
            "growth": counted.growth,
            "counted_at": counted.counted_at,
        }
        for (member_id, source), counted in dirty
        if counted.new
    ]
    old = [
        {
            "member_id": member_id,
            "source": source,
            "spend": counted.spend,
            "growth": counted.growth,
        }
        for (member_id, source), counted in dirty
        if not counted.new
    ]
    if new:
        statements.tell(
            _COUNT,
            [programme_id, _as_json(new)],
            rows=len(new),
            otherwise=AlreadyCountedError("a source has counted before"),
        )
    if old:
        _execute(_TAKE_BACK, old, programme_id)
    for _, counted in dirty:
        counted.new = counted.dirty = False


def _write_changes(changes: Sequence[Change], programme_id: int, now: datetime) -> None:
    found = [
        {
            "member_id": c.member_id,
            "number": c.number,
            "from_code": c.from_code,
            "to_code": c.to_code,
            "why": c.why.value,
            "ladder_version": c.ladder_version,
            "inputs": c.inputs,
            "source": c.source,
            "occurred_at": c.occurred_at,
            "until": c.until,
        }
        for c in changes
    ]
    _execute(_RECORD, programme_id, now, found)


def _execute(sql: str, *values: Any) -> None:
    """Run a statement, lists as JSON."""
    statements.tell(sql, [_as_json(v) if isinstance(v, list) else v for v in values])


def _as_json(found: list[dict[str, Any]]) -> str:
    return msgspec.json.encode(found).decode()
