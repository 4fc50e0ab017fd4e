"""Opaque ids: `ent_…` carries (member, row) with a checksum.

One AES block holds 48 bits of member id, 48 bits of row id and 32 bits of checksum, so an
id is 26 characters, cannot be guessed or counted, and tells where its row lives, so that
a look-up asks one shard. See docs/adr on opaque ids for why no library fits.
"""

from __future__ import annotations

import hashlib
import threading
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


class _Contexts(threading.local):
    """Each thread's own sealer and opener: blocks do not depend on each other."""

    def __init__(self) -> None:
        self.seal = _cipher().encryptor().update
        self.open = _cipher().decryptor().update


@cache
def _block() -> _Contexts:
    return _Contexts()


def _checksum(prefix: str, body: bytes) -> bytes:
    return hashlib.blake2s(prefix.encode() + body, digest_size=4).digest()


# Base 32 by pairs of characters: the standard library's is written in Python and takes
# longer than the encryption. 128 bits make 25.6 characters, so two zero bits are added.
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
_SHIFTS = tuple(range(120, -1, -10))
_LENGTH = 26


def _to_text(block: bytes) -> str:
    number = int.from_bytes(block, "big") << 2
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in _SHIFTS])


# Python reads base 32 itself, with other digits; whatever is none of ours becomes no digit.
_DIGITS = "0123456789abcdefghijklmnopqrstuv"
_DIGIT_OF = dict(zip((_ALPHABET + _ALPHABET[:26].upper()), _DIGITS + _DIGITS[:26], strict=True))
_READ = bytes(ord(_DIGIT_OF.get(chr(code), "!")) for code in range(256))


def _to_block(text: str) -> bytes | None:
    try:
        number = int(text.encode("ascii", "replace").translate(_READ), 32)
    except ValueError:
        return None
    return None if number & 3 else (number >> 2).to_bytes(16, "big")


def encode(prefix: str, *, member_id: int, row_id: int) -> str:
    """Return the public id of a row, as `ent_…`."""
    body = member_id.to_bytes(6, "big") + row_id.to_bytes(6, "big")
    return f"{prefix}_{_to_text(_block().seal(body + _checksum(prefix, body)))}"


def decode(prefix: str, public_id: str) -> RowId:
    """Return what a public id names.

    Raises:
        UnknownIdError: it is not an id of this kind, or was tampered with.
    """
    head, _, tail = public_id.partition("_")
    block = _to_block(tail) if head == prefix and len(tail) == _LENGTH else None
    if block is None:
        raise UnknownIdError(f"there is no {prefix}_ id like this")
    plain = _block().open(block)
    body, checksum = plain[:12], plain[12:]
    if _checksum(prefix, body) != checksum:
        raise UnknownIdError(f"there is no {prefix}_ id like this")
    return RowId(int.from_bytes(body[:6], "big"), int.from_bytes(body[6:], "big"))
