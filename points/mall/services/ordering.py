"""Order an item: stock, limit, price and order in one transaction, all or nothing.

Locks are taken in one order everywhere: order, buyer, accounts, item, store. The item, which
everybody wants, is locked last and for the shortest time.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from members import selectors as members_selectors
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Programme, Storefront
from members.types import Status
from points import services as points_services
from points.mall import calendar, models
from points.mall.errors import (
    AddressInvalidError,
    DeliveryInvalidError,
    ItemNotFoundError,
    KeyReusedError,
    MemberClosedError,
    MemberLimitError,
    NotOnSaleError,
    PriceChangedError,
    SoldOutError,
    TierRequiredError,
    UnknownItemError,
    UnknownStoreError,
)
from points.mall.events import MallOrdered
from points.mall.selectors import items as items_selectors
from points.mall.services import announcing, delivering, locking, stocking
from points.mall.types import (
    Address,
    Bar,
    Delivery,
    Hindrance,
    Item,
    ItemStatus,
    OrderStatus,
    Placed,
)
from points.types import Hold, Spend

MOST_AT_ONCE = 99
_NEXT_ID = "SELECT nextval(pg_get_serial_sequence('mall_order', 'id'))"


@transaction.atomic
def place_order(
    *,
    member_id: int,
    storefront: Storefront,
    item_id: int,
    quantity: int = 1,
    delivery: Delivery | None = None,
    address: Address | None = None,
    store_id: int | None = None,
    price_version: int | None = None,
    idempotency_key: str,
    actor: str,
    now: datetime,
) -> Placed:
    """Order an item for points. With a cash part, points and stock are held until it is paid.

    `price_version`, where given, is the price that the member agreed to. The same key again
    answers with the order it made.

    Raises:
        UnknownItemError, UnknownStoreError: it is not there, or not collected there.
        NotOnSaleError, SoldOutError, TierRequiredError, MemberLimitError: not now, not for them.
        PriceChangedError: the price is another one meanwhile.
        DeliveryInvalidError, AddressInvalidError: it cannot reach the member like this.
        MemberClosedError: the membership is not active.
        KeyReusedError: the key named another order.
        InsufficientPointsError: the member has fewer points.
    """
    wish = _fingerprint(item_id, quantity, delivery, address, store_id)
    if placed := _replay(member_id, idempotency_key, wish):
        return placed
    item = _find(item_id, storefront)
    programme = programmes_selectors.get_programme(item.programme_id)
    way = _way(item, delivery, quantity, address, store_id)
    _require_for_sale(item, member_id=member_id, price_version=price_version, at=now)
    if way is not Delivery.COLLECT and item.left is not None and item.left < quantity:
        # Whoever comes too late need not wait in line to hear it.
        raise SoldOutError(Hindrance(bar=Bar.SOLD_OUT))
    order = _draft(
        item, way, member_id=member_id, storefront=storefront, quantity=quantity, now=now
    )
    order.idem_key, order.fingerprint = idempotency_key, wish
    order.address = address.as_json() if way is Delivery.SHIP and address else None
    order.store_id = store_id if way is Delivery.COLLECT else None
    try:
        with transaction.atomic():
            models.Order.objects.bulk_create([order])
    except IntegrityError:
        if placed := _replay(member_id, idempotency_key, wish):
            return placed
        raise
    _count_against_limit(item, order, programme=programme, now=now)
    _take_points(order, actor=actor, now=now)
    if not order.cash:
        locking.save(order, now=now, **delivering.fulfil(order, item=item, now=now))
    announcing.publish(MallOrdered, order, now=now)
    _take_stock(item, order)
    if not order.cash:
        delivering.hand_out(order)
    return Placed(order=locking.shown(order), created=True)


def _fingerprint(*wish: object) -> bytes:
    told = json.dumps(wish, default=lambda part: part.as_json(), ensure_ascii=False)
    return hashlib.blake2b(told.encode(), digest_size=16).digest()


def _replay(member_id: int, key: str, wish: bytes) -> Placed | None:
    found = models.Order.objects.filter(member_id=member_id, idem_key=key).first()
    if found is None:
        return None
    if bytes(found.fingerprint) != wish:
        raise KeyReusedError
    return Placed(order=locking.shown(found), created=False)


def _find(item_id: int, storefront: Storefront) -> Item:
    try:
        item = items_selectors.get_item(item_id=item_id)
    except ItemNotFoundError:
        raise UnknownItemError from None
    if item.programme_id != storefront.programme_id or item.status is ItemStatus.DRAFT:
        raise UnknownItemError
    return item


def _way(
    item: Item,
    delivery: Delivery | None,
    quantity: int,
    address: Address | None,
    store_id: int | None,
) -> Delivery:
    """Return how the order is delivered, when all that this takes was given."""
    way = delivery or item.deliveries[0]
    if way not in item.deliveries or not 1 <= quantity <= MOST_AT_ONCE:
        raise DeliveryInvalidError
    if way is Delivery.SHIP and not (
        address and address.recipient.strip() and address.phone.strip() and address.street.strip()
    ):
        raise AddressInvalidError
    if way is Delivery.COLLECT:
        stores = items_selectors.list_store_stock(item_ids=[item.id]).get(item.id, ())
        if store_id not in {store.store_id for store in stores}:
            raise UnknownStoreError
    return way


def _require_for_sale(
    item: Item, *, member_id: int, price_version: int | None, at: datetime
) -> None:
    """Check what does not change under our feet; the rest is checked as it is taken."""
    for hindrance in items_selectors.hindrances_of_sale(item, at=at):
        raise NotOnSaleError(hindrance)
    if price_version is not None and price_version != item.price_version:
        raise PriceChangedError
    if members_selectors.get_member(member_id=member_id).status is not Status.ACTIVE:
        raise MemberClosedError
    if item.tiers and not items_selectors.tiers_of(member_id=member_id, at=at) & set(item.tiers):
        raise TierRequiredError(Hindrance(bar=Bar.TIER, tiers=item.tiers))


def _draft(
    item: Item,
    way: Delivery,
    *,
    member_id: int,
    storefront: Storefront,
    quantity: int,
    now: datetime,
) -> models.Order:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_ID)
        order_id = int(cursor.fetchone()[0])
    programme = programmes_selectors.get_programme(item.programme_id)
    awaiting = None
    if item.cash:
        minutes = items_selectors.get_terms(programme_id=programme.id).pay_minutes
        awaiting = now + timedelta(minutes=minutes)
    return models.Order(
        id=order_id,
        member_id=member_id,
        programme_id=programme.id,
        brand_id=storefront.brand_id,
        storefront_id=storefront.id,
        number=f"M{programme.local_day(now):%y%m%d}{order_id % 1_000_000:06d}",
        item_id=item.id,
        item_code=item.code,
        kind=item.kind,
        name_zh=item.name_zh,
        name_en=item.name_en,
        quantity=quantity,
        points=item.points * quantity,
        cash=item.cash * quantity,
        currency=item.currency,
        price_version=item.price_version,
        # What is not fulfilled in this transaction waits for its cash part.
        status=OrderStatus.AWAITING_PAYMENT if item.cash else OrderStatus.DELIVERED,
        delivery=way,
        pay_by=awaiting,
        counted=item.left is not None,
        placed_at=now,
        changed_at=now,
    )


def _count_against_limit(
    item: Item, order: models.Order, *, programme: Programme, now: datetime
) -> None:
    """Let a member's orders of a limited item pass one by one, and count what they had.

    Counted from the orders themselves: what was cancelled gives way, and a changed limit
    holds at once.
    """
    if item.limit_count is None:
        return
    models.Buyer.objects.bulk_create(
        [models.Buyer(member_id=order.member_id, item_id=item.id)], ignore_conflicts=True
    )
    buyer = models.Buyer.objects.select_for_update()
    buyer.get(member_id=order.member_id, item_id=item.id)
    had = items_selectors.count_had(
        member_ids=members_selectors.ids_of(order.member_id),
        item_ids=[item.id],
        since=calendar.start_of(item.limit_per, at=now, zone=programme.zone),
        besides=order.pk,
    )
    if had.get(item.id, 0) + order.quantity > item.limit_count:
        raise MemberLimitError(items_selectors.limit_hindrance(item, at=now, programme=programme))


def _take_stock(item: Item, order: models.Order) -> None:
    store_id = order.store_id if order.delivery == Delivery.COLLECT else None
    if stocking.take(
        item_id=item.id,
        price_version=item.price_version,
        counted=order.counted,
        store_id=store_id,
        quantity=order.quantity,
    ):
        return
    fresh = items_selectors.get_item(item_id=item.id)
    if fresh.price_version != item.price_version:
        raise PriceChangedError
    if fresh.status is not ItemStatus.PUBLISHED:
        raise NotOnSaleError(Hindrance(bar=Bar.ENDED))
    raise SoldOutError(Hindrance(bar=Bar.SOLD_OUT))


def _take_points(order: models.Order, *, actor: str, now: datetime) -> None:
    """Spend the price, or hold it while the cash part is awaited."""
    source = announcing.source(order)
    if order.pay_by is None:
        points_services.post(
            command=Spend(
                member_id=order.member_id,
                programme_id=order.programme_id,
                key=f"{source}:spend",
                source=source,
                occurred_at=now,
                actor=actor,
                points=order.points,
            ),
            now=now,
        )
        return
    outcome = points_services.post(
        command=Hold(
            member_id=order.member_id,
            programme_id=order.programme_id,
            key=f"{source}:hold",
            source=source,
            occurred_at=now,
            actor=actor,
            points=order.points,
            expires_at=order.pay_by,
            brand_id=order.brand_id,
        ),
        now=now,
    )
    locking.save(order, now=now, reservation_id=outcome.reservation_id)
