"""Signs of life that workers and beat leave in the cache, for /healthz to find."""

from __future__ import annotations

from typing import Any

from celery.signals import heartbeat_sent, worker_ready
from django.core.cache import cache

QUEUES = ("critical", "default", "bulk")
BEAT = "beat"
_LIFE_SECONDS = 30


def leave(*names: str) -> None:
    """Leave a sign of life for each of these parts."""
    cache.set_many({f"heartbeat:{name}": 1 for name in names}, timeout=_LIFE_SECONDS)


def alive() -> dict[str, bool]:
    """Return which parts have left a sign in the last 30 seconds."""
    names = (*QUEUES, BEAT)
    found = cache.get_many([f"heartbeat:{name}" for name in names])
    return {name: f"heartbeat:{name}" in found for name in names}


def _of_worker(sender: Any, **_: Any) -> None:
    # `worker_ready` sends the consumer itself, `heartbeat_sent` its heart.
    consumer = getattr(sender, "consumer", sender)
    app = getattr(consumer, "app", None) or getattr(sender.eventer, "app", None)
    if app is not None:
        leave(*(name for name in app.amqp.queues.consume_from if name in QUEUES))


worker_ready.connect(_of_worker, weak=False, dispatch_uid="kernel.ready")
heartbeat_sent.connect(_of_worker, weak=False, dispatch_uid="kernel.heartbeat")
