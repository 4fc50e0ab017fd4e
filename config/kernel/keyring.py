"""The keys stored data depends on: what they must look like, and which ones a database knows.

Whoever loses them loses every encrypted column. So nothing starts with keys that are missing,
malformed, or not those the database was written with: a shop that starts anyway would find
nobody by phone, and write what nobody can read together with the rest.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

import psycopg

_BYTES = 32
_WHERE = "Take it from the copy you keep (docs/deploy.md, Keys); it cannot be made anew."
TABLE = "changke_keys"
_KNOWN = "SELECT name, fingerprint FROM changke_keys"
_IS_THERE = "SELECT to_regclass('changke_keys')::text"
_CREATE = """
CREATE TABLE IF NOT EXISTS changke_keys (name text PRIMARY KEY, fingerprint text NOT NULL)
"""
_SECONDS = 5
# A database that was prepared by an earlier version tells the application nothing.
_UNTOLD = (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege)


class KeysRefusedError(RuntimeError):
    """The keys given are not those that are needed; the message says which and what to do."""


def refuse_without_keys() -> None:
    """End the process with a sentence when its environment holds no usable keys."""
    try:
        check(os.environ)
    except KeysRefusedError as refused:
        sys.exit(f"Changke does not start: {refused}")


def refuse_other_keys(*, url: str) -> None:
    """End the process with a sentence when the database was written with other keys."""
    try:
        verify(url=url, ours=fingerprints(os.environ))
    except KeysRefusedError as refused:
        sys.exit(f"Changke does not start: {refused}")


def check(environment: Mapping[str, str]) -> None:
    """Look at the keys of an environment: all there, and of the right length.

    Raises:
        KeysRefusedError: one is missing, or cannot be a key.
    """
    for name in ("ENCRYPTION_KEYS", "ENCRYPTION_PRIMARY", "BLIND_INDEX_KEY"):
        if not environment.get(name, "").strip():
            raise KeysRefusedError(f"{name} is not set. {_WHERE}")
    ring = _ring(environment["ENCRYPTION_KEYS"])
    for number, key in ring.items():
        if not (number.isascii() and number.isdecimal() and 1 <= int(number) <= 255):
            raise KeysRefusedError(f"ENCRYPTION_KEYS names a key {number!r}: 1 to 255 is possible.")
        _check_key(f"Key {number} of ENCRYPTION_KEYS", key)
    primary = environment["ENCRYPTION_PRIMARY"]
    if primary not in ring:
        raise KeysRefusedError(
            f"ENCRYPTION_PRIMARY is {primary}, and ENCRYPTION_KEYS holds no such key. {_WHERE}"
        )
    _check_key("BLIND_INDEX_KEY", environment["BLIND_INDEX_KEY"])


def _ring(text: str) -> dict[str, object]:
    try:
        ring = json.loads(text)
    except ValueError:
        ring = None
    if not isinstance(ring, dict) or not ring:
        raise KeysRefusedError(
            "ENCRYPTION_KEYS cannot be read. It is JSON: "
            """{"1": "base64 of 32 bytes"}, in single quotes in a shell."""
        )
    return ring


def _check_key(name: str, key: object) -> None:
    try:
        length = len(base64.b64decode(str(key), validate=True))
    except (binascii.Error, ValueError):
        length = 0
    if length != _BYTES:
        raise KeysRefusedError(f"{name} is not base64 of {_BYTES} bytes. {_WHERE}")


def fingerprints(environment: Mapping[str, str]) -> dict[str, str]:
    """Return a short name-to-fingerprint map of the keys that stored data depends on."""
    found = {"blind-index": _fingerprint(environment["BLIND_INDEX_KEY"])}
    for number, key in json.loads(environment["ENCRYPTION_KEYS"]).items():
        found[f"encryption-{number}"] = _fingerprint(key)
    return found


def _fingerprint(key: str) -> str:
    return hashlib.sha256(b"changke key id:" + key.encode()).hexdigest()[:16]


def remember(connection: psycopg.Connection[Any], *, ours: Mapping[str, str]) -> None:
    """Compare the keys with those the database knows, and let it know new ones; as its owner.

    Raises:
        KeysRefusedError: the database was written with other keys.
    """
    # Only the owner may create it; afterwards it is there, and is not asked for again.
    if connection.execute(_IS_THERE).fetchone() == (None,):
        connection.execute(_CREATE)
    known: dict[str, str] = dict(connection.execute(_KNOWN).fetchall())
    _compare(known, ours)
    for name in sorted(ours.keys() - known.keys()):
        connection.execute(
            "INSERT INTO changke_keys VALUES (%s, %s) ON CONFLICT DO NOTHING", (name, ours[name])
        )


def verify(*, url: str, ours: Mapping[str, str]) -> None:
    """Compare the keys with those the database knows, when a process starts.

    A database that cannot be reached, or that nobody has prepared, is another matter: the
    process says so by its own means, and starts when it is there.

    Raises:
        KeysRefusedError: the database was written with other keys.
    """
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=_SECONDS) as connection:
            known: dict[str, str] = dict(connection.execute(_KNOWN).fetchall())
    except (psycopg.OperationalError, *_UNTOLD):
        return
    _compare(known, ours)


def _compare(known: Mapping[str, str], ours: Mapping[str, str]) -> None:
    for name, fingerprint in sorted(known.items()):
        if ours.get(name) != fingerprint:
            raise KeysRefusedError(_refusal(name, fingerprint, ours.get(name)))


def _refusal(name: str, known: str, given: str | None) -> str:
    if given is None:
        return (
            f"This database was written with the key {name} (id {known}), which is not among the "
            "keys given. Add it; or, once nothing is encrypted under it any more, run "
            f"DELETE FROM changke_keys WHERE name = '{name}'."
        )
    return (
        f"This database was written with other keys: it knows {name} under the id {known}, "
        f"the one given is {given}. Put back the keys.json (or ENCRYPTION_KEYS and "
        "BLIND_INDEX_KEY) that belongs to it."
    )
