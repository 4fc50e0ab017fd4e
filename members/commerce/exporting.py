"""The export of orders, offered beside that of members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.kernel import ids
from members import services as members_services
from members.commerce.models import Order

_PART = 1000
_HEADER = (
    *("order", "id", "member", "storefront", "status", "currency", "goods", "discount"),
    *("coupons", "points_paid", "shipping", "refunded", "points", "placed_at"),
)


def _orders(told: Mapping[str, Any]) -> Any:
    rows = Order.objects.all()
    for name, lookup in (
        ("programme", "programme_id"),
        ("since", "placed_at__gte"),
        ("until", "placed_at__lt"),
    ):
        if told.get(name) is not None:
            rows = rows.filter(**{lookup: told[name]})
    if "stores" in told:
        rows = rows.filter(member_id__in=members_services.members_of_stores(told["stores"]))
    return rows.order_by("pk")


def _count(told: Mapping[str, Any], most: int) -> int:
    return int(_orders(told).values("pk")[:most].count())


def _read(told: Mapping[str, Any], clear: bool) -> Iterator[tuple[int, Sequence[object]]]:
    after = 0
    while part := list(_orders(told).filter(pk__gt=after)[:_PART]):
        after = part[-1].pk
        numbers = members_services.number_members(member_ids=[order.member_id for order in part])
        for order in part:
            yield (
                order.member_id,
                (
                    order.external_no,
                    ids.encode("ord", member_id=order.member_id, row_id=order.pk),
                    numbers.get(order.member_id, ""),
                    order.storefront_id,
                    order.status,
                    order.currency,
                    order.goods,
                    order.discount,
                    order.coupons,
                    order.points_paid,
                    order.shipping,
                    order.refunded,
                    order.points,
                    order.placed_at.isoformat(),
                ),
            )


def offer() -> None:
    """Offer the export of orders."""
    members_services.offer_export(
        kind=members_services.ExportKind(
            code="orders",
            title=_("Orders"),
            permission="commerce.view_order",
            header=_HEADER,
            count=_count,
            read=_read,
        )
    )
