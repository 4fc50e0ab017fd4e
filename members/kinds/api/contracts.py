"""The shapes of the kinds' API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from config.kernel import api


class KindOut(api.Answer):
    """A stretch of time in which a member is of a kind; `until` is exclusive, null for no end."""

    kind: str
    name: str
    service_level: str
    since: datetime
    until: datetime | None
    why: str


class KindsOut(api.Answer):
    """What a member is now, what started last first."""

    items: list[KindOut]
    next_cursor: str | None = None


class KindIn(api.Body):
    """Why the member is given a kind; `paid` when the storefront sold it."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    paid: bool = False
