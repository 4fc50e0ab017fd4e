"""The Idempotency-Key of a call as the entry's own key.

A caller's key is its own: client, operation and target are part of the entry's key, as
they are part of the scope of any other idempotency key.
"""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache

from config.kernel import api
from config.kernel.api import idempotency, parsing


@lru_cache(maxsize=4096)
def client_tag(client_id: str) -> str:
    """Return a short stand-in for the client's id."""
    return hashlib.blake2s(client_id.encode(), digest_size=6).hexdigest()


def made_up() -> str:
    """Return a key for a movement whose caller sent none."""
    return f"auto:{secrets.token_hex(16)}"


def of_item(call: api.Call, operation: str, key: str) -> str:
    """Return the entry's key for one item of a batch: the same as for a single call."""
    return f"{client_tag(call.caller.client_id)}:{operation}:0:{key}"


def entry_key(call: api.Call, operation: str, target: int = 0) -> str:
    """Return the entry's key for this call; a made-up one when the caller sent none."""
    if call.key is None:
        return made_up()
    return f"{client_tag(call.caller.client_id)}:{operation}:{target}:{call.key}"


def fingerprint(call: api.Call) -> bytes:
    """Return what stands for the request: its parsed JSON, whatever the spacing."""
    if call.key is None:
        return b""
    return idempotency.fingerprint(parsing.parse_plain(call.raw))[:16]
