"""Field encryption: AES-256-GCM under a key ring, and a keyed blind index for look-ups.

A ciphertext is `version | key id | 12-byte nonce | ciphertext and tag`; the associated
data names the column, so a value moved to another column does not decrypt.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = 1
_NONCE = 12
BLIND_BYTES = 16


class UnknownKeyError(RuntimeError):
    """A value was encrypted under a key that the ring does not hold."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Encryption keys by id (1-255); new values are written under `primary`."""

    keys: dict[int, AESGCM]
    primary: int

    def encrypt(self, plain: bytes, *, context: str) -> bytes:
        nonce = os.urandom(_NONCE)
        body = self.keys[self.primary].encrypt(nonce, plain, context.encode())
        return bytes((_VERSION, self.primary)) + nonce + body

    def decrypt(self, sealed: bytes, *, context: str) -> bytes:
        """Raises UnknownKeyError, or cryptography's InvalidTag when tampered with."""
        sealed = bytes(sealed)
        version, key_id = sealed[0], sealed[1]
        if version != _VERSION or key_id not in self.keys:
            raise UnknownKeyError(f"no key {key_id} (version {version}) in the ring")
        nonce, body = sealed[2 : 2 + _NONCE], sealed[2 + _NONCE :]
        return self.keys[key_id].decrypt(nonce, body, context.encode())


def key_id(sealed: bytes) -> int:
    """Return the id of the key a ciphertext was written under."""
    return bytes(sealed)[1]


@cache
def ring() -> Ring:
    """Return the ring of `settings.ENCRYPTION_KEYS` ({id: base64 of 32 bytes})."""
    keys = {int(i): AESGCM(base64.b64decode(k)) for i, k in settings.ENCRYPTION_KEYS.items()}
    return Ring(keys=keys, primary=int(settings.ENCRYPTION_PRIMARY))


@cache
def _blind_key() -> bytes:
    return base64.b64decode(settings.BLIND_INDEX_KEY)


def blind(context: str, value: str) -> bytes:
    """Return the 16-byte keyed index of an already normalized `value`.

    HMAC-SHA256 cut to 128 bits; `context` keeps equal values of different kinds apart.
    """
    message = f"{context}\0{value}".encode()
    return hmac.new(_blind_key(), message, hashlib.sha256).digest()[:BLIND_BYTES]
