"""VAR/keys.json: the secrets of a local installation, made once at the first start.

Whoever loses this file loses every encrypted column; a database remembers the fingerprints
of its keys (`remember`) and refuses to work with others.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from config.kernel import keyring
from config.launch.places import LaunchError


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
    return keyring.fingerprints(environment)


def remember(*, owner_url: str, ours: Mapping[str, str]) -> None:
    """Compare the keys with those the database knows, and let it know new ones.

    Raises:
        LaunchError: the database was written with other keys, or cannot be reached.
    """
    try:
        with psycopg.connect(owner_url, autocommit=True) as connection:
            keyring.remember(connection, ours=ours)
    except keyring.KeysRefusedError as refused:
        raise LaunchError(str(refused)) from None
    except psycopg.OperationalError as problem:
        # The driver's message names host, port and database, never the password.
        raise LaunchError(f"The database cannot be reached: {problem}".strip()) from None
