"""What the columns of orders hold, why, how long, and what an erasure does to them."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from config.kernel.privacy import Erase, Grade, classify, impersonal

_WHY = _("to know what was bought, paid and given back, and what was earned by it")
_BOOKS = _("as long as the books are kept")


def declare() -> None:
    """Fill the register."""
    _linked("commerce.OrderNumber", "storefront_id", "external_no", "member_id", "order_id")
    impersonal(
        "commerce.Order",
        *("id", "content_hash", "run", "decided", "held", "spent_run", "changed_at"),
    )
    _linked(
        "commerce.Order",
        *("member_id", "programme_id", "brand_id", "storefront_id", "external_no", "currency"),
        *("status", "placed_at", "paid_at", "shipped_at", "completed_at", "cancelled_at"),
        *("goods", "discount", "coupons", "points_paid", "shipping", "refunded"),
        *("refunded_shipping", "store", "reservation_id", "counted_at", "available_at"),
        *("points", "points_taken", "growth", "growth_taken", "spend", "spend_taken"),
        *("points_used", "spent_returned", "tier_before", "tier_after", "recorded_at"),
    )
    classify(
        "commerce.Order",
        "attributes",
        grade=Grade.PERSONAL,
        purpose=_("to keep what the storefront noted with the order"),
        retention=_("while the person is a member"),
        erase=Erase.CLEAR,
    )
    impersonal("commerce.OrderLine", "id")
    _linked(
        "commerce.OrderLine",
        *("member_id", "order_id", "line_no", "sku", "name", "category", "brand", "quantity"),
        *("unit_price", "list_amount", "discount", "campaign_share", "coupon_share"),
        *("points_share", "net", "points_earned", "growth_earned", "earn_rule", "multiplier"),
        *("refunded", "refunded_quantity"),
    )
    impersonal("commerce.OrderEvent", "id")
    _linked(
        "commerce.OrderEvent",
        *("member_id", "order_id", "kind", "occurred_at", "refund_no", "effects", "recorded_at"),
    )
    impersonal("commerce.Refund", "id")
    _linked(
        "commerce.Refund",
        *("member_id", "order_id", "external_no", "occurred_at", "asked_lines"),
        *("asked_shipping", "amount", "shipping", "recorded_at"),
    )
    impersonal("commerce.RefundLine", "id")
    _linked(
        "commerce.RefundLine",
        *("member_id", "order_id", "refund_no", "line_no", "quantity", "amount"),
    )


def _linked(model: str, *fields: str) -> None:
    classify(model, *fields, grade=Grade.LINKED, purpose=_WHY, retention=_BOOKS, erase=Erase.KEEP)
