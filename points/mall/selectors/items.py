"""Reads of the catalogue, and what stands between a member and an item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F, Q, QuerySet, Sum

from config.kernel import ids
from config.kernel.errors import NotFoundError
from members import selectors as members_selectors
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Programme
from points import selectors as points_selectors
from points.mall import calendar, models, reading
from points.mall.errors import ItemNotFoundError
from points.mall.types import (
    Bar,
    Delivery,
    Hindrance,
    Item,
    ItemKind,
    ItemStatus,
    Offer,
    OrderStatus,
    Period,
    Picture,
    StoreStock,
    Terms,
)

TIER_LABEL = "tier"
# Orders that do not count against a member's limit.
UNDONE = (OrderStatus.CANCELLED, OrderStatus.REFUNDED)


def find_item_id(public_id: str) -> int | None:
    """Return the row an item's id names, if it is one."""
    try:
        place = ids.decode("itm", public_id)
    except NotFoundError:
        return None
    return place.row_id if place.member_id == 0 else None


def get_item(*, item_id: int) -> Item:
    """Return an item, whatever its status.

    Raises:
        ItemNotFoundError: there is none with this id.
    """
    found = _items(models.Item.objects.filter(pk=item_id))
    if not found:
        raise ItemNotFoundError
    return found[0]


def find_item_by_code(*, programme_id: int, code: str) -> Item | None:
    """Return the item that the programme calls by this code."""
    found = _items(models.Item.objects.filter(programme_id=programme_id, code=code))
    return found[0] if found else None


def list_items(
    *,
    programme_id: int,
    at: datetime,
    kind: ItemKind | None = None,
    after: tuple[int, int] | None = None,
    limit: int = 100,
) -> list[Item]:
    """Return what members see: published, not yet ended, by place; soon-to-start ones too."""
    rows = models.Item.objects.filter(
        Q(on_sale_until__isnull=True) | Q(on_sale_until__gt=at),
        programme_id=programme_id,
        status=ItemStatus.PUBLISHED,
    )
    if kind is not None:
        rows = rows.filter(kind=kind)
    if after is not None:
        rows = rows.filter(Q(sort__gt=after[0]) | Q(sort=after[0], id__gt=after[1]))
    return _items(rows.order_by("sort", "id")[:limit])


def _items(rows: QuerySet[models.Item]) -> list[Item]:
    found = list(rows)
    pictures = defaultdict(list)
    if found:
        kept = models.Picture.objects.filter(item_id__in=[row.pk for row in found])
        for picture in kept.order_by("place", "id"):
            pictures[picture.item_id].append(picture)
    return [
        reading.as_item(
            row,
            currency=programmes_selectors.get_programme(row.programme_id).currency,
            pictures=pictures[row.pk],
        )
        for row in found
    ]


def first_pictures(item_ids: Iterable[int]) -> dict[int, Picture]:
    """Return the first picture of items, by item."""
    rows = models.Picture.objects.filter(item_id__in=set(item_ids)).order_by("-place", "-id")
    return {row.item_id: reading.as_picture(row) for row in rows}


def list_store_stock(*, item_ids: Sequence[int]) -> dict[int, tuple[StoreStock, ...]]:
    """Return where items can be collected, with what lies there, by item."""
    rows = models.StoreStock.objects.filter(item_id__in=list(item_ids)).select_related("store")
    found: dict[int, tuple[StoreStock, ...]] = defaultdict(tuple)
    for row in rows.order_by("store__code"):
        found[row.item_id] += (
            StoreStock(
                store_id=row.store_id, code=row.store.code, name=row.store.name, left=row.left
            ),
        )
    return found


def get_terms(*, programme_id: int) -> Terms:
    """Return the programme's times, or the usual ones."""
    row = models.Terms.objects.filter(pk=programme_id).first()
    if row is None:
        return Terms()
    return Terms(
        pay_minutes=row.pay_minutes, collect_days=row.collect_days, undo_minutes=row.undo_minutes
    )


def list_offers(*, items: Sequence[Item], member_id: int, at: datetime) -> list[Offer]:
    """Return items as one member sees them, in a handful of statements for all of them."""
    if not items:
        return []
    programme = programmes_selectors.get_programme(items[0].programme_id)
    balance = points_selectors.get_balances(
        member_ids=[member_id], programme_id=programme.id, at=at
    )[member_id]
    tiers = tiers_of(member_id=member_id, at=at)
    stores = list_store_stock(item_ids=[item.id for item in items if item.collects])
    limited = [item for item in items if item.limit_count is not None]
    had = _had(limited, member_id=member_id, programme=programme, at=at)
    return [
        offer(
            item,
            at=at,
            programme=programme,
            tiers=tiers,
            available=balance.available,
            had=had.get(item.id, 0),
            stores=stores.get(item.id, ()),
        )
        for item in items
    ]


def tiers_of(*, member_id: int, at: datetime) -> frozenset[str]:
    """Return the tiers a member is labelled with at an instant.

    A label may be older than its end: a tier that has run out opens nothing.
    """
    labels = members_selectors.list_labels_of(member_id=member_id, kinds=[TIER_LABEL])
    return frozenset(label.code for label in labels if label.until is None or label.until > at)


def offer(
    item: Item,
    *,
    at: datetime,
    programme: Programme,
    tiers: frozenset[str],
    available: int,
    had: int = 0,
    stores: tuple[StoreStock, ...] = (),
) -> Offer:
    """Judge an item for a member: pure, from what was read."""
    bars = [*hindrances_of_sale(item, at=at)]
    if not _in_stock(item, stores):
        bars.append(Hindrance(bar=Bar.SOLD_OUT))
    if item.tiers and not tiers & set(item.tiers):
        bars.append(Hindrance(bar=Bar.TIER, tiers=item.tiers))
    allowance = None
    if item.limit_count is not None:
        allowance = max(0, item.limit_count - had)
        if not allowance:
            bars.append(limit_hindrance(item, at=at, programme=programme))
    if available < item.points:
        bars.append(Hindrance(bar=Bar.POINTS, missing=item.points - available))
    return Offer(item=item, hindrances=tuple(bars), stores=stores, allowance=allowance)


def hindrances_of_sale(item: Item, *, at: datetime) -> list[Hindrance]:
    """Return what is against selling the item to anybody, apart from its stock."""
    if item.status is ItemStatus.ENDED or (item.on_sale_until and item.on_sale_until <= at):
        return [Hindrance(bar=Bar.ENDED, at=item.on_sale_until)]
    if item.status is not ItemStatus.PUBLISHED:
        return [Hindrance(bar=Bar.NOT_ON_SALE)]
    if item.on_sale_from and item.on_sale_from > at:
        return [Hindrance(bar=Bar.STARTS_LATER, at=item.on_sale_from)]
    return []


def limit_hindrance(item: Item, *, at: datetime, programme: Programme) -> Hindrance:
    """Return that the member has had enough, and when they may have more."""
    return Hindrance(
        bar=Bar.LIMIT,
        limit=item.limit_count or 0,
        per=item.limit_per,
        at=calendar.end_of(item.limit_per, at=at, zone=programme.zone),
    )


def _in_stock(item: Item, stores: tuple[StoreStock, ...]) -> bool:
    ships = item.deliveries != (Delivery.COLLECT,) and (item.left is None or item.left > 0)
    return ships or (item.collects and any(store.left > 0 for store in stores))


def _had(
    items: Sequence[Item], *, member_id: int, programme: Programme, at: datetime
) -> dict[int, int]:
    """Return how many of each item count against the member's limits: one read by period."""
    by_period: dict[Period, list[int]] = defaultdict(list)
    for item in items:
        by_period[item.limit_per].append(item.id)
    member_ids = members_selectors.ids_of(member_id) if items else []
    found: dict[int, int] = {}
    for period, item_ids in by_period.items():
        since = calendar.start_of(period, at=at, zone=programme.zone)
        found |= count_had(member_ids=member_ids, item_ids=item_ids, since=since)
    return found


def count_had(
    *,
    member_ids: Sequence[int],
    item_ids: Sequence[int],
    since: datetime | None,
    besides: int | None = None,
) -> dict[int, int]:
    """Return how many of each item members have ordered since an instant, undone ones left out."""
    rows = models.Order.objects.filter(
        member_id__in=list(member_ids), item_id__in=list(item_ids)
    ).exclude(status__in=UNDONE)
    if since is not None:
        rows = rows.filter(placed_at__gte=since)
    if besides is not None:
        rows = rows.exclude(id=besides)
    return dict(rows.values_list("item_id").annotate(n=Sum(F("quantity"))))
