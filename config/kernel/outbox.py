"""Publish a domain event in the transaction of the change it tells of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db import transaction

from config.kernel import wake
from config.kernel.events import Event
from config.kernel.models import OutboxEvent

_COLUMNS = frozenset({"occurred_at", "programme_id", "member_id"})


class OutsideTransactionError(RuntimeError):
    """An event was published outside a transaction: it could tell of what never happened."""


def payload_of(event: Event) -> dict[str, Any]:
    """Return the event's own fields as JSON values."""
    values = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in _COLUMNS}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}


def publish(*events: Event, now: datetime) -> None:
    """Write events to the outbox; the relay delivers them after the commit, at least once."""
    publish_all(events, now=now)


def publish_all(events: Iterable[Event], *, now: datetime) -> None:
    """Write many events in one statement."""
    rows = [
        OutboxEvent(
            name=event.name,
            payload=None if event.secret else payload_of(event),
            sealed=payload_of(event) if event.secret else None,
            programme_id=event.programme_id,
            member_id=event.member_id,
            occurred_at=event.occurred_at,
            recorded_at=now,
        )
        for event in events
    ]
    if not rows:
        return
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransactionError("publish inside the transaction of the change")
    OutboxEvent.objects.bulk_create(rows, batch_size=1000)
    wake.after_commit()
