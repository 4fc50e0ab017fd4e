"""Stock comes in and goes out: by hand with a reason, by orders under `WHERE left >= n`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from members.programmes import selectors as programmes_selectors
from points.mall import models
from points.mall.errors import StockInvalidError, UnknownStoreError
from points.mall.services.catalogue import lock_item
from points.mall.types import Delivery

MOST = 10**9


@transaction.atomic
def move_stock(
    *,
    item_id: int,
    change: int,
    store_id: int | None = None,
    actor: str,
    reason: str,
    now: datetime,
) -> int:
    """Put stock in (above zero) or take it out; return what is left.

    Raises:
        ItemNotFoundError: there is no such item.
        UnknownStoreError: the item is not collected there.
        StockInvalidError: the item counts no stock, codes are its stock, or there is less.
    """
    item = lock_item(item_id)
    if item.left is None:
        raise StockInvalidError(_("This item does not run out: it has no stock."))
    if models.Code.objects.filter(item=item).exists() or item.kind == "virtual":
        raise StockInvalidError(_("Its stock are its codes: upload codes instead."))
    if not change or abs(change) > MOST:
        raise StockInvalidError(_("Zero moves nothing."))
    shelf = None if store_id is None else _shelf(item, store_id)
    left = (item.left if shelf is None else shelf.left) + change
    if left < 0:
        raise StockInvalidError(_("There is less in stock."))
    # Both rows are locked: what was read is what is there.
    if shelf is None:
        models.Item.objects.filter(pk=item.pk).update(left=left)
    else:
        models.StoreStock.objects.filter(pk=shelf.pk).update(left=left)
    record_move(item, change, store_id=store_id, actor=actor, reason=reason, now=now)
    return left


def _shelf(item: models.Item, store_id: int) -> models.StoreStock:
    known = {store.id for store in programmes_selectors.list_stores(item.programme_id)}
    if not item.collects or store_id not in known:
        raise UnknownStoreError
    row, _made = models.StoreStock.objects.select_for_update().get_or_create(
        item=item, store_id=store_id
    )
    return row


def record_move(
    item: models.Item,
    change: int,
    *,
    store_id: int | None = None,
    actor: str,
    reason: str,
    now: datetime,
) -> None:
    """Write down what came in or went out, for the item's history."""
    models.StockMove.objects.create(
        item=item, store_id=store_id, change=change, actor=actor, reason=reason, made_at=now
    )


def take(
    *, item_id: int, price_version: int, counted: bool, store_id: int | None, quantity: int
) -> bool:
    """Take pieces for an order, if they are there; what is counted is this transaction's now.

    The item must still be published at this price.
    """
    item = models.Item.objects.filter(pk=item_id, status="published", price_version=price_version)
    if not counted:
        return item.exists()
    if store_id is None:
        return bool(item.filter(left__gte=quantity).update(left=F("left") - quantity))
    if not item.select_for_update(no_key=True).exists():
        return False
    shelf = models.StoreStock.objects.filter(item_id=item_id, store_id=store_id, left__gte=quantity)
    return bool(shelf.update(left=F("left") - quantity))


def put_back(order: models.Order) -> None:
    """Give an order's pieces back to where they were taken, once."""
    if not order.counted or order.restocked:
        return
    if order.delivery == Delivery.COLLECT and order.store_id is not None:
        rows: int = models.StoreStock.objects.filter(
            item_id=order.item_id, store_id=order.store_id
        ).update(left=F("left") + order.quantity)
    else:
        rows = models.Item.objects.filter(pk=order.item_id, left__isnull=False).update(
            left=F("left") + order.quantity
        )
    if rows:
        order.restocked = True
        models.Order.objects.filter(member_id=order.member_id, id=order.pk).update(restocked=True)
