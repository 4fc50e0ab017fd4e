"""Reads of orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.kernel import crypto
from points.mall import models, reading
from points.mall.errors import OrderNotFoundError
from points.mall.selectors.items import first_pictures
from points.mall.types import Address, Order, OrderPage, OrderStatus

COLLECT_CODES = "mall-collect"


def get_order(*, member_id: int, order_id: int, programme_id: int | None = None) -> Order:
    """Return an order.

    Raises:
        OrderNotFoundError: there is none with this id in this programme.
    """
    rows = models.Order.objects.filter(member_id=member_id, id=order_id)
    if programme_id is not None:
        rows = rows.filter(programme_id=programme_id)
    found = as_orders(list(rows))
    if not found:
        raise OrderNotFoundError
    return found[0]


def list_orders(
    *,
    member_ids: Sequence[int],
    programme_id: int,
    brand_id: int | None = None,
    before: int | None = None,
    limit: int = 20,
) -> OrderPage:
    """Return a member's orders, newest first."""
    rows = models.Order.objects.filter(member_id__in=list(member_ids), programme_id=programme_id)
    if brand_id is not None:
        rows = rows.filter(brand_id=brand_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[: limit + 1])
    more = len(found) > limit
    return OrderPage(
        orders=tuple(as_orders(found[:limit])), before=found[limit - 1].pk if more else None
    )


def find_latest_address(*, member_ids: Sequence[int]) -> Address | None:
    """Return where the member's latest parcel went, so that it need not be typed again."""
    rows = models.Order.objects.filter(member_id__in=list(member_ids), address__isnull=False)
    row = rows.order_by("-id").first()
    return Address.from_json(row.address) if row else None


def list_to_ship(*, programme_id: int, limit: int = 5000) -> list[Order]:
    """Return the orders that wait to be sent, the oldest first."""
    rows = models.Order.objects.filter(programme_id=programme_id, status=OrderStatus.TO_SHIP)
    return as_orders(list(rows.order_by("id")[:limit]))


def find_by_collect_code(*, code: str, programme_id: int) -> Order | None:
    """Return the order that a collection code belongs to, collected or not."""
    blind = crypto.blind(COLLECT_CODES, clean_code(code))
    row = models.Order.objects.filter(collect_blind=blind, programme_id=programme_id).first()
    return as_orders([row])[0] if row else None


def clean_code(code: str) -> str:
    """Return a collection code as it was made, however it was typed."""
    return "".join(ch for ch in code.upper() if ch.isalnum())


def list_codes(*, member_id: int, order_id: int) -> list[str]:
    """Return the codes an order was given, in clear: for its member's eyes alone."""
    rows = models.Code.objects.filter(member_id=member_id, order_id=order_id).order_by("id")
    return [str(row.code) for row in rows]


def list_order_names(*, keys: Sequence[tuple[int, int]]) -> dict[int, tuple[str, str, str]]:
    """Return number, Chinese and English name of orders given as (member, order), by order."""
    rows = models.Order.objects.filter(
        member_id__in={member for member, _order in keys}, id__in=[order for _m, order in keys]
    )
    wanted = set(keys)
    told = rows.values_list("member_id", "id", "number", "name_zh", "name_en")
    return {
        order: (number, zh, en)
        for member, order, number, zh, en in told
        if (member, order) in wanted
    }


def list_unpaid(*, at: datetime, limit: int) -> list[tuple[int, int]]:
    """Return (member, order) of orders whose time to pay is over."""
    rows = models.Order.objects.filter(status=OrderStatus.AWAITING_PAYMENT, pay_by__lte=at)
    return list(rows.order_by("pay_by", "id").values_list("member_id", "id")[:limit])


def list_unclaimed(*, at: datetime, limit: int) -> list[tuple[int, int]]:
    """Return (member, order) of orders that nobody came to collect."""
    rows = models.Order.objects.filter(status=OrderStatus.TO_COLLECT, collect_by__lte=at)
    return list(rows.order_by("collect_by", "id").values_list("member_id", "id")[:limit])


def as_orders(rows: Sequence[models.Order]) -> list[Order]:
    """Return rows as values, with pictures and payments read once for all."""
    if not rows:
        return []
    pictures = first_pictures(row.item_id for row in rows)
    paid = [row for row in rows if row.cash and row.paid_at]
    payments = (
        {
            payment.order_id: payment
            for payment in models.Payment.objects.filter(
                member_id__in={row.member_id for row in paid}, order_id__in=[row.pk for row in paid]
            )
        }
        if paid
        else {}
    )
    return [reading.as_order(row, pictures=pictures, payment=payments.get(row.pk)) for row in rows]
