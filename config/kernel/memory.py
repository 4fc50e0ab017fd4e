"""What a process remembers of rules and settings: one way, one age.

Programmes, ladders and earn rules are read by every settlement and change a few times a
week. Each process keeps them for `MEMORY_SECONDS`: what is published is in force in the
publishing process at once, and in every other one no later than that. A decision that
must not meet anything older looks at the row itself (`fresh`).

In the last part of its age a value is read again by one thread, while the others go on with
it: else all of them would ask the database for the same at the same moment.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from math import inf
from typing import Any, Generic, TypeVar

from django.conf import settings

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_memories: list[Memory[Any, Any]] = []
# The part of its age after which a value is read again by whoever comes first.
_RENEWED_AFTER = 0.8
_LOCK = threading.Lock()


class Memory(Generic[K, V]):
    """Values by key, each as old as `MEMORY_SECONDS` at most. What is empty is not kept.

    A value is kept with the moments from which it may and must be read again.

    `for_ever` is for what can never change, such as a published version.
    """

    def __init__(self, *, for_ever: bool = False) -> None:
        self._for_ever = for_ever
        self._known: dict[K, tuple[float, float, V]] = {}
        self._reading: set[K] = set()
        _memories.append(self)

    def get(self, key: K, load: Callable[[], V], *, fresh: bool = False) -> V:
        """Return the value of a key, loading it where it is unknown, too old, or `fresh`."""
        # Not the business clock: how long a process may trust its memory is real time.
        moment = time.monotonic()
        known = self._known.get(key)
        if known is not None and not fresh:
            renewed, over, value = known
            if moment < renewed or (moment < over and not self._may_read(key)):
                return value
        try:
            value = load()
        finally:
            self._reading.discard(key)
        if value:
            age = inf if self._for_ever else settings.MEMORY_SECONDS
            self._known[key] = (moment + age * _RENEWED_AFTER, moment + age, value)
        return value

    def _may_read(self, key: K) -> bool:
        """Tell whether nobody is reading this key anew, and be the one who does."""
        with _LOCK:
            if key in self._reading:
                return False
            self._reading.add(key)
            return True

    def has(self, key: K) -> bool:
        """Tell whether a key is known, however old."""
        return key in self._known

    def forget(self, key: K | None = None) -> None:
        """Drop a key, or everything, after a change."""
        if key is None:
            self._known.clear()
        else:
            self._known.pop(key, None)


def forget_all() -> None:
    """Drop what this process remembers of anything."""
    for memory in _memories:
        memory.forget()
