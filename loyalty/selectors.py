"""Reads of ladders and standings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from config.kernel import statements
from loyalty import calendar, ladders, previewing, remapping, standings
from loyalty.errors import LadderNotFoundError
from loyalty.models import TierChange
from loyalty.rows import COLUMNS, state_of
from loyalty.standings import State
from loyalty.types import (
    Change,
    Ladder,
    LadderDraft,
    LadderPreview,
    MemberPreview,
    Standing,
    Tier,
    Why,
)
from members.programmes import selectors as programmes_selectors

_ROWS = f"""
SELECT {COLUMNS} FROM loyalty_membertier
WHERE programme_id = %s::bigint AND member_id = ANY(%s::bigint[])
"""

_BY_TIER = """
SELECT tier_code, count(*) FROM loyalty_membertier
WHERE programme_id = %s AND moved_to IS NULL GROUP BY 1
"""


def get_ladder(*, programme_id: int, version: int | None = None) -> Ladder:
    """Return a ladder of the programme: the one in force, or the version named.

    Raises:
        LadderNotFoundError: there is none.
    """
    if version is None:
        return ladders.current(programme_id)
    found = ladders.version_of(programme_id, version)
    if found is None:
        raise LadderNotFoundError(f"the programme has no ladder version {version}")
    return found


def get_standing(
    *, member_ids: Sequence[int], programme_id: int, at: datetime
) -> dict[int, Standing]:
    """Return where each member stands at `at`, as if everything due had been evaluated.

    Raises:
        LadderNotFoundError: the programme has no published ladder.
    """
    ladder = ladders.current(programme_id)
    zone = programmes_selectors.get_programme(programme_id).zone
    rows = statements.ask(_ROWS, [programme_id, statements.bigints(member_ids)])
    found = [state_of(row, ladder=ladder, zone=zone) for row in rows]
    states = {state.member_id: state for state in found}
    for state in found:
        remapping.bring_to(state, ladder)
        standings.end_due(state, at)
    nobody: dict[str, Any] = {"ladder": ladder, "zone": zone, "ladder_version": ladder.version}
    return {
        member_id: _standing(states.get(member_id) or State(member_id=member_id, **nobody), at)
        for member_id in member_ids
    }


def count_by_tier(*, programme_id: int) -> list[tuple[Tier, int]]:
    """Return the tiers in force, lowest first, and how many members have each.

    Who never had anything that counts has no row and is not counted.
    """
    try:
        ladder = ladders.current(programme_id)
    except LadderNotFoundError:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_BY_TIER, [programme_id])
        counts = dict(cursor.fetchall())
    return [(tier, counts.get(tier.code, 0)) for tier in ladder.tiers]


def preview_ladder(*, programme_id: int, draft: LadderDraft, at: datetime) -> LadderPreview | None:
    """Return how many members a draft would move; None while no ladder is in force."""
    try:
        return previewing.preview(programme_id=programme_id, draft=draft, at=at)
    except LadderNotFoundError:
        return None


def preview_member(
    *, programme_id: int, draft: LadderDraft, member_id: int, at: datetime
) -> MemberPreview:
    """Return what a member is, and would be under a draft.

    Raises:
        LadderNotFoundError: the programme has no published ladder.
    """
    return previewing.preview_member(
        programme_id=programme_id, draft=draft, member_id=member_id, at=at
    )


def list_changes(*, member_ids: Sequence[int], programme_id: int, limit: int = 50) -> list[Change]:
    """Return the tier history of a member (all its ids), newest first."""
    rows = TierChange.objects.filter(member_id__in=list(member_ids), programme_id=programme_id)
    return [_change(row) for row in rows.order_by("-occurred_at", "-number")[:limit]]


def list_reviewed(
    *, programme_id: int, first_member: int, last_member: int, at: datetime
) -> list[Change]:
    """Return what a review (`TiersReviewed`) wrote for a range of members."""
    rows = TierChange.objects.filter(
        programme_id=programme_id, member_id__range=(first_member, last_member), recorded_at=at
    )
    return [_change(row) for row in rows.order_by("member_id", "number")]


def _change(row: TierChange) -> Change:
    return Change(
        member_id=row.member_id,
        number=row.number,
        from_code=row.from_code,
        to_code=row.to_code,
        why=Why(row.why),
        ladder_version=row.ladder_version,
        inputs=row.inputs,
        source=row.source,
        occurred_at=row.occurred_at,
        until=row.until,
    )


def _standing(state: State, at: datetime) -> Standing:
    tier, ladder = state.tier, state.ladder
    amount = state.amount(calendar.day_of(at, state.zone))
    above = ladder.above(tier)
    return Standing(
        member_id=state.member_id,
        measure=ladder.measure,
        tier=tier,
        since=state.since,
        until=state.until,
        protected=state.protected,
        amount=amount,
        next_tier=above,
        to_next=max(0, above.threshold - amount) if above else None,
        to_stay=_to_stay(state),
    )


def _to_stay(state: State) -> int:
    """Return what is missing when the term ends, of what already counts then."""
    if state.until is None:
        return 0
    amount = state.amount(calendar.day_of(state.until, state.zone) - 1)
    return max(0, state.tier.threshold - amount)
