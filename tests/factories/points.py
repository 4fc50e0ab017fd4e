"""Short ways to post commands, for tests."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from points import services
from points.types import (
    POINTS,
    Adjust,
    Capture,
    Command,
    Earn,
    Extend,
    Hold,
    Outcome,
    Release,
    Reverse,
    Schedule,
    Spend,
)

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
_KINDS: dict[str, type[Command]] = {
    "adjust": Adjust,
    "capture": Capture,
    "earn": Earn,
    "extend": Extend,
    "hold": Hold,
    "release": Release,
    "reverse": Reverse,
    "schedule": Schedule,
    "spend": Spend,
}
_number = itertools.count(1)


class Book:
    """One member's ledger under test: `book.earn(100)`, `book.spend(30, now=…)`."""

    def __init__(
        self,
        programme_id: int,
        member_id: int = 1,
        now: datetime = NOON,
        currency: str = POINTS,
    ) -> None:
        self.programme_id = programme_id
        self.member_id = member_id
        self.now = now
        self.currency = currency

    def command(self, op: str, points: int | None = None, **fields: Any) -> Command:
        number = next(_number)
        if points is not None:
            fields["points"] = points
        if op == "reverse":
            fields.setdefault("cause", f"cause:{number}")
        values = {
            "member_id": self.member_id,
            "programme_id": self.programme_id,
            "currency": self.currency,
            "key": f"key:{number}",
            "source": f"source:{number}",
            "occurred_at": fields.pop("now", self.now),
        }
        return _KINDS[op](**(values | fields))

    def __getattr__(self, op: str) -> Any:
        if op not in _KINDS:
            raise AttributeError(op)

        def post(points: int | None = None, **fields: Any) -> Outcome:
            now = fields.get("now", self.now)
            return services.post(command=self.command(op, points, **fields), now=now)

        return post
