"""Wait for a fact instead of for a time."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(
    reached: Callable[[], bool],
    *,
    seconds: float = 30,
    each: Callable[[], None] | None = None,
    pause: float = 0.02,
) -> None:
    """Return as soon as `reached()`; fail after `seconds`. `each` runs before every look."""
    started = time.monotonic()
    while True:
        if each is not None:
            each()
        if reached():
            return
        assert time.monotonic() < started + seconds, "it did not come about in time"
        time.sleep(pause)
