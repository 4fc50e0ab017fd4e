"""From bearer token to caller. Who a token belongs to is told by a registered resolver.

Callers are remembered for 60 seconds per process, so a revoked token may be good for so
long; unknown tokens are asked for each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.kernel.api.contracts import Caller
from config.kernel.api.errors import ScopeMissingError, UnauthenticatedError

REMEMBER = timedelta(seconds=60)
_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What a resolver says of a token."""

    caller: Caller
    expires_at: datetime | None


Resolver = Callable[[str, datetime], Resolved | None]

_resolver: Resolver | None = None
_remembered: dict[bytes, tuple[Caller, datetime]] = {}


def register_resolver(resolver: Resolver) -> None:
    """Name the function that finds out whose token it is."""
    global _resolver
    _resolver = resolver


def forget() -> None:
    """Drop what is remembered (after a revocation in this process, and in tests)."""
    _remembered.clear()


def authenticate(header: str, *, now: datetime) -> Caller:
    """Return the caller that an Authorization header names.

    Raises:
        UnauthenticatedError: there is no bearer token, or it is not (any longer) good.
    """
    kind, _, token = header.partition(" ")
    token = token.strip()
    if kind.lower() != "bearer" or not token:
        raise UnauthenticatedError("send Authorization: Bearer <token>")
    # The process holds no tokens, only their hashes.
    slot = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
    known = _remembered.get(slot)
    if known is not None and now < known[1]:
        return known[0]
    return _resolve(slot, token, now)


def _resolve(slot: bytes, token: str, now: datetime) -> Caller:
    resolved = _resolver(token, now) if _resolver is not None and token.isascii() else None
    if resolved is None or (resolved.expires_at is not None and resolved.expires_at <= now):
        _remembered.pop(slot, None)
        raise UnauthenticatedError("the token is unknown, expired or revoked")
    until = now + REMEMBER
    if resolved.expires_at is not None:
        until = min(until, resolved.expires_at)
    if len(_remembered) >= _MOST:
        _remembered.clear()
    _remembered[slot] = (resolved.caller, until)
    return resolved.caller


def require_scope(caller: Caller, scope: str | None) -> None:
    """Raise ScopeMissingError unless the caller's token carries `scope`."""
    if scope is not None and scope not in caller.scopes:
        raise ScopeMissingError(f"this operation needs the scope {scope}")
