"""Between the rows of member tiers and the states that the rules work on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.standings import Grant, State
from loyalty.types import Ladder

COLUMNS = "member_id, protected, ladder_version, grants, days, spends, growths, as_of, changes"


def state_of(row: Sequence[Any], *, ladder: Ladder, zone: ZoneInfo) -> State:
    """Return the state that a row (its COLUMNS, grants as text or JSON) holds."""
    member_id, protected, version, grants, days, spends, growths, as_of, changes = row
    return State(
        member_id=member_id,
        ladder=ladder,
        zone=zone,
        grants=read_grants(json.loads(grants) if isinstance(grants, str) else grants),
        protected=protected,
        ladder_version=version,
        days=days,
        spends=spends,
        growths=growths,
        as_of=as_of,
        changes=changes,
    )


def read_grants(items: Sequence[dict[str, str]]) -> list[Grant]:
    """Return grants as the row holds them."""
    return [_grant(item) for item in items]


def _grant(item: dict[str, str]) -> Grant:
    return Grant(
        code=item["code"],
        since=datetime.fromisoformat(item["since"]),
        until=datetime.fromisoformat(item["until"]),
        source=item["source"],
    )


def grants_of(state: State) -> list[dict[str, str]]:
    """Return the state's grants as the row holds them."""
    return [
        {
            "code": grant.code,
            "since": grant.since.isoformat(),
            "until": grant.until.isoformat(),
            "source": grant.source,
        }
        for grant in state.grants
    ]
