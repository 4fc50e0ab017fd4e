"""VAR/keys.json: the secrets of a local installation, made once at the first start.

Whoever loses this file loses every encrypted column; a database remembers the fingerprints
of its keys (`remember`) and refuses to work with others.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from config.launch.places import LaunchError

_CREATE = """
CREATE TABLE IF NOT EXISTS changke_keys (name text PRIMARY KEY, fingerprint text NOT NULL)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Everything secret of an installation."""

    secret_key: str
    encryption_keys: dict[str, str]
    encryption_primary: str
    blind_index_key: str
    oidc_private_key: str
    owner_password: str
    app_password: str
    redis_password: str

    def environment(self) -> dict[str, str]:
        return {
            "SECRET_KEY": self.secret_key,
            "ENCRYPTION_KEYS": json.dumps(self.encryption_keys),
            "ENCRYPTION_PRIMARY": self.encryption_primary,
            "BLIND_INDEX_KEY": self.blind_index_key,
            "OIDC_PRIVATE_KEY": self.oidc_private_key,
        }


def load_or_create(var: Path) -> Keys:
    """Return the keys of `var`, made now when there are none (call it under the lock).

    Raises:
        LaunchError: the file is there but cannot be read as keys.
    """
    path = var / "keys.json"
    if not path.exists():
        _write(path, generate())
    try:
        return Keys(**json.loads(path.read_text()))
    except (ValueError, TypeError) as broken:
        raise LaunchError(
            f"{path} cannot be read ({broken}). Put the file back from a copy; without it the "
            "encrypted data of this installation is lost."
        ) from broken


def generate() -> Keys:
    """Return fresh random keys."""
    return Keys(
        secret_key=secrets.token_urlsafe(48),
        encryption_keys={"1": _random_key()},
        encryption_primary="1",
        blind_index_key=_random_key(),
        oidc_private_key=_rsa_key(),
        owner_password=secrets.token_hex(24),
        app_password=secrets.token_hex(24),
        redis_password=secrets.token_hex(24),
    )


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _rsa_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    return (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def _write(path: Path, keys: Keys) -> None:
    """Write the file whole or not at all, readable by its owner alone."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(keys), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def fingerprints(environment: Mapping[str, str]) -> dict[str, str]:
    """Return a short name-to-fingerprint map of the keys that stored data depends on."""
    found = {"blind-index": _fingerprint(environment["BLIND_INDEX_KEY"])}
    for number, key in json.loads(environment["ENCRYPTION_KEYS"]).items():
        found[f"encryption-{number}"] = _fingerprint(key)
    return found


def _fingerprint(key: str) -> str:
    return hashlib.sha256(b"changke key id:" + key.encode()).hexdigest()[:16]


def remember(*, owner_url: str, ours: Mapping[str, str]) -> None:
    """Compare the keys with those the database knows, and let it know new ones.

    Raises:
        LaunchError: the database was written with other keys, or cannot be reached.
    """
    try:
        connection = psycopg.connect(owner_url, autocommit=True)
    except psycopg.OperationalError as problem:
        # The driver's message names host, port and database, never the password.
        raise LaunchError(f"The database cannot be reached: {problem}".strip()) from None
    with connection:
        connection.execute(_CREATE)
        rows = connection.execute("SELECT name, fingerprint FROM changke_keys").fetchall()
        known: dict[str, str] = dict(rows)
        for name, fingerprint in sorted(known.items()):
            if ours.get(name) != fingerprint:
                raise LaunchError(_refusal(name, fingerprint, ours.get(name)))
        for name in sorted(ours.keys() - known.keys()):
            connection.execute(
                "INSERT INTO changke_keys VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (name, ours[name]),
            )


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
