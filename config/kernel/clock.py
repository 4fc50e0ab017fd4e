"""The clock is read at the edge, once, and handed down as `now`.

`now()` is the only place that reads it. `CHANGKE_NOW_OFFSET` (seconds), set by
`manage.py travel`, moves it for a whole process; `shifted` for a piece of one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

OFFSET_VARIABLE = "CHANGKE_NOW_OFFSET"
_offset = timedelta(seconds=float(os.environ.get(OFFSET_VARIABLE, "0")))


def now() -> datetime:
    """Return the present instant in UTC, as this process believes it to be."""
    return datetime.now(UTC) + _offset


@contextmanager
def shifted(*, to: datetime) -> Iterator[None]:
    """Believe that it is `to` now, for the whole process, while inside."""
    global _offset
    before = _offset
    _offset = to - datetime.now(UTC)
    try:
        yield
    finally:
        _offset = before
