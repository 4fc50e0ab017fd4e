"""By what name the ledger knows an order. Pure."""

from __future__ import annotations

from functools import lru_cache

from config.kernel import ids
from members.commerce.types import Order


@lru_cache(maxsize=4096)
def public_id(member_id: int, order_id: int) -> str:
    """Return the `ord_…` id of an order."""
    return ids.encode("ord", member_id=member_id, row_id=order_id)


def source_of(order: Order, run: int) -> str:
    """Return the source of an order's earning; a revived order earns again as #2."""
    source = f"order:{public_id(order.member_id, order.id)}"
    return source if run <= 1 else f"{source}#{run}"
