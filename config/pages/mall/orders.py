"""What a member has ordered in the mall: the list, one order, and what can be done with it."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from config.kernel import ids
from config.kernel.errors import DomainError
from config.pages import codes, formats
from config.pages.addresses import linked
from config.pages.addresses import place as row_before
from config.pages.mall import shelf, wording
from config.pages.templatetags.pages import named
from config.pages.visitors import Visitor, member_page
from members.programmes import selectors as programmes_selectors
from points.mall import selectors, services
from points.mall.types import BALANCE, Delivery, Order, OrderStatus

PAGE = 20


@require_safe
@member_page
def orders(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the member's orders, newest first."""
    before = row_before(request.GET.get("before"))
    page = selectors.list_orders(
        member_ids=visitor.member_ids,
        programme_id=visitor.programme.id,
        before=before,
        limit=PAGE,
    )
    values = {
        "orders": [_line(order, now=visitor.now) for order in page.orders],
        "later": before is not None,
        "newest": linked("shop:orders") if before else "",
        "older": linked("shop:orders", before=page.before) if page.before else "",
    }
    return render(request, "pages/mall/orders.html", values)


@require_safe
@member_page
def order(request: HttpRequest, visitor: Visitor, order: str) -> HttpResponse:
    """Show one order: how it stands, how it reaches the member, what can be done."""
    found = _find(visitor, order)
    return render(request, "pages/mall/order.html", _values(request, visitor, found))


@require_POST
@member_page
def reveal(request: HttpRequest, visitor: Visitor, order: str) -> HttpResponse:
    """Show the codes of an order: in the answer to this form, and nowhere else."""
    found = _find(visitor, order)
    given = services.reveal_codes(member_id=found.member_id, order_id=found.id, now=visitor.now)
    values = _values(request, visitor, found) | {"codes": given}
    return render(request, "pages/mall/order.html", values)


@require_POST
@member_page
def cancel(request: HttpRequest, visitor: Visitor, order: str) -> HttpResponse:
    """Cancel an order that has not left."""
    found = _find(visitor, order)
    services.cancel_order(
        member_id=found.member_id,
        order_id=found.id,
        why="member",
        actor=f"member:{visitor.member.public_id}",
        now=visitor.now,
    )
    messages.success(request, _("Cancelled. Your points are back."))
    return redirect("shop:order", order)


@require_POST
@member_page
def receive(request: HttpRequest, visitor: Visitor, order: str) -> HttpResponse:
    """Write down that the parcel has come."""
    found = _find(visitor, order)
    services.receive_order(member_id=found.member_id, order_id=found.id, now=visitor.now)
    messages.success(request, _("Enjoy it!"))
    return redirect("shop:order", order)


@require_POST
@member_page
def pay(request: HttpRequest, visitor: Visitor, order: str) -> HttpResponse:
    """Pay the cash part from stored value."""
    found = _find(visitor, order)
    try:
        services.pay_order(
            member_id=found.member_id,
            order_id=found.id,
            method="stored_value",
            actor=f"member:{visitor.member.public_id}",
            now=visitor.now,
        )
    except DomainError as refused:
        messages.error(request, _(refused.title))
        return redirect("shop:order", order)
    return redirect(linked_order(found) + "?new=1")


def linked_order(found: Order) -> str:
    """Return the address of an order's page."""
    return reverse("shop:order", args=[found.public_id])


def _find(visitor: Visitor, public_id: str) -> Order:
    place = ids.decode("mor", public_id)
    if place.member_id not in visitor.member_ids:
        raise Http404
    return selectors.get_order(
        member_id=place.member_id, order_id=place.row_id, programme_id=visitor.programme.id
    )


def _is_overdue(found: Order, *, now: datetime) -> bool:
    """Tell whether the time to pay is over; the task that cancels it may come a little later."""
    waiting = found.status is OrderStatus.AWAITING_PAYMENT
    return waiting and found.pay_by is not None and found.pay_by <= now


def _line(found: Order, *, now: datetime) -> dict[str, object]:
    name, overdue = named(found), _is_overdue(found, now=now)
    return {
        "url": linked_order(found),
        "image": shelf.image(found.picture),
        "name": f"{name} × {formats.number(found.quantity)}" if found.quantity > 1 else name,
        "price": wording.price(points=found.points, cash=found.cash, currency=found.currency),
        "status": _("Not paid in time") if overdue else wording.status_title(found),
        "tone": "plain" if overdue else wording.status_tone(found),
        "placed_at": found.placed_at,
    }


def _values(request: HttpRequest, visitor: Visitor, found: Order) -> dict[str, object]:
    closed = found.status in (OrderStatus.CANCELLED, OrderStatus.REFUNDED)
    waiting = found.status is OrderStatus.AWAITING_PAYMENT
    overdue = _is_overdue(found, now=visitor.now)
    ready = found.status is OrderStatus.TO_COLLECT
    stores = programmes_selectors.list_stores(visitor.programme.id) if found.store_id else ()
    return {
        "order": found,
        "line": _line(found, now=visitor.now),
        "is_new": "new" in request.GET and not (closed or overdue),
        "success": _success(found),
        "steps": [] if closed or overdue else wording.steps(found),
        "closed": closed,
        "why": wording.cancelled_because(found)
        if found.status is OrderStatus.CANCELLED
        else _("It was refunded. Your points are back where they came from."),
        "way": wording.delivery_title(found.delivery),
        "store": next((one.name for one in stores if one.id == found.store_id), ""),
        "collect": codes.of(found.collect_code) if ready else None,
        "collect_code": f"{found.collect_code[:5]} {found.collect_code[5:]}" if ready else "",
        "has_codes": found.delivery is Delivery.CODE and found.status is OrderStatus.DELIVERED,
        "waiting": waiting,
        "overdue": overdue,
        "balance": shelf.available(visitor, BALANCE) if waiting else 0,
        "cash": formats.money(amount=found.cash, currency=found.currency),
        "may_cancel": not overdue
        and found.status
        in (OrderStatus.AWAITING_PAYMENT, OrderStatus.TO_SHIP, OrderStatus.TO_COLLECT),
        "may_receive": found.status is OrderStatus.SHIPPED,
    }


def _success(found: Order) -> tuple[str, str]:
    """Return what a fresh order is greeted with."""
    match found.delivery:
        case _ if found.status is OrderStatus.AWAITING_PAYMENT:
            return _("It is kept for you"), _("Pay the rest in time, and it is yours.")
        case Delivery.SHIP:
            return _("It is yours!"), _("We pack it and tell you when it is on its way.")
        case Delivery.COLLECT:
            return _("It is yours!"), _("Show the code below in the store.")
        case Delivery.CODE:
            return _("It is yours!"), _("Your code is below, whenever you need it.")
        case Delivery.COUPON:
            return _("It is yours!"), _("The coupon is in your wallet.")
        case Delivery.TICKET:
            return _("It is yours!"), _("The tickets are on your account. Good luck!")
