"""What the mall's columns hold, why, how long, and what an erasure does to them."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from config.kernel.privacy import Erase, Grade, classify, impersonal


def declare() -> None:
    """Fill the register."""
    _catalogue()
    _orders()


def _catalogue() -> None:
    impersonal(
        "mall.Item",
        *("id", "programme", "code", "kind", "status", "name_zh", "name_en"),
        *("description_zh", "description_en", "points", "cash", "price_version", "left"),
        *("limit_count", "limit_per", "tiers", "on_sale_from", "on_sale_until", "ships"),
        *("collects", "issuer", "template", "tickets", "sort", "created_at", "changed_at"),
    )
    impersonal(
        "mall.Price", "id", "item", "version", "points", "cash", "actor", "reason", "made_at"
    )
    impersonal("mall.Picture", "id", "item", "name", "width", "height", "place", "made_at")
    impersonal("mall.StoreStock", "id", "item", "store", "left")
    impersonal("mall.StockMove", "id", "item", "store", "change", "actor", "reason", "made_at")
    impersonal(
        "mall.CodeUpload",
        *("id", "item", "file_name", "accepted", "refused", "actor", "reason", "made_at"),
    )
    impersonal("mall.Terms", "programme", "pay_minutes", "collect_days", "undo_minutes")
    impersonal("mall.Code", "id", "item", "upload", "blind", "void")
    classify(
        "mall.Code",
        *("member_id", "order_id"),
        grade=Grade.LINKED,
        purpose=_("to know whose order a code was given to"),
        retention=_("as long as the order"),
        erase=Erase.KEEP,
    )
    classify(
        "mall.Code",
        "code",
        grade=Grade.SECRET,
        purpose=_("to give the member what they ordered; whoever reads it can use it up"),
        retention=_("as long as the order, so that its member can look it up"),
        erase=Erase.CLEAR,
    )


def _orders() -> None:
    impersonal(
        "mall.Order",
        *("id", "programme_id", "brand_id", "storefront_id", "idem_key", "fingerprint"),
        *("price_version", "counted", "restocked", "changed_at", "reservation_id"),
    )
    classify(
        "mall.Order",
        *("member_id", "number", "item_id", "item_code", "kind", "name_zh", "name_en"),
        *("quantity", "points", "cash", "currency", "status", "delivery", "why", "store_id"),
        *("carrier", "issued", "placed_at", "pay_by", "paid_at", "shipped_at", "collect_by"),
        *("collected_at", "collected_by", "delivered_at", "closed_at", "revealed_at"),
        grade=Grade.LINKED,
        purpose=_("to deliver what points have bought, and to take it back"),
        retention=_("as long as the books are kept"),
        erase=Erase.KEEP,
    )
    classify(
        "mall.Order",
        *("address", "tracking"),
        grade=Grade.DIRECT,
        purpose=_("to send the parcel"),
        retention=_("180 days after the order is closed"),
        erase=Erase.CLEAR,
    )
    classify(
        "mall.Order",
        *("collect_code", "collect_blind"),
        grade=Grade.SECRET,
        purpose=_("to hand the order over to whoever shows the code, once"),
        retention=_("180 days after it was handed over or given back"),
        erase=Erase.CLEAR,
    )
    impersonal("mall.Buyer", "id")
    classify(
        "mall.Buyer",
        *("member_id", "item_id"),
        grade=Grade.LINKED,
        purpose=_("to hold the limit for a member"),
        retention=_("as long as the item"),
        erase=Erase.KEEP,
    )
    impersonal("mall.Payment", "id", "actor")
    classify(
        "mall.Payment",
        *("member_id", "order_id", "method", "reference", "amount", "currency", "state"),
        *("paid_at", "refunded_at"),
        grade=Grade.LINKED,
        purpose=_("to know how the cash part was paid, and to pay it back"),
        retention=_("as long as the books are kept"),
        erase=Erase.KEEP,
    )
