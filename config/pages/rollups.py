"""The board's figures by day, kept for a while.

Families read whole tables, because what comes in late (an import of the past, a refund of
last month) changes any day. What they read is small, one number a day, and kept in the
cache: while reading is quick it is read again each time, and when tables have grown so
that it is not, a task reads it and no operator waits. Then a board costs no query of the
tables at all, whatever their size. Where nothing is kept yet, an operator waits for a
moment at most: a read that takes longer is broken off and left to the task.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.db import OperationalError, connection, transaction

from config.kernel import metrics, workers
from members.programmes.types import Programme

# Slower than this and the task reads, not the operator.
_QUICK_SECONDS = 0.3
_FRESH = timedelta(seconds=5)
_KEEP_SECONDS = 24 * 3600
# How long an operator waits for one read when nothing is kept, and when it is tried again.
_PATIENCE_MS = 500
_TRY_AGAIN_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """What families and distributions read of a programme, when, and how long it took."""

    series: Mapping[str, Mapping[date, int]]
    parts: Mapping[str, list[metrics.Part]]
    as_of: datetime
    seconds: float


def read(*, programme: Programme, now: datetime) -> Rollup | None:
    """Return the figures that are kept, read again if they are old and quick to read.

    None while nothing is kept and reading takes too long to wait for: a task reads it.
    """
    kept: Rollup | None = cache.get(_key(programme))
    if kept is None or kept.as_of > now:
        return _read_briefly(programme, now)
    if kept.seconds <= _QUICK_SECONDS and now - kept.as_of > _FRESH:
        return _read_briefly(programme, now) or kept
    return kept


def _read_briefly(programme: Programme, now: datetime) -> Rollup | None:
    """Read all figures if that is done in a moment; else leave it to the task."""
    if cache.get(_tried(programme)):
        return None
    try:
        with transaction.atomic():
            _limit(f"{_PATIENCE_MS}ms")
            found = refresh(programme=programme, now=now)
            _limit("0")
        return found
    except OperationalError:
        cache.set(_tried(programme), True, _TRY_AGAIN_SECONDS)
        workers.ask("pages.roll_up_board", queue="bulk", expires=300)
        return None


def _limit(time_: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [time_])


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


def _tried(programme: Programme) -> str:
    return f"{_key(programme)}:tried"
