"""From rows to the plain values that other apps and pages see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from points.mall import models
from points.mall.types import (
    Address,
    Delivery,
    Item,
    ItemKind,
    ItemStatus,
    Order,
    OrderStatus,
    Payment,
    PaymentState,
    Period,
    Picture,
)


def as_picture(row: models.Picture) -> Picture:
    return Picture(id=row.pk, name=row.name, width=row.width, height=row.height)


def as_item(row: models.Item, *, currency: str, pictures: Iterable[models.Picture] = ()) -> Item:
    return Item(
        id=row.pk,
        programme_id=row.programme_id,
        code=row.code,
        kind=ItemKind(row.kind),
        status=ItemStatus(row.status),
        name_zh=row.name_zh,
        name_en=row.name_en,
        description_zh=row.description_zh,
        description_en=row.description_en,
        points=row.points,
        cash=row.cash,
        currency=currency,
        price_version=row.price_version,
        left=row.left,
        limit_count=row.limit_count,
        limit_per=Period(row.limit_per),
        tiers=tuple(row.tiers),
        on_sale_from=row.on_sale_from,
        on_sale_until=row.on_sale_until,
        ships=row.ships,
        collects=row.collects,
        issuer=row.issuer,
        template=row.template,
        tickets=row.tickets,
        sort=row.sort,
        pictures=tuple(as_picture(picture) for picture in pictures),
    )


def as_payment(row: models.Payment) -> Payment:
    return Payment(
        method=row.method,
        reference=row.reference,
        amount=row.amount,
        currency=row.currency,
        state=PaymentState(row.state),
        paid_at=row.paid_at,
    )


def as_order(
    row: models.Order,
    *,
    pictures: Mapping[int, Picture] | None = None,
    payment: models.Payment | None = None,
) -> Order:
    return Order(
        id=row.pk,
        member_id=row.member_id,
        programme_id=row.programme_id,
        brand_id=row.brand_id,
        number=row.number,
        item_id=row.item_id,
        item_code=row.item_code,
        kind=ItemKind(row.kind),
        name_zh=row.name_zh,
        name_en=row.name_en,
        quantity=row.quantity,
        points=row.points,
        cash=row.cash,
        currency=row.currency,
        price_version=row.price_version,
        status=OrderStatus(row.status),
        delivery=Delivery(row.delivery),
        why=row.why,
        address=Address.from_json(row.address) if row.address else None,
        store_id=row.store_id,
        carrier=row.carrier,
        tracking=row.tracking or "",
        collect_code=row.collect_code or "",
        placed_at=row.placed_at,
        pay_by=row.pay_by,
        paid_at=row.paid_at,
        shipped_at=row.shipped_at,
        collect_by=row.collect_by,
        collected_at=row.collected_at,
        delivered_at=row.delivered_at,
        closed_at=row.closed_at,
        revealed_at=row.revealed_at,
        picture=(pictures or {}).get(row.item_id),
        payment=as_payment(payment) if payment else None,
    )
