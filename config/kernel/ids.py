"""Opaque ids: `ent_…` carries (member, row) with a checksum.

One AES block holds 48 bits of member id, 48 bits of row id and 32 bits of checksum, so an
id is 26 characters, cannot be guessed or counted, and tells where its row lives, so that
a look-up asks one shard. See docs/adr on opaque ids for why no library fits.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

from config.kernel.errors import NotFoundError


class UnknownIdError(NotFoundError):
    """The id was not made by this installation, or is of another kind."""

    code = "not_found"


@dataclass(frozen=True, slots=True)
class RowId:
    """Where a row lives: its member (0 for rows of no member) and its number."""

    member_id: int
    row_id: int


@cache
def _cipher() -> Cipher[modes.ECB]:
    key = hashlib.sha256(b"opaque-ids\0" + settings.BLIND_INDEX_KEY.encode()).digest()[:16]
    # ECB over a single block is a keyed permutation, which is all that is wanted here.
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305


def _checksum(prefix: str, body: bytes) -> bytes:
    return hashlib.blake2s(prefix.encode() + body, digest_size=4).digest()


def encode(prefix: str, *, member_id: int, row_id: int) -> str:
    """Return the public id of a row, as `ent_…`."""
    body = member_id.to_bytes(6, "big") + row_id.to_bytes(6, "big")
    sealer = _cipher().encryptor()
    block = sealer.update(body + _checksum(prefix, body))
    return f"{prefix}_{base64.b32encode(block).decode().rstrip('=').lower()}"


def decode(prefix: str, public_id: str) -> RowId:
    """Return what a public id names.

    Raises:
        UnknownIdError: it is not an id of this kind, or was tampered with.
    """
    head, _, tail = public_id.partition("_")
    if head != prefix or len(tail) != 26:
        raise UnknownIdError(f"there is no {prefix}_ id like this")
    try:
        block = base64.b32decode(tail.upper() + "======")
    except ValueError:
        raise UnknownIdError(f"there is no {prefix}_ id like this") from None
    opener = _cipher().decryptor()
    plain = opener.update(block)
    body, checksum = plain[:12], plain[12:]
    if _checksum(prefix, body) != checksum:
        raise UnknownIdError(f"there is no {prefix}_ id like this")
    return RowId(int.from_bytes(body[:6], "big"), int.from_bytes(body[6:], "big"))
