"""Which tiers an item can be kept for: told by the app above that knows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """A tier by its code and names, the lowest first."""

    code: str
    name_zh: str
    name_en: str


Reader = Callable[[int], Sequence[Audience]]
_readers: list[Reader] = []


def register_tiers(reader: Reader) -> None:
    """Offer the tiers of a programme to the editor of items."""
    _readers[:] = [reader]


def list_tiers(*, programme_id: int) -> list[Audience]:
    """Return the tiers an item of this programme can be kept for."""
    return [audience for reader in _readers for audience in reader(programme_id)]
