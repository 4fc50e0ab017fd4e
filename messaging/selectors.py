"""Reads of messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from messaging.models import LocalMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message without its text: when, how, about what, and what became of it."""

    id: int
    recorded_at: datetime
    channel: str
    template: str
    status: str
    why: str


def list_messages(*, member_ids: Sequence[int], limit: int = 20) -> list[Message]:
    """Return a member's messages, sent or not, newest first."""
    rows = LocalMessage.objects.filter(member_id__in=list(member_ids)).order_by("-id")[:limit]
    return [
        Message(
            id=row.pk,
            recorded_at=row.recorded_at,
            channel=row.channel,
            template=row.template,
            status=row.status,
            why=row.why,
        )
        for row in rows
    ]
