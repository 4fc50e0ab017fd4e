"""Ask a worker for a task without waiting for the broker.

A page that asks must answer at once, whether the broker does or not: it is asked by a thread
of its own, and tells its page nothing. What was asked for shows itself where it is kept.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Any

from celery import current_app

log = logging.getLogger(__name__)


def ask(
    task: str, *, queue: str, kwargs: Mapping[str, Any] | None = None, expires: int | None = None
) -> None:
    """Ask for a task by its name; where the broker does not answer it is lost, and logged."""
    asked = {"kwargs": dict(kwargs or {}), "queue": queue, "expires": expires}
    threading.Thread(target=_send, args=(task, asked), name=f"ask-{task}", daemon=True).start()


def _send(task: str, asked: dict[str, Any]) -> None:
    try:
        current_app.send_task(task, retry=False, **asked)
    except Exception as exc:
        log.warning("%s could not be asked for (%s)", task, exc)
