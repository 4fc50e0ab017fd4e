"""What a domain event is. Apps declare theirs in their own `events.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, in the past tense, told to the apps above.

    Fields must be plain JSON values (str, int, bool, None, lists and dicts of them) or
    aware datetimes. `name` is `app.fact.v1`. `public_name`, where set, makes it a webhook.
    `secret` events are stored encrypted: they carry something that must not stand in a
    database dump, such as a sign-in code or an address.
    """

    name: ClassVar[str]
    public_name: ClassVar[str | None] = None
    secret: ClassVar[bool] = False

    occurred_at: datetime
    programme_id: int | None = None
    member_id: int | None = None
