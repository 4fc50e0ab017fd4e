"""How often codes may be asked for and guessed: counters in Valkey, in windows of `now`.

Whoever asks is counted by network before by address, so that a network that is refused
cannot use up a stranger's codes. Each count has a lower bound too, from which on a picture
must be read first (`members.captcha`). The last count is of all codes together: messages
cost money, and a broken loop or an attack must not cost a fortune.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache

from config.kernel import crypto
from members.errors import BudgetSpentError, TooManyCodesError


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` times in `seconds`; from `free` times on only after a picture."""

    name: str
    count: int
    seconds: int
    free: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks for a code: the address it goes to, and from where it is asked for."""

    kind: str
    address: str
    ip: str = ""
    device: str = ""


PER_ADDRESS = (Limit("address-hour", 5, 3600, free=3), Limit("address-day", 10, 86400))
PER_DEVICE = (Limit("device-hour", 12, 3600, free=5), Limit("device-day", 30, 86400))
GUESSES_PER_IP = (Limit("guess-ip", 60, 600),)
PASSWORDS_PER_ADDRESS = (Limit("password-address", 10, 900),)
REAL_NAMES_PER_MEMBER = (Limit("real-name", 5, 86400),)
PROOFS_PER_USER = (Limit("proof", 10, 900),)
CODES_PER_USER = (Limit("user-hour", 8, 3600),)
# A neighborhood of networks may ask for this many times what one network may.
_WIDER = 10


def per_ip() -> tuple[Limit, ...]:
    """Return how many codes one network may ask for."""
    most = settings.SIGN_IN_CODES_PER_IP_HOUR
    return (Limit("ip-hour", most, 3600, free=max(2, most // 3)),)


def per_neighborhood() -> tuple[Limit, ...]:
    """Return how many codes the networks around one may ask for together."""
    most = settings.SIGN_IN_CODES_PER_IP_HOUR * _WIDER
    return (Limit("wide-hour", most, 3600, free=max(2, most // 3)),)


def overall() -> tuple[Limit, ...]:
    """Return how many codes leave altogether; from half of it on everybody reads a picture."""
    hour, day = settings.SIGN_IN_CODES_PER_HOUR, settings.SIGN_IN_CODES_PER_DAY
    return (
        Limit("all-hour", hour, 3600, free=max(1, hour // 2)),
        Limit("all-day", day, 86400, free=max(1, day // 2)),
    )


def network_of(ip: str, *, wide: bool = False) -> str:
    """Return the network an address belongs to: what one household or one host is given."""
    try:
        found = ipaddress.ip_address(ip)
    except ValueError:
        return ip[:45]
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    bits = (24 if wide else 32) if found.version == 4 else (48 if wide else 64)
    return str(ipaddress.ip_network(f"{found}/{bits}", strict=False))


def _counts(asker: Asker) -> Iterator[tuple[tuple[Limit, ...], str]]:
    """Yield the limits that hold for someone, and under which name they are counted."""
    if asker.ip:
        wide = network_of(asker.ip, wide=True)
        yield per_neighborhood(), crypto.blind("throttle-wide", wide).hex()
        yield per_ip(), who(asker.ip)
    if asker.device or asker.ip:
        # Without the cookie of a browser, all that comes from one network is one device.
        device = asker.device or f"none {network_of(asker.ip)}"
        yield PER_DEVICE, crypto.blind("throttle-device", device).hex()
    yield PER_ADDRESS, crypto.blind("throttle", f"{asker.kind}\0{asker.address}").hex()


def who(ip: str) -> str:
    """Return the name under which a network is counted: no plain address."""
    return crypto.blind("throttle-ip", network_of(ip)).hex()


def needs_picture(*, asker: Asker, now: datetime) -> bool:
    """Tell whether a picture must be read before another code is sent."""
    bounds = {
        _key(limit, name, now): limit.free
        for limits, name in (*_counts(asker), (overall(), asker.kind))
        for limit in limits
        if limit.free is not None
    }
    used = cache.get_many(list(bounds))
    return any(used.get(key, 0) >= free for key, free in bounds.items())


def count_code(*, asker: Asker, now: datetime) -> None:
    """Count one code that is about to be sent.

    Raises:
        TooManyCodesError: this network, device or address has had its share.
        BudgetSpentError: all together have.
    """
    for limits, name in _counts(asker):
        count(limits, who=name, now=now)
    try:
        count(overall(), who=asker.kind, now=now)
    except TooManyCodesError as refusal:
        raise BudgetSpentError(retry_after=refusal.retry_after) from None


def count(limits: tuple[Limit, ...], *, who: str, now: datetime) -> None:
    """Count one use against each limit. `who` must be no plain address.

    Raises:
        TooManyCodesError: a limit is used up.
    """
    for limit in limits:
        key = _key(limit, who, now)
        cache.add(key, 0, timeout=limit.seconds * 2)
        try:
            used = cache.incr(key)
        except ValueError:  # it ran out between the two calls
            used = 1
        if used > limit.count:
            past = int(now.timestamp()) % limit.seconds
            raise TooManyCodesError(retry_after=limit.seconds - past)


def _key(limit: Limit, who: str, now: datetime) -> str:
    return f"sign-in:{limit.name}:{who}:{int(now.timestamp()) // limit.seconds}"
