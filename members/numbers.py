"""Member numbers: 12 digits with a check digit, which do not tell how many members there are.

The number is the row's id under a keyed permutation of ten digits (a Feistel network,
walked until the result is small enough), led by a 6 and closed by a Damm digit, which
catches every single wrong digit and every swap of neighbors.
"""

from __future__ import annotations

import hashlib
from functools import cache

from django.conf import settings
from stdnum import damm

_SIZE = 10**10
_HALF = 17  # two halves of 17 bits: 2**34 is the least even power of two above _SIZE
_MASK = (1 << _HALF) - 1


@cache
def _key() -> bytes:
    return hashlib.sha256(b"member-numbers\0" + settings.BLIND_INDEX_KEY.encode()).digest()


def _round(number: int, half: int) -> int:
    message = bytes((number,)) + half.to_bytes(3, "big")
    return int.from_bytes(hashlib.blake2s(message, key=_key(), digest_size=3).digest(), "big")


def _permute(value: int) -> int:
    left, right = value >> _HALF, value & _MASK
    for number in range(4):
        left, right = right, left ^ (_round(number, right) & _MASK)
    return (left << _HALF) | right


def member_no(member_id: int) -> str:
    """Return the card number of a member."""
    body = _permute(member_id % _SIZE)
    while body >= _SIZE:
        body = _permute(body)
    digits = f"6{body:010d}"
    return digits + str(damm.calc_check_digit(digits))


def is_member_no(text: str) -> bool:
    """Tell whether the check digit is right; spaces and hyphens do not matter."""
    digits = clean(text)
    return len(digits) == 12 and digits[0] == "6" and bool(damm.is_valid(digits))


def clean(text: str) -> str:
    """Return the digits alone."""
    return "".join(c for c in text if c.isascii() and c.isdigit())
