"""Publish a domain event in the transaction of the change it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from config.kernel import statements, wake
from config.kernel.events import Event
from config.kernel.models import OutboxEvent

_INSERT = """
INSERT INTO kernel_outboxevent (name, payload, programme_id, member_id, occurred_at, recorded_at)
SELECT name, payload, programme_id, member_id, occurred_at, recorded_at
FROM json_to_recordset(%s::json) AS r (name text, payload jsonb, programme_id bigint,
    member_id bigint, occurred_at timestamptz, recorded_at timestamptz)
"""
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
    listed = list(events)
    if not listed:
        return
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransactionError("publish inside the transaction of the change")
    _insert([event for event in listed if not event.secret], now)
    _insert_sealed([event for event in listed if event.secret], now)
    wake.after_commit()


def _insert(events: Sequence[Event], now: datetime) -> None:
    """Insert plain events; they travel as one JSON value."""
    if events:
        rows = [
            {
                "name": event.name,
                "payload": payload_of(event),
                "programme_id": event.programme_id,
                "member_id": event.member_id,
                "occurred_at": event.occurred_at,
                "recorded_at": now,
            }
            for event in events
        ]
        statements.tell(_INSERT, [msgspec.json.encode(rows).decode()])


def _insert_sealed(events: Sequence[Event], now: datetime) -> None:
    if events:
        OutboxEvent.objects.bulk_create(
            [
                OutboxEvent(
                    name=event.name,
                    sealed=payload_of(event),
                    programme_id=event.programme_id,
                    member_id=event.member_id,
                    occurred_at=event.occurred_at,
                    recorded_at=now,
                )
                for event in events
            ],
            batch_size=1000,
        )
