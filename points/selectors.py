"""Reads of the ledger: plain values, with what is due by then shown as done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from points.types import POINTS, Balance, EntryPage, Posted, Reservation


def get_balances(
    *, member_ids: Sequence[int], programme_id: int, currency: str = POINTS, at: datetime
) -> dict[int, Balance]:
    """Return the figures of several members as of `at` (its expiring list left empty)."""
    raise NotImplementedError


def get_balance(
    *,
    member_id: int,
    programme_id: int,
    currency: str = POINTS,
    at: datetime,
    now: datetime,
) -> Balance:
    """Return the figures of one member as of `at`, by what had occurred then, with what expires."""
    raise NotImplementedError


def list_entries(
    *,
    member_ids: Sequence[int],
    programme_id: int,
    currency: str = POINTS,
    before: int | None = None,
    limit: int = 50,
) -> EntryPage:
    """Return the newest entries first, those older than entry `before`."""
    raise NotImplementedError


def get_entry(*, member_id: int, entry_id: int, programme_id: int) -> Posted:
    """Return one entry.

    Raises:
        EntryNotFoundError: the member has no such entry in this programme.
    """
    raise NotImplementedError


def get_reservation(
    *,
    member_id: int,
    reservation_id: int,
    programme_id: int,
    brand_id: int | None = None,
    at: datetime,
) -> Reservation:
    """Return one reservation.

    Raises:
        ReservationNotFoundError: there is none, or it is another brand's.
    """
    raise NotImplementedError
