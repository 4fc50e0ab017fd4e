"""Settle a list of order documents in a handful of statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.kernel.errors import DomainError
from loyalty.settlement.types import Document, Settled
from members.programmes import types as programme_types


def settle(
    *,
    documents: Sequence[Document],
    storefront: programme_types.Storefront,
    now: datetime,
    announce: bool = True,
) -> list[Settled | DomainError]:
    """Settle orders and events of one storefront, in the order given; answer one by one.

    A refused document moves nothing and stops nothing: its place in the answer holds the
    error. Documents are idempotent by their natural keys. With `announce` off, one event
    tells of the whole list instead of one an order.
    """
    raise NotImplementedError
