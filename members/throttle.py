"""How often codes may be asked for and guessed: counters in Valkey, in windows of `now`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache

from members.errors import TooManyCodesError


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` times in `seconds`."""

    name: str
    count: int
    seconds: int


PER_ADDRESS = (Limit("address-hour", 5, 3600), Limit("address-day", 10, 86400))
GUESSES_PER_IP = (Limit("guess-ip", 60, 600),)


def per_ip() -> tuple[Limit, ...]:
    """Return how many codes one network address may ask for."""
    return (Limit("ip-hour", settings.SIGN_IN_CODES_PER_IP_HOUR, 3600),)


def overall() -> tuple[Limit, ...]:
    """Return how many codes leave altogether: a broken loop must not cost a fortune."""
    return (Limit("all-hour", settings.SIGN_IN_CODES_PER_HOUR, 3600),)


def count(limits: tuple[Limit, ...], *, who: str, now: datetime) -> None:
    """Count one use against each limit. `who` must be no plain address.

    Raises:
        TooManyCodesError: a limit is used up.
    """
    at = int(now.timestamp())
    for limit in limits:
        window, past = divmod(at, limit.seconds)
        key = f"sign-in:{limit.name}:{who}:{window}"
        cache.add(key, 0, timeout=limit.seconds * 2)
        try:
            used = cache.incr(key)
        except ValueError:  # it ran out between the two calls
            used = 1
        if used > limit.count:
            raise TooManyCodesError(retry_after=limit.seconds - past)
