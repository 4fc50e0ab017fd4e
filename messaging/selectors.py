"""Reads of messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from messaging.models import LocalMessage
from messaging.types import Kind, Status


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message with its text, as its receiver reads it again."""

    id: int
    sent_at: datetime
    channel: str
    subject: str
    body: str
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Letters, newest first, and the row to go on before."""

    letters: list[Letter]
    next_before: int | None


def list_letters(
    *, member_ids: Sequence[int], before: int | None = None, limit: int = 20
) -> Letters:
    """Return what was sent to a member and is still kept; codes are never shown again."""
    rows = LocalMessage.objects.filter(
        member_id__in=list(member_ids), status=Status.SENT, forgotten_at__isnull=True
    ).exclude(kind=Kind.CODE)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[: limit + 1])
    letters = [
        Letter(
            id=row.pk,
            sent_at=row.recorded_at,
            channel=row.channel,
            subject=row.subject or "",
            body=row.body or "",
            locale=row.locale,
        )
        for row in found[:limit]
    ]
    return Letters(letters=letters, next_before=letters[-1].id if len(found) > limit else None)
