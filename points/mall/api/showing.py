"""Items and orders as the API shows them."""

from __future__ import annotations

from datetime import UTC, datetime

from django.urls import reverse

from config.kernel import api, ids
from members import selectors as members_selectors
from members.programmes import selectors as programmes_selectors
from points.mall.api import contracts
from points.mall.types import Address, Hindrance, Item, Offer, Order, Picture, StoreStock

PII = "members:pii"


def item(
    found: Item, *, stores: tuple[StoreStock, ...] = (), offer: Offer | None = None
) -> contracts.MallItemOut:
    """Return an item; with an offer, what it is to its member."""
    limit = None
    if found.limit_count is not None:
        limit = contracts.LimitOut(count=found.limit_count, per=found.limit_per)
    return contracts.MallItemOut(
        id=found.public_id,
        code=found.code,
        kind=found.kind,
        name_zh=found.name_zh,
        name_en=found.name_en,
        description_zh=found.description_zh,
        description_en=found.description_en,
        price=contracts.MallPriceOut(
            points=found.points,
            cash=api.Money(amount=found.cash, currency=found.currency),
            version=found.price_version,
        ),
        left=found.left,
        limit=limit,
        tiers=list(found.tiers),
        on_sale_from=_utc(found.on_sale_from),
        on_sale_until=_utc(found.on_sale_until),
        deliveries=list(found.deliveries),
        pictures=[_picture(one) for one in found.pictures],
        stores=[contracts.MallStoreOut(code=s.code, name=s.name, left=s.left) for s in stores],
        eligibility=None if offer is None else _eligibility(offer),
    )


def _picture(found: Picture) -> contracts.PictureOut:
    return contracts.PictureOut(
        small=reverse("mall:picture", args=[found.small]),
        large=reverse("mall:picture", args=[found.large]),
        width=found.width,
        height=found.height,
    )


def _eligibility(offer: Offer) -> contracts.EligibilityOut:
    return contracts.EligibilityOut(
        eligible=offer.open,
        allowance=offer.allowance,
        reasons=[_hindrance(one) for one in offer.hindrances],
    )


def _hindrance(found: Hindrance) -> contracts.HindranceOut:
    return contracts.HindranceOut(
        code=found.bar, missing=found.missing, at=_utc(found.at), tiers=list(found.tiers)
    )


def order(found: Order, call: api.Call) -> contracts.MallOrderOut:
    """Return an order as this caller may see it."""
    clear = PII in call.caller.scopes
    return contracts.MallOrderOut(
        id=None if call.dry_run else found.public_id,
        number=found.number,
        member=members_selectors.public_id(found.member_id),
        item=ids.encode("itm", member_id=0, row_id=found.item_id),
        item_code=found.item_code,
        kind=found.kind,
        name_zh=found.name_zh,
        name_en=found.name_en,
        quantity=found.quantity,
        points=found.points,
        cash=api.Money(amount=found.cash, currency=found.currency),
        price_version=found.price_version,
        status=found.status,
        delivery=found.delivery,
        why=found.why,
        address=_address(found.address, clear=clear) if found.address else None,
        store=_store_code(found),
        carrier=found.carrier,
        tracking=found.tracking if clear else _masked(found.tracking, keep=4),
        payment=_payment(found),
        placed_at=found.placed_at.astimezone(UTC),
        pay_by=_utc(found.pay_by),
        paid_at=_utc(found.paid_at),
        shipped_at=_utc(found.shipped_at),
        collect_by=_utc(found.collect_by),
        collected_at=_utc(found.collected_at),
        delivered_at=_utc(found.delivered_at),
        closed_at=_utc(found.closed_at),
    )


def _address(found: Address, *, clear: bool) -> contracts.AddressOut:
    shown = found if clear else found.masked
    return contracts.AddressOut(**shown.as_json())


def _masked(text: str, *, keep: int) -> str:
    return f"****{text[-keep:]}" if len(text) > keep else "****" if text else ""


def _store_code(found: Order) -> str | None:
    stores = programmes_selectors.list_stores(found.programme_id) if found.store_id else ()
    return next((store.code for store in stores if store.id == found.store_id), None)


def _payment(found: Order) -> contracts.MallPaymentOut | None:
    if found.payment is None:
        return None
    return contracts.MallPaymentOut(
        method=found.payment.method,
        reference=found.payment.reference,
        amount=found.payment.amount,
        currency=found.payment.currency,
        state=found.payment.state,
        paid_at=found.payment.paid_at.astimezone(UTC),
    )


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
