"""What operators call the kinds and states of the mall."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.kernel.money import minor_digits
from members.programmes import selectors as programmes_selectors
from points.mall import models, selectors
from points.mall.types import CODE_STOCK, Delivery, ItemKind, ItemStatus, OrderStatus, Period

TONES = {
    "draft": "info",
    "published": "success",
    "ended": "default",
    "awaiting_payment": "warning",
    "to_ship": "warning",
    "shipped": "info",
    "to_collect": "warning",
    "collected": "success",
    "delivered": "success",
    "cancelled": "default",
    "refunded": "danger",
}


def kinds() -> dict[str, str]:
    return {
        ItemKind.PHYSICAL: _("Thing"),
        ItemKind.VIRTUAL: _("Gift code"),
        ItemKind.COUPON: _("Coupon"),
        ItemKind.TICKET: _("Lottery ticket"),
    }


def item_states() -> dict[str, str]:
    return {
        ItemStatus.DRAFT: _("Draft"),
        ItemStatus.PUBLISHED: _("On the shelf"),
        ItemStatus.ENDED: _("Ended"),
    }


def periods() -> dict[str, str]:
    return {
        Period.EVER: _("for all time"),
        Period.DAY: _("a day"),
        Period.WEEK: _("a week"),
        Period.MONTH: _("a month"),
        Period.YEAR: _("a year"),
    }


def order_states() -> dict[str, str]:
    return {
        OrderStatus.AWAITING_PAYMENT: _("Waiting for payment"),
        OrderStatus.TO_SHIP: _("To be sent"),
        OrderStatus.SHIPPED: _("Sent"),
        OrderStatus.TO_COLLECT: _("To be collected"),
        OrderStatus.COLLECTED: _("Collected"),
        OrderStatus.DELIVERED: _("Delivered"),
        OrderStatus.CANCELLED: _("Cancelled"),
        OrderStatus.REFUNDED: _("Refunded"),
    }


def deliveries() -> dict[str, str]:
    return {
        Delivery.SHIP: _("By parcel"),
        Delivery.COLLECT: _("In a store"),
        Delivery.CODE: _("By code"),
        Delivery.COUPON: _("As a coupon"),
        Delivery.TICKET: _("As tickets"),
    }


def whys() -> dict[str, str]:
    return {
        "member": _("By the member"),
        "shop": _("By the shop"),
        "unpaid": _("Not paid in time"),
        "unclaimed": _("Not collected in time"),
    }


def refusals() -> dict[str, str]:
    """Return why a line of an uploaded file was not taken."""
    return {
        "empty": _("The line is empty"),
        "too_long": _("The code is too long"),
        "unprintable": _("The code holds characters nobody can type"),
        "twice_in_file": _("The code stands in the file twice"),
        "known": _("The code is known already"),
        "too_few_columns": _("Number, carrier and tracking number are needed"),
        "unknown": _("There is no order with this number"),
        "incomplete": _("Carrier or tracking number is missing"),
        "not_waiting": _("The order does not wait to be sent"),
    }


def issuers() -> dict[str, str]:
    told = {slug: str(issuer.title) for slug, issuer in selectors.list_issuers().items()}
    return {"": "–", CODE_STOCK: _("Codes that the shop uploads"), **told}


def price(points: int, cash: int, currency: str) -> str:
    """Return a price as operators read it."""
    told = _("%(points)s points") % {"points": f"{points:,}"}
    if not cash:
        return told
    digits = minor_digits(currency)
    return f"{told} + {cash / 10**digits:,.{digits}f} {currency}"


def name(row: object) -> str:
    """Return the name of an item or an order's item in the operator's language."""
    chinese = (get_language() or "").startswith("zh")
    return str(getattr(row, "name_zh" if chinese else "name_en"))


def currency(obj: models.Item) -> str:
    """Return the currency an item's cash is in: its programme's."""
    return programmes_selectors.get_programme(obj.programme_id).currency
