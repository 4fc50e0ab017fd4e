"""The clock is read at the edge, once, and handed down as `now`.

`now()` is the only place that reads it. `CHANGKE_NOW_OFFSET` (seconds), set by
`manage.py travel`, moves it for a whole process.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

_OFFSET = timedelta(seconds=float(os.environ.get("CHANGKE_NOW_OFFSET", "0")))


def now() -> datetime:
    """Return the present instant in UTC, as this process believes it to be."""
    return datetime.now(UTC) + _OFFSET
