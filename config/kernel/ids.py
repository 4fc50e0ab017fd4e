"""Opaque ids: `ent_…` carries (member, row) with a checksum.

One AES block holds 48 bits of member id, 48 bits of row id and 32 bits of checksum, so an
id is 26 characters, cannot be guessed or counted, and tells where its row lives, so that
a look-up asks one shard. See docs/adr on opaque ids for why no library fits.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
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


def _checksum(told: bytes) -> bytes:
    return hashlib.blake2s(told, digest_size=4).digest()


# Base 32 of many blocks at once: the standard library's is written in Python and takes longer
# than the encryption. Each five bytes of a block get eight, and three times over the upper
# half of the bits in a place is moved up, until every character's five bits are a byte.
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_LETTERS = bytes(ord(_ALPHABET[code & 31]) for code in range(256))
_UPPER_HALVES = (
    (bytes.fromhex("000000fffff00000"), (1 << 12) - 1),
    (bytes.fromhex("000ffc00"), (1 << 6) - 1),
    (bytes.fromhex("03e0"), (1 << 3) - 1),
)
_BLOCK, _LENGTH, _ROOM = 16, 26, 32


def _to_texts(blocks: bytes) -> list[str]:
    size = len(blocks) // _BLOCK * _ROOM
    spread = bytearray(size)
    for place in range(_BLOCK):
        spread[place // 5 * 8 + 3 + place % 5 :: _ROOM] = blocks[place::_BLOCK]
    number = int.from_bytes(spread, "big")
    for pattern, move in _UPPER_HALVES:
        upper = int.from_bytes(pattern * (size // len(pattern)), "big")
        number += (number & upper) * move
    text = number.to_bytes(size, "big").translate(_LETTERS).decode()
    return [text[start : start + _LENGTH] for start in range(0, size, _ROOM)]


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
    return encode_many(prefix, [(member_id, row_id)])[0]


def encode_many(prefix: str, rows: Iterable[tuple[int, int]]) -> list[str]:
    """Return the public ids of (member, row) pairs, all encrypted in one call."""
    kind = prefix.encode()
    plain = [member.to_bytes(6, "big") + row.to_bytes(6, "big") for member, row in rows]
    sealed = _block().seal(b"".join([body + _checksum(kind + body) for body in plain]))
    return [f"{prefix}_{text}" for text in _to_texts(sealed)]


def decode(prefix: str, public_id: str) -> RowId:
    """Return what a public id names.

    Raises:
        UnknownIdError: it is not an id of this kind, or was tampered with.
    """
    found = decode_many(prefix, [public_id]).get(public_id)
    if found is None:
        raise UnknownIdError(f"there is no {prefix}_ id like this")
    return RowId(*found)


def decode_many(prefix: str, public_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return the (member, row) of each id that is one of this kind; others are left out."""
    head, kind, length = f"{prefix}_", prefix.encode(), len(prefix) + 1 + _LENGTH
    blocks = {
        text: block
        for text in public_ids
        if len(text) == length and text.startswith(head) and (block := _to_block(text[-_LENGTH:]))
    }
    plain = _block().open(b"".join(blocks.values()))
    found = {}
    for place, text in enumerate(blocks):
        body = plain[place * _BLOCK : place * _BLOCK + 12]
        if _checksum(kind + body) == plain[place * _BLOCK + 12 : place * _BLOCK + _BLOCK]:
            number = int.from_bytes(body, "big")
            found[text] = (number >> 48, number & (1 << 48) - 1)
    return found
