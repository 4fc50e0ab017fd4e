"""Tie cancel lines to the purchases they take back. Pure.

A cancel line names no sale. It is tied to earlier purchases of the same customer, item
and price, newest first; it may split over several, and is tied whole or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

Key = tuple[str, str, int]


@dataclass(slots=True)
class Purchase:
    """A line that was bought, and how many of it no cancel line has taken yet."""

    order_no: str
    line_no: int
    at: datetime
    left: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """A line that takes goods back."""

    line: int
    order_no: str
    key: Key
    at: datetime
    quantity: int


@dataclass(frozen=True, slots=True)
class Tie:
    """How many of one purchase a cancel line takes back."""

    cancel: Cancel
    order_no: str
    line_no: int
    quantity: int


def tie(
    cancels: Sequence[Cancel], purchases: Iterable[tuple[Key, Purchase]]
) -> tuple[list[Tie], list[Cancel]]:
    """Return the ties, and the cancel lines that could not be tied."""
    bought: dict[Key, list[Purchase]] = defaultdict(list)
    for key, purchase in purchases:
        bought[key].append(purchase)
    for found in bought.values():
        found.sort(key=lambda p: (p.at, p.order_no, p.line_no), reverse=True)
    ties: list[Tie] = []
    untied: list[Cancel] = []
    for cancel in sorted(cancels, key=lambda c: (c.at, c.line)):
        taken = _take(cancel, bought.get(cancel.key, []))
        if taken:
            ties += taken
        else:
            untied.append(cancel)
    return ties, untied


def _take(cancel: Cancel, bought: Sequence[Purchase]) -> list[Tie]:
    """Take what a cancel line asks for, newest first; nothing if there is not enough."""
    earlier = [p for p in bought if p.left and p.at < cancel.at]
    if sum(p.left for p in earlier) < cancel.quantity:
        return []
    wanted, taken = cancel.quantity, []
    for purchase in earlier:
        part = min(wanted, purchase.left)
        purchase.left -= part
        wanted -= part
        taken.append(Tie(cancel, purchase.order_no, purchase.line_no, part))
        if wanted == 0:
            break
    return taken
