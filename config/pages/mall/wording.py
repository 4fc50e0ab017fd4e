"""What the mall says to a member: prices, why not and what would help, how an order stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from config.pages import formats
from loyalty import selectors as loyalty_selectors
from loyalty.errors import LadderNotFoundError
from points.mall.types import (
    Bar,
    Delivery,
    Hindrance,
    Item,
    ItemKind,
    Offer,
    Order,
    OrderStatus,
    Period,
)


def price(*, points: int, cash: int, currency: str) -> str:
    """Return a price in points, or points and cash."""
    told = ngettext("%(points)s point", "%(points)s points", points) % {
        "points": formats.number(points)
    }
    if not cash:
        return told
    return f"{told} + {formats.money(amount=cash, currency=currency, brief=True)}"


def kind_titles() -> dict[str, str]:
    """Return what the kinds of items are called, as filters name them."""
    return {
        ItemKind.PHYSICAL: _("Things"),
        ItemKind.VIRTUAL: _("Gift codes"),
        ItemKind.COUPON: _("Coupons"),
        ItemKind.TICKET: _("Lottery tickets"),
    }


def status_title(order: Order) -> str:
    """Return how an order stands, in a word or two."""
    return {
        OrderStatus.AWAITING_PAYMENT: _("Waiting for payment"),
        OrderStatus.TO_SHIP: _("Being packed"),
        OrderStatus.SHIPPED: _("On its way"),
        OrderStatus.TO_COLLECT: _("Ready to collect"),
        OrderStatus.COLLECTED: _("Collected"),
        OrderStatus.DELIVERED: _("Received") if order.delivery is Delivery.SHIP else _("Yours"),
        OrderStatus.CANCELLED: _("Cancelled"),
        OrderStatus.REFUNDED: _("Refunded"),
    }[order.status]


def status_tone(order: Order) -> str:
    """Return in which tone the state is shown."""
    if order.status in (OrderStatus.CANCELLED, OrderStatus.REFUNDED):
        return "plain"
    waits = (OrderStatus.AWAITING_PAYMENT, OrderStatus.TO_COLLECT)
    return "warn" if order.status in waits else "good"


def delivery_title(delivery: Delivery) -> str:
    """Return how an item reaches the member."""
    return {
        Delivery.SHIP: _("Sent to you"),
        Delivery.COLLECT: _("Collected in a store"),
        Delivery.CODE: _("A code, at once"),
        Delivery.COUPON: _("A coupon, at once"),
        Delivery.TICKET: _("On your account, at once"),
    }[delivery]


def tier_names(*, programme_id: int, codes: Sequence[str]) -> str:
    """Return tiers by their names, the lowest first."""
    chinese = (get_language() or "").startswith("zh")
    try:
        steps = loyalty_selectors.get_ladder(programme_id=programme_id).tiers
    except LadderNotFoundError:
        steps = ()
    named = {tier.code: tier.name_zh if chinese else tier.name_en for tier in steps}
    known = [named[tier.code] for tier in steps if tier.code in codes]
    return _(", ").join(known or codes)


def brief(offer: Offer) -> str:
    """Return in a few words why not; nothing when it can be had."""
    found = offer.first
    if found is None:
        return ""
    match found.bar:
        case Bar.SOLD_OUT:
            return _("Sold out")
        case Bar.TIER:
            return _("For other tiers")
        case Bar.LIMIT:
            return _("You had yours")
        case Bar.STARTS_LATER if found.at:
            return _("From %(moment)s") % {"moment": formats.moment(found.at)}
        case Bar.POINTS:
            return ngettext("%(points)s point more", "%(points)s points more", found.missing) % {
                "points": formats.number(found.missing)
            }
        case _:
            return _("Not on sale")


def why(found: Hindrance, item: Item) -> tuple[str, str]:
    """Return what stands in the way, and what would take it away."""
    match found.bar:
        case Bar.SOLD_OUT:
            return _("Sold out"), _("Nothing is left for now. Look in again: it may come back.")
        case Bar.TIER:
            names = tier_names(programme_id=item.programme_id, codes=found.tiers)
            return (
                _("For %(tiers)s") % {"tiers": names},
                _("Reach one of these tiers, and it is open to you."),
            )
        case Bar.LIMIT:
            return _("You have had yours"), _again(found)
        case Bar.STARTS_LATER if found.at:
            starts = formats.moment(found.at)
            return _("Starts soon"), _("You can have it from %(moment)s.") % {"moment": starts}
        case Bar.POINTS:
            told = ngettext(
                "You are %(points)s point short", "You are %(points)s points short", found.missing
            ) % {"points": formats.number(found.missing)}
            return told, _("Every purchase brings you nearer.")
        case _:
            return _("No longer on sale"), _("What you have ordered of it stays yours.")


def _again(found: Hindrance) -> str:
    if found.at is None:
        return ngettext(
            "One member may have %(count)s.", "One member may have %(count)s.", found.limit
        ) % {"count": formats.number(found.limit)}
    return _("You can have it again from %(moment)s.") % {"moment": formats.moment(found.at)}


def limit(item: Item) -> str:
    """Return how many a member may have; nothing without a limit."""
    if item.limit_count is None:
        return ""
    count = {"count": formats.number(item.limit_count)}
    return {
        Period.EVER: _("%(count)s for each member"),
        Period.DAY: _("%(count)s a day for each member"),
        Period.WEEK: _("%(count)s a week for each member"),
        Period.MONTH: _("%(count)s a month for each member"),
        Period.YEAR: _("%(count)s a year for each member"),
    }[item.limit_per] % count


FEW = 10


def stock(offer: Offer) -> str:
    """Return that few are left; nothing when there are enough, or none at all."""
    item = offer.item
    left = item.left
    if item.deliveries == (Delivery.COLLECT,):
        left = sum(store.left for store in offer.stores)
    if left is None or not 0 < left <= FEW:
        return ""
    return ngettext("Only %(count)s left", "Only %(count)s left", left) % {
        "count": formats.number(left)
    }


def cancelled_because(order: Order) -> str:
    """Return why an order was cancelled, and that nothing is lost."""
    return {
        "member": _("You cancelled it. Your points are back where they came from."),
        "unpaid": _("It was not paid in time. Your points are free again."),
        "unclaimed": _("Nobody came to collect it. Your points are back where they came from."),
    }.get(order.why, _("The shop cancelled it. Your points are back where they came from."))


def steps(order: Order) -> list[Mapping[str, object]]:
    """Return the way of an order that is going well, as steps done and to come."""
    told: list[tuple[str, datetime | None, str]] = [
        (pgettext("step", "Ordered"), order.placed_at, "")
    ]
    if order.cash:
        told.append((pgettext("step", "Paid"), order.paid_at, ""))
    if order.delivery is Delivery.SHIP:
        told.append((pgettext("step", "Sent"), order.shipped_at, order.carrier))
        told.append((pgettext("step", "Received"), order.delivered_at, ""))
    elif order.delivery is Delivery.COLLECT:
        told.append((pgettext("step", "Collected"), order.collected_at, ""))
    else:
        told.append((pgettext("step", "Yours"), order.delivered_at, ""))
    open_ones = [at for _title, at, _words in told if at is None]
    first_open = next((n for n, part in enumerate(told) if part[1] is None), len(told) - 1)
    return [
        {
            "title": title,
            "words": " · ".join(filter(None, [formats.moment(at), words])),
            "done": at is not None,
            "here": bool(open_ones) and number == first_open,
        }
        for number, (title, at, words) in enumerate(told)
    ]
