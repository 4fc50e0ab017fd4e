"""Messages about orders in the mall: what a member wants to know without asking."""

from __future__ import annotations

from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from config.kernel.handlers import handles
from members.programmes import selectors as programmes_selectors
from messaging import services
from messaging.types import Kind, Text
from points.mall import selectors as mall_selectors
from points.mall.events import (
    MallCancelled,
    MallOrdered,
    MallOrderEvent,
    MallPaid,
    MallRefunded,
    MallShipped,
)
from points.mall.types import Delivery, Order, OrderStatus


@handles(MallOrdered)
def tell_of_order(event: MallOrdered, *, now: datetime) -> None:
    """Say that it worked, and what comes next."""
    _tell(event, "mall_ordered", now)


@handles(MallPaid)
def tell_of_payment(event: MallPaid, *, now: datetime) -> None:
    """Say that the rest is paid, and what comes next."""
    _tell(event, "mall_paid", now)


@handles(MallShipped)
def tell_of_parcel(event: MallShipped, *, now: datetime) -> None:
    """Say that the parcel is on its way."""
    _tell(event, "mall_shipped", now)


@handles(MallCancelled)
def tell_of_cancellation(event: MallCancelled, *, now: datetime) -> None:
    """Say that the points are back; whoever cancelled it themselves knows."""
    if event.why != "member":
        _tell(event, "mall_cancelled", now)


@handles(MallRefunded)
def tell_of_refund(event: MallRefunded, *, now: datetime) -> None:
    """Say that the points are back."""
    _tell(event, "mall_refunded", now)


def _tell(event: MallOrderEvent, template: str, now: datetime) -> None:
    if event.member_id is None:
        return
    order = mall_selectors.get_order(member_id=event.member_id, order_id=event.order_id)

    def write(language: str) -> Text:
        programme = programmes_selectors.get_programme(order.programme_id)
        with timezone.override(programme.zone):
            return _text(event, order, template, language)

    services.tell_member(
        key=f"{template}:{event.member_id}:{event.order_id}",
        member_id=event.member_id,
        kind=Kind.TRANSACTION,
        template=template,
        write=write,
        now=now,
    )


def _text(event: MallOrderEvent, order: Order, template: str, language: str) -> Text:
    """Return the words. What an order awaits is read from how it stood when it happened."""
    named = {
        "gift": order.name_zh if language.startswith("zh") else order.name_en,
        "number": order.number,
        "points": formats.number_format(order.points, use_l10n=True, force_grouping=True),
        "carrier": order.carrier,
        "tracking": order.tracking,
        "code": order.collect_code,
    }
    match template:
        case "mall_shipped":
            subject = _("%(gift)s is on its way")
            body = _("Order %(number)s has left with %(carrier)s, parcel number %(tracking)s.")
        case "mall_cancelled":
            subject = _("Order %(number)s was cancelled")
            body = _("Your %(points)s points for %(gift)s are back, with the dates they had.")
        case "mall_refunded":
            subject = _("Order %(number)s was refunded")
            body = _("Your %(points)s points for %(gift)s are back, with the dates they had.")
        case _ if event.status == OrderStatus.AWAITING_PAYMENT and order.pay_by is not None:
            named["until"] = formats.date_format(timezone.localtime(order.pay_by), "H:i")
            subject = _("%(gift)s is kept for you")
            body = _("Pay the rest of order %(number)s by %(until)s, and it is yours.")
        case _:
            subject = _("%(gift)s is yours")
            body = _next(order)
    return Text(subject=subject % named, body=body % named)


def _next(order: Order) -> str:
    match order.delivery:
        case Delivery.SHIP:
            return _("Thank you for order %(number)s. We tell you when it leaves.")
        case Delivery.COLLECT if order.collect_code:
            return _("Show this code in the store to collect order %(number)s: %(code)s")
        case Delivery.CODE:
            return _("The code of order %(number)s waits in the member center.")
        case _:
            return _("Order %(number)s is on your account.")
