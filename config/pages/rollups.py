"""The board's figures by day, kept for a while.

Families read whole tables, because what comes in late (an import of the past, a refund of
last month) changes any day. What they read is small, one number a day, and kept in the
cache: while reading is quick it is read again each time, and when tables have grown so
that it is not, a task reads it and no operator waits. Then a board costs no query of the
tables at all, whatever their size.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import cache

from config.kernel import metrics
from members.programmes.types import Programme

# Slower than this and the task reads, not the operator.
_QUICK_SECONDS = 0.3
_FRESH = timedelta(seconds=5)
_KEEP_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """What families and distributions read of a programme, when, and how long it took."""

    series: Mapping[str, Mapping[date, int]]
    parts: Mapping[str, list[metrics.Part]]
    as_of: datetime
    seconds: float


def read(*, programme: Programme, now: datetime) -> Rollup:
    """Return the figures that are kept, read again if they are old and quick to read."""
    kept: Rollup | None = cache.get(_key(programme))
    if kept is None or kept.as_of > now:
        return refresh(programme=programme, now=now)
    if kept.seconds <= _QUICK_SECONDS and now - kept.as_of > _FRESH:
        return refresh(programme=programme, now=now)
    return kept


def refresh(*, programme: Programme, now: datetime) -> Rollup:
    """Read all figures and keep them."""
    began = time.monotonic()
    series: dict[str, Mapping[date, int]] = {}
    for family in metrics.list_families():
        series.update(family(programme.id, programme.timezone))
    parts = {d.slug: list(d.read(programme.id)) for d in metrics.list_distributions()}
    rollup = Rollup(series=series, parts=parts, as_of=now, seconds=time.monotonic() - began)
    cache.set(_key(programme), rollup, _KEEP_SECONDS)
    return rollup


def _key(programme: Programme) -> str:
    # Named by code as well: numbers start again in a database that was made anew.
    return f"board:{programme.id}:{programme.code}"
