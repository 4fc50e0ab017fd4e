"""From outbox to handlers: at least once, and once in effect.

`claim` turns waiting events into one delivery per handler. `deliver` runs deliveries that
are due: it locks the row, runs the handler and marks the row done, all in one
transaction, so what the handler wrote and the mark stand or fall together. A worker
that dies loses its locks and nothing else; the next sweep finds the row waiting still.

There is no order: not between handlers, not between the events of one member. Workers
take what is free, and a failing delivery never holds back another.
"""

from __future__ import annotations

import logging
import random
import traceback
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from config.kernel import handlers
from config.kernel.errors import DomainError
from config.kernel.models import Delivery, OutboxEvent

log = logging.getLogger(__name__)

CHUNK = 500
# How long to wait after the first, second, … failure; after the last one it is dead.
BACK_OFF = tuple(timedelta(seconds=s) for s in (1, 5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600))
ATTEMPTS = len(BACK_OFF) + 1
# A delivery that was taken up this often without coming to an end kills its workers. Others
# of its chunk are taken up with it each time, but half of them are done before it.
STARTS = 25


class WorkerLostError(DomainError):
    """Whoever ran the handler died of it, again and again."""

    code = "kernel.worker_lost"


class HandlerGoneError(DomainError):
    """The delivery names a handler that this version of the code does not have."""

    code = "kernel.handler_gone"


def claim(*, now: datetime) -> int:
    """Make deliveries for waiting events; return how many events were claimed."""
    claimed = 0
    while taken := _claim_chunk(now):
        claimed += taken
    return claimed


@transaction.atomic
def _claim_chunk(now: datetime) -> int:
    waiting = OutboxEvent.objects.filter(relayed_at__isnull=True).order_by("id")
    events = list(waiting.select_for_update(skip_locked=True).values_list("id", "name")[:CHUNK])
    if not events:
        return 0
    Delivery.objects.bulk_create(
        [
            Delivery(
                event_id=event_id,
                handler=handler.name,
                queue=handler.queue,
                due_at=now,
                created_at=now,
            )
            for event_id, name in events
            for handler in handlers.for_event(name)
        ],
        ignore_conflicts=True,
    )
    OutboxEvent.objects.filter(id__in=[event_id for event_id, _ in events]).update(relayed_at=now)
    return len(events)


def due_queues(*, now: datetime) -> list[str]:
    """Return the queues that have deliveries due."""
    due = Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=now)
    return list(due.order_by("queue").values_list("queue", flat=True).distinct())


def deliver(*, queue: str, now: datetime, limit: int = CHUNK) -> int:
    """Run up to `limit` due deliveries of a queue; return how many this call took on."""
    found = _take_up(queue=queue, now=now, limit=limit)
    # Only a look; each row is locked and checked again for itself, and those that another
    # worker has locked are passed over. Workers that looked at the same rows take them in
    # different orders, so that they seldom meet.
    random.shuffle(found)
    return sum(deliver_one(delivery_id=delivery_id, now=now) for delivery_id in found)


@transaction.atomic
def _take_up(*, queue: str, now: datetime, limit: int) -> list[int]:
    """Return due deliveries that nobody runs, and count that somebody starts on them.

    The count is kept whatever becomes of this worker.
    """
    due = Delivery.objects.filter(queue=queue, state=Delivery.State.WAITING, due_at__lte=now)
    free = due.select_for_update(skip_locked=True).order_by("due_at", "id")
    found = list(free.values_list("id", flat=True)[:limit])
    Delivery.objects.filter(id__in=found).update(starts=F("starts") + 1)
    return found


def deliver_one(*, delivery_id: int, now: datetime, strict: bool = False) -> bool:
    """Run one delivery if nobody else does; True if this call took it on.

    With `strict`, the handler's exception is raised (and nothing recorded).
    """
    try:
        with transaction.atomic():
            delivery = _lock(delivery_id, now)
            if delivery is None:
                return False
            if delivery.starts > STARTS:
                _bury(delivery, WorkerLostError(), now)
                return True
            _react(delivery, now)
            delivery.state = Delivery.State.DONE
            delivery.settled_at = now
            delivery.save(update_fields=["state", "settled_at"])
    except Exception as exc:
        if strict:
            raise
        # What the handler did is rolled back, and the lock is lost: whoever took the row
        # meanwhile may have run it, then there is no failure to record.
        with transaction.atomic():
            delivery = _lock(delivery_id, now)
            if delivery is not None:
                _record_failure(delivery, exc, now)
    return True


def _lock(delivery_id: int, now: datetime) -> Delivery | None:
    return (
        Delivery.objects.select_related("event")
        .select_for_update(skip_locked=True, of=("self",))
        .filter(id=delivery_id, state=Delivery.State.WAITING, due_at__lte=now)
        .first()
    )


def _react(delivery: Delivery, now: datetime) -> None:
    handler = handlers.find(delivery.handler)
    if handler is None:
        raise HandlerGoneError(delivery.handler)
    row = delivery.event
    event = handlers.rebuild(
        handler.event,
        row.payload if row.payload is not None else row.sealed,
        occurred_at=row.occurred_at,
        programme_id=row.programme_id,
        member_id=row.member_id,
    )
    handler.run(event, now=now)


def _record_failure(delivery: Delivery, exc: Exception, now: datetime) -> None:
    delivery.attempts += 1
    delivery.starts = 0
    if delivery.attempts >= ATTEMPTS:
        _bury(delivery, exc, now)
        return
    delivery.last_error = describe(exc)
    delivery.due_at = now + BACK_OFF[delivery.attempts - 1]
    log.warning("delivery %s of %s failed: %s", delivery.pk, delivery.handler, describe(exc))
    delivery.save(update_fields=["attempts", "starts", "last_error", "due_at"])


def _bury(delivery: Delivery, exc: Exception, now: datetime) -> None:
    delivery.last_error = describe(exc)
    delivery.state = Delivery.State.DEAD
    delivery.settled_at = now
    log.error("delivery %s of %s is dead: %s", delivery.pk, delivery.handler, describe(exc))
    delivery.save(update_fields=["attempts", "last_error", "state", "settled_at"])


def describe(exc: Exception) -> str:
    """Return what failed and where, without the message: that may hold a member's data."""
    what = exc.code if isinstance(exc, DomainError) else type(exc).__name__
    frames = traceback.extract_tb(exc.__traceback__)
    where = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"{what}{where}"[:300]


def drain(now: datetime, *, strict: bool = True) -> int:
    """Deliver everything that is due, here and now; return the number of deliveries.

    For tests and commands. By default a handler's exception is raised.
    """
    done = 0
    while True:
        claim(now=now)
        due = Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=now)
        found = list(due.order_by("id").values_list("id", flat=True)[:CHUNK])
        if not found:
            return done
        done += sum(deliver_one(delivery_id=one, now=now, strict=strict) for one in found)


def prune(*, before: datetime, limit: int = 10_000) -> int:
    """Delete a chunk of old events whose deliveries are all settled; return how many."""
    with transaction.atomic():
        owed = Delivery.objects.filter(
            state__in=[Delivery.State.WAITING, Delivery.State.DEAD]
        ).values("event_id")
        old = OutboxEvent.objects.filter(relayed_at__lt=before).exclude(id__in=owed)
        found = list(old.order_by("id").values_list("id", flat=True)[:limit])
        Delivery.objects.filter(event_id__in=found).delete()
        OutboxEvent.objects.filter(id__in=found).delete()
        return len(found)
