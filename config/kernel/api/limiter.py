"""How many calls a client may make in a minute.

The count is in Redis; each process takes leases of a block of calls from it, so that most
calls are counted in memory. A block is a hundredth of the limit: that is how far the count
may be off per process, always to the caller's disadvantage by less than that. When Redis
does not answer, calls pass: a shop's till must not stop for a counter.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import redis
from django.conf import settings
from django.http import HttpResponse

from config.kernel.api.contracts import Caller
from config.kernel.api.errors import RateLimitedError

log = logging.getLogger(__name__)

_MOST = 10_000


@dataclass(slots=True)
class Lease:
    """What a client may still do in this minute."""

    limit: int
    remaining: int
    reset: int

    def stamp(self, response: HttpResponse) -> None:
        """Tell the caller by the RateLimit headers."""
        response["RateLimit-Limit"] = str(self.limit)
        response["RateLimit-Remaining"] = str(max(0, self.remaining))
        response["RateLimit-Reset"] = str(self.reset)


class LimitedError(RateLimitedError):
    """RateLimitedError that carries the figures for the headers."""

    def __init__(self, *, lease: Lease) -> None:
        super().__init__(retry_after=lease.reset)
        self.lease = lease


@dataclass(slots=True)
class _Block:
    """The calls of one client that this process may let pass in this minute."""

    minute: int
    left: int
    counted: int


_LEASE = """
local counted = redis.call('INCRBY', KEYS[1], ARGV[1])
if counted == tonumber(ARGV[1]) then redis.call('EXPIRE', KEYS[1], 120) end
return counted
"""
_PAUSE_SECONDS = 5.0
_blocks: dict[str, _Block] = {}
_lock = threading.Lock()
_resting_until = 0.0


@cache
def _server() -> redis.Redis:
    return redis.Redis.from_url(
        settings.LIMITER_REDIS_URL, socket_connect_timeout=0.2, socket_timeout=0.2
    )


def forget() -> None:
    """Drop the leases of this process (tests)."""
    global _resting_until
    _blocks.clear()
    _resting_until = 0.0


def take(caller: Caller, *, now: datetime) -> Lease | None:
    """Count one call; None if the client has no limit, or nobody can count.

    Raises:
        LimitedError: the client has used up its calls of this minute.
    """
    limit = caller.rate_per_minute
    if limit is None:
        return None
    minute, second = divmod(int(now.timestamp()), 60)
    reset = 60 - second
    with _lock:
        block = _blocks.get(caller.client_id)
        if block is None or block.minute != minute or block.left == 0:
            block = _lease(caller.client_id, limit, minute)
            if block is None:
                return None
        if block.left < 0:
            raise LimitedError(lease=Lease(limit, 0, reset))
        block.left -= 1
        return Lease(limit, limit - block.counted + block.left, reset)


def _lease(client_id: str, limit: int, minute: int) -> _Block | None:
    """Take the next block of calls; one with `left` below zero says that none are left."""
    global _resting_until
    # Not the business clock: how long to leave an unreachable server alone is real time.
    if time.monotonic() < _resting_until:
        return None
    size = max(1, limit // 100)
    try:
        # One script, so that a counter never stays behind without its end.
        counted = int(_server().eval(_LEASE, 1, f"rate:{client_id}:{minute}", str(size)))
    except redis.RedisError as exc:
        _resting_until = time.monotonic() + _PAUSE_SECONDS
        log.warning("calls are not counted for now: %s", type(exc).__name__)
        return None
    granted = min(size, limit - (counted - size))
    block = _Block(minute, granted if granted > 0 else -1, min(counted, limit))
    if len(_blocks) > _MOST:
        _blocks.clear()
    _blocks[client_id] = block
    return block
