"""What a ladder would do to the members there are, before it is published.

Small bases are looked at whole. Of large ones a sample of pages is read, so that an answer
comes while an operator types; its counts are scaled up and said to be estimates.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection

from loyalty import calendar, ladders, standings
from loyalty.rows import COLUMNS, state_of
from loyalty.standings import State
from loyalty.types import Ladder, LadderDraft, LadderPreview, MemberPreview, Tier
from members.programmes import selectors as programmes_selectors

_ENOUGH = 4_000
_TABLE = "loyalty_membertier"
_SIZE = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = %s::regclass"
_ALL = f"SELECT {COLUMNS} FROM {_TABLE} WHERE programme_id = %s LIMIT %s"
_SAMPLE = (
    f"SELECT {COLUMNS} FROM {_TABLE} TABLESAMPLE SYSTEM (%s) REPEATABLE (1)"
    " WHERE programme_id = %s LIMIT %s"
)
_ONE = f"SELECT {COLUMNS} FROM {_TABLE} WHERE programme_id = %s AND member_id = %s"


def preview(*, programme_id: int, draft: LadderDraft, at: datetime) -> LadderPreview:
    """Return how many members each tier has now, and would have under the draft."""
    present, new = ladders.current(programme_id), _ladder_of(draft, programme_id, at)
    rows, scale = _read(programme_id)
    zone = programmes_selectors.get_programme(programme_id).zone
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    up = down = 0
    older: dict[int, Ladder | None] = {}
    for row in rows:
        was, now, _state = _move(state_of(row, ladder=present, zone=zone), new, at, older)
        before[was.code] += 1
        after[now.code] += 1
        place = _rank_in(new, was)
        up += now.rank > place
        down += now.rank < place
    return LadderPreview(
        tiers=tuple(
            (tier, round(before[tier.code] * scale), round(after[tier.code] * scale))
            for tier in _both(present, new)
        ),
        looked_at=len(rows),
        estimated=scale > 1,
        up=round(up * scale),
        down=round(down * scale),
    )


def preview_member(
    *, programme_id: int, draft: LadderDraft, member_id: int, at: datetime
) -> MemberPreview:
    """Return what a member is now, and would be under the draft."""
    present, new = ladders.current(programme_id), _ladder_of(draft, programme_id, at)
    zone = programmes_selectors.get_programme(programme_id).zone
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [programme_id, member_id])
        row = cursor.fetchone()
    if row is not None:
        state = state_of(row, ladder=present, zone=zone)
    else:
        state = State(
            member_id=member_id, ladder=present, zone=zone, ladder_version=present.version
        )
    was, now, state = _move(state, new, at, {})
    return MemberPreview(
        before=was,
        after=now,
        until=state.until,
        amount=state.amount(calendar.day_of(at, zone)),
    )


def _read(programme_id: int) -> tuple[list[Any], float]:
    """Return rows, and how many members each stands for."""
    with connection.cursor() as cursor:
        cursor.execute(_ALL, [programme_id, _ENOUGH + 1])
        rows = cursor.fetchall()
        if len(rows) <= _ENOUGH:
            return rows, 1
        cursor.execute(_SIZE, [_TABLE])
        size = cursor.fetchone()[0]
        percent = min(100.0, 100 * _ENOUGH / max(size, _ENOUGH))
        cursor.execute(_SAMPLE, [percent, programme_id, 2 * _ENOUGH])
        sample = cursor.fetchall()
    # Figures of the planner that are not there yet would make a sample of nothing.
    return (sample, 100 / percent) if sample else (rows, 1.0)


def _move(
    state: State, new: Ladder, at: datetime, older: dict[int, Ladder | None]
) -> tuple[Tier, Tier, State]:
    """Bring a member up to date under the present ladder, then to the new one."""
    present = state.ladder
    if state.ladder_version < present.version and present.published_at is not None:
        version = state.ladder_version
        if version not in older:
            older[version] = ladders.version_of(present.programme_id, version)
        standings.remap(state, old=older[version], published_at=present.published_at)
    standings.end_due(state, at)
    before = state.tier
    state.ladder = new
    standings.remap(state, old=present, published_at=at)
    return before, state.tier, state


def _rank_in(ladder: Ladder, tier: Tier) -> int:
    found = ladder.find(tier.code)
    return found.rank if found else ladder.earned(tier.threshold).rank


def _both(present: Ladder, new: Ladder) -> list[Tier]:
    """Return the tiers of the new ladder, and those that it leaves out."""
    gone = [tier for tier in present.tiers if new.find(tier.code) is None]
    return [*new.tiers, *(replace(tier, rank=-1) for tier in gone)]


def _ladder_of(draft: LadderDraft, programme_id: int, at: datetime) -> Ladder:
    return Ladder(
        programme_id=programme_id,
        version=1 << 30,
        measure=draft.measure,
        validity_months=draft.validity_months,
        grace_days=draft.grace_days,
        steps_down=draft.steps_down,
        published_at=at,
        tiers=tuple(
            Tier(
                code=tier.code,
                rank=rank,
                name_zh=tier.name_zh,
                name_en=tier.name_en,
                threshold=tier.threshold,
                multiplier=tier.multiplier,
            )
            for rank, tier in enumerate(draft.tiers)
        ),
    )
