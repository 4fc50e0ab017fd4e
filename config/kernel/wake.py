"""Wake the relay after a commit that published events, without making anyone wait for it.

Each process has one thread that sends at most one wake-up in 100 ms. It is only a hint:
when the broker is down, or the process ends before the thread has run, the relay's own
sweep finds the events within a second.
"""

from __future__ import annotations

import logging
import os
import threading
import time

from celery import current_app
from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)

PAUSE = 0.1
_TROUBLE_PAUSE = 1.0


class _Waker:
    """The thread of this process that sends wake-ups."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._pid = 0

    def wake(self) -> None:
        # A forked child has no thread of its own yet, whatever its memory says.
        if self._pid != os.getpid():
            self._start()
        self._wanted.set()

    def _start(self) -> None:
        with self._lock:
            if self._pid == os.getpid():
                return
            self._wanted = threading.Event()
            thread = threading.Thread(target=self._run, name="outbox-wake", daemon=True)
            thread.start()
            self._pid = os.getpid()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            time.sleep(PAUSE if _send() else _TROUBLE_PAUSE)


def _send() -> bool:
    try:
        current_app.send_task("kernel.relay", queue="critical", expires=5, retry=False)
    except Exception as exc:
        log.warning("the relay could not be woken (%s); its sweep will find the events", exc)
        return False
    return True


_waker = _Waker()


def after_commit() -> None:
    """Wake the relay once the present transaction has committed.

    `outbox.publish` calls this; code that writes events by SQL calls it itself.
    """
    if settings.OUTBOX_WAKE:
        transaction.on_commit(_waker.wake, robust=True)
