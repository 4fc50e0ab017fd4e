"""Money is an integer in the minor unit with its currency; never a float."""

from __future__ import annotations

from dataclasses import dataclass

# ISO 4217 minor-unit digits for the currencies that do not have two.
_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "KWD": 3, "BHD": 3, "JOD": 3, "OMR": 3, "TND": 3}


def minor_digits(currency: str) -> int:
    """Return how many decimal digits the minor unit of `currency` has (CNY: 2)."""
    return _DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in minor units (fen for CNY, pence for GBP)."""

    amount: int
    currency: str


def share_out(total: int, weights: list[int]) -> list[int]:
    """Split `total` (>= 0) by `weights`: floor each share, remainder one by one from the first.

    Only parts with a weight take part in the remainder, so a free line gets nothing.
    The parts always add up to `total` when any weight is positive.
    """
    whole = sum(weights)
    if whole <= 0:
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    left = total - sum(shares)
    for index, weight in enumerate(weights):
        if left == 0:
            break
        if weight > 0:
            shares[index] += 1
            left -= 1
    return shares
