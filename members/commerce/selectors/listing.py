"""Find one order, list a member's: whole and folded, as the API and pages show them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from config.kernel import statements
from members.commerce.errors import UnknownOrderError
from members.commerce.folding import fold_into
from members.commerce.selectors.loading import load_orders
from members.commerce.types import Order

_FIND = """
SELECT member_id, order_id FROM commerce_ordernumber
WHERE storefront_id = ANY(%s) AND external_no = %s
ORDER BY storefront_id <> %s LIMIT 1
"""
_PAGE = """
SELECT member_id, id, placed_at FROM commerce_order
WHERE member_id = ANY(%s) AND (%s::bigint IS NULL OR brand_id = %s)
    AND (%s::timestamptz IS NULL OR (placed_at, id) < (%s, %s))
ORDER BY placed_at DESC, id DESC LIMIT %s
"""

_LATEST = """
SELECT member_id, id FROM commerce_order WHERE programme_id = %s AND decided
ORDER BY placed_at DESC, id DESC LIMIT %s
"""
_FIRST = """
SELECT member_id, min(id) FROM commerce_order
WHERE member_id = ANY(%s) AND programme_id = %s AND decided GROUP BY 1
"""
_NUMBERS = """
SELECT o.id, o.external_no FROM unnest(%s::bigint[], %s::bigint[]) AS k (member_id, order_id)
JOIN commerce_order o ON o.member_id = k.member_id AND o.id = k.order_id
"""

_BRANDS = """
SELECT o.id, o.brand_id FROM unnest(%s::bigint[], %s::bigint[]) AS k (member_id, order_id)
JOIN commerce_order o ON o.member_id = k.member_id AND o.id = k.order_id
"""

_HOLDS = """
SELECT 1 FROM commerce_order WHERE member_id = %s AND reservation_id = %s AND held LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """Newest first; `before` starts the next page, None at the end."""

    orders: tuple[Order, ...]
    before: tuple[datetime, int] | None


def find_order(
    *, external_no: str, storefront_id: int, sisters: Collection[int] = ()
) -> Order | None:
    """Return the order of this number, of this storefront rather than of its sisters."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [[storefront_id, *sisters], external_no, storefront_id])
        row = cursor.fetchone()
    if row is None:
        return None
    orders = load_orders(keys=[(row[0], row[1])])
    if row[1] not in orders:
        return None
    fold_into(orders[row[1]])
    return orders[row[1]]


def get_order(*, external_no: str, storefront_id: int, sisters: Collection[int] = ()) -> Order:
    """Return the order of this number.

    Raises:
        UnknownOrderError: neither the storefront nor its sisters have it.
    """
    order = find_order(external_no=external_no, storefront_id=storefront_id, sisters=sisters)
    if order is None:
        raise UnknownOrderError
    return order


def list_orders(
    *,
    member_ids: Collection[int],
    brand_id: int | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> OrderPage:
    """Return a page of the orders of a member (all ids it ever had), newest first."""
    at, last = before or (None, None)
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, [list(member_ids), brand_id, brand_id, at, at, last, limit + 1])
        rows = cursor.fetchall()
    orders = load_orders(keys=[(member, order) for member, order, _ in rows[:limit]])
    for order in orders.values():
        fold_into(order)
    following = (rows[limit - 1][2], rows[limit - 1][1]) if len(rows) > limit else None
    return OrderPage(orders=tuple(orders[order] for _, order, _ in rows[:limit]), before=following)


def list_latest_orders(*, programme_id: int, limit: int) -> list[Order]:
    """Return the programme's latest orders that earned, in the order they were placed."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [programme_id, limit])
        keys = cursor.fetchall()
    orders = load_orders(keys=keys)
    return [orders[order] for _, order in reversed(keys) if order in orders]


def first_orders(*, member_ids: Collection[int], programme_id: int) -> dict[int, int]:
    """Return the first order of each member that ever earned, by its own id."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [list(member_ids), programme_id])
        return dict(cursor.fetchall())


def find_order_by_id(*, member_id: int, order_id: int) -> Order | None:
    """Return a member's order by its own id."""
    order = load_orders(keys=[(member_id, order_id)]).get(order_id)
    if order is not None:
        fold_into(order)
    return order


def list_order_numbers(*, keys: Collection[tuple[int, int]]) -> dict[int, str]:
    """Return the storefronts' numbers of orders named by (member, order), by order id."""
    if not keys:
        return {}
    columns = [statements.bigints(part) for part in zip(*keys, strict=True)]
    return dict(statements.ask(_NUMBERS, columns))


def list_order_brands(*, keys: Collection[tuple[int, int]]) -> dict[int, int]:
    """Return the brands of orders named by (member, order), by order id."""
    if not keys:
        return {}
    columns = [statements.bigints(part) for part in zip(*keys, strict=True)]
    return dict(statements.ask(_BRANDS, columns))


def is_reservation_taken(*, member_id: int, reservation_id: int) -> bool:
    """Tell whether an order waits for its payment with this reservation."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDS, [member_id, reservation_id])
        return cursor.fetchone() is not None
