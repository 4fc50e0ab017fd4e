"""The kernel's Celery tasks: relay, deliveries, pruning."""

from __future__ import annotations

import time
from datetime import timedelta

from celery import current_app, shared_task

from config.kernel import approvals, clock, heartbeat, relay, schedule
from config.kernel.api import idempotency

_BUSY_SECONDS = 10
KEEP_EVENTS = timedelta(days=7)
KEEP_ANSWERS = timedelta(days=2)


@shared_task(name="kernel.relay", acks_late=True)
def relay_events(*, sweep: bool = False, **_: object) -> int:
    """Make deliveries of waiting events and send workers after all that are due."""
    now = clock.now()
    claimed = relay.claim(now=now)
    for queue in relay.due_queues(now=now):
        current_app.send_task("kernel.deliver", kwargs={"queue": queue}, queue=queue, expires=5)
    if sweep:
        heartbeat.leave(heartbeat.BEAT)
    return claimed


@shared_task(name="kernel.deliver", acks_late=True)
def deliver(*, queue: str, **_: object) -> int:
    """Run the due deliveries of a queue, for ten seconds at most; the sweep sends the next."""
    done = 0
    until = time.monotonic() + _BUSY_SECONDS
    while time.monotonic() < until:
        taken = relay.deliver(queue=queue, now=clock.now(), limit=50)
        done += taken
        if taken == 0:
            break
    return done


@shared_task(name="kernel.prune", acks_late=True)
def prune(**_: object) -> dict[str, int]:
    """Delete events that were handled a week ago, and answers nobody will ask for again."""
    now = clock.now()
    events = 0
    while taken := relay.prune(before=now - KEEP_EVENTS):
        events += taken
    answers = idempotency.prune(before=now - KEEP_ANSWERS)
    return {"events": events, "answers": answers}


@shared_task(name="kernel.expire_approvals", acks_late=True)
def expire_approvals(**_: object) -> int:
    """Close requests for approval whose time is over."""
    closed = 0
    while taken := approvals.expire_due(now=clock.now()):
        closed += taken
    return closed


schedule.every(task="kernel.relay", seconds=1, queue="critical", kwargs={"sweep": True})
schedule.every(task="kernel.prune", cron="40 3 * * *", queue="bulk")
schedule.every(task="kernel.expire_approvals", cron="20 * * * *", queue="bulk")
