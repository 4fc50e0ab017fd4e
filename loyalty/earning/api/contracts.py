"""The shapes of the earning API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from config.kernel import api


class RewardIn(api.Body):
    """What a member did. `source` names it at the shop; it is rewarded once."""

    behavior: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    occurred_at: api.Instant | None = None


class RewardOut(api.Answer):
    """What it earned. `id` is the entry in the ledger."""

    id: str | None
    member: str
    behavior: str
    source: str
    points: int
    rule_version: int
    balance_after: int
    expires_at: datetime | None
    occurred_at: datetime
