"""The member's orders: the list, and one order with how its points came about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config.kernel import ids, numerals
from config.pages import explanations, formats
from config.pages.addresses import linked
from config.pages.visitors import Visitor, member_page
from members.commerce import selectors as commerce_selectors
from members.commerce.types import Order, Stage
from members.programmes import selectors as programmes_selectors

PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """An order in the list."""

    public_id: str
    external_no: str
    state: str
    payable: int
    currency: str
    points: int
    placed_at: datetime
    goods: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened to an order, or what comes next (`here`)."""

    title: str
    words: str
    done: bool = True
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """A refund as its order's page tells it."""

    number: str
    amount: int
    goods: str
    occurred_at: datetime


@require_safe
@member_page
def orders(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the member's orders in this programme, newest first."""
    later = "before" in request.GET
    page = commerce_selectors.list_orders(
        member_ids=visitor.member_ids, before=_decode(request.GET.get("before", "")), limit=PAGE
    )
    values = {
        "orders": [_line(o) for o in page.orders if o.programme_id == visitor.programme.id],
        "later": later,
        "newest": reverse("pages:orders") if later else "",
        "older": linked("pages:orders", before=_encode(page.before)) if page.before else "",
    }
    return render(request, "pages/orders.html", values)


@require_safe
@member_page
def order(request: HttpRequest, visitor: Visitor, order: str) -> HttpResponse:
    """Show one order: lines, what happened, refunds, and its points line by line."""
    place = ids.decode("ord", order)
    found = None
    if place.member_id in visitor.member_ids:
        found = commerce_selectors.find_order_by_id(
            member_id=place.member_id, order_id=place.row_id
        )
    if found is None or found.programme_id != visitor.programme.id:
        raise Http404
    values = {
        "order": found,
        "line": _line(found),
        "shop": programmes_selectors.get_storefront(found.storefront_id).name,
        "points": _points(found, now=visitor.now),
        "refunded": found.refunded + found.refunded_shipping,
        "refunds": _refunds(found),
        "steps": _steps(found),
        "explanation": explanations.of_source(
            found.member_id,
            f"order:{order}" if found.run <= 1 else f"order:{order}#{found.run}",
            programme=visitor.programme,
            titles={part.line_no: part.name or part.sku for part in found.lines},
        ),
    }
    return render(request, "pages/order.html", values)


def stage_title(stage: Stage) -> str:
    """Return what a state of an order is called."""
    return {
        Stage.PLACED: _("Placed"),
        Stage.PAID: _("Paid"),
        Stage.SHIPPED: _("Shipped"),
        Stage.COMPLETED: _("Completed"),
        Stage.REFUNDED: _("Refunded"),
        Stage.CANCELLED: _("Cancelled"),
    }[stage]


def _line(found: Order) -> OrderLine:
    return OrderLine(
        public_id=ids.encode("ord", member_id=found.member_id, row_id=found.id),
        external_no=found.external_no,
        state=stage_title(found.status),
        payable=found.payable,
        currency=found.currency,
        points=found.points - found.points_taken,
        placed_at=found.placed_at,
        goods=_goods([part.name or part.sku for part in found.lines]),
    )


def _goods(names: Sequence[str]) -> str:
    """Return the first articles by name and how many more there are."""
    shown = _(", ").join(names[:2])
    more = len(names) - 2
    return (
        _("%(names)s and %(count)s more") % {"names": shown, "count": more} if more > 0 else shown
    )


def _points(found: Order, *, now: datetime) -> str:
    """Return in a sentence what the order has brought so far."""
    left = found.points - found.points_taken
    if not found.decided:
        return _("Points come once the order is paid.")
    if found.points_taken and not left:
        return _("Its points were taken back with the refund.")
    if found.available_at is None:
        return _("Its points become yours to spend after it is completed.")
    day = {"day": formats.day(found.available_at)}
    if found.available_at <= now:
        return _("Its points have been yours to spend since %(day)s.") % day
    return _("Its points can be spent from %(day)s.") % day


def _steps(found: Order) -> list[Step]:
    facts = sorted(found.facts, key=lambda fact: (fact.occurred_at, fact.kind.rank))
    several = len({fact.refund_no for fact in facts if fact.refund_no}) > 1
    steps = [
        Step(
            title=f"{stage_title(fact.kind)} ({fact.refund_no})"
            if fact.refund_no and several
            else stage_title(fact.kind),
            words=formats.moment(fact.occurred_at),
        )
        for fact in facts
    ]
    following = _NEXT.get(found.status)
    if following is not None:
        steps.append(Step(title=following(), words="", done=False, here=True))
    return steps


# What an order that is not at its end waits for.
_NEXT: dict[Stage, Callable[[], str]] = {
    Stage.PLACED: lambda: _("Waiting to be paid"),
    Stage.PAID: lambda: _("Waiting to be sent"),
    Stage.SHIPPED: lambda: _("On its way to you"),
}


def _refunds(found: Order) -> list[Back]:
    names = {part.line_no: part.name or part.sku for part in found.lines}
    return [
        Back(
            number=refund.external_no,
            amount=refund.amount + refund.shipping,
            goods=_goods([names.get(line.line_no, "") for line in refund.lines if line.amount]),
            occurred_at=refund.occurred_at,
        )
        for refund in found.refunds
    ]


def _encode(place: tuple[datetime, int] | None) -> str:
    return f"{place[0].isoformat()}_{place[1]}" if place else ""


def _decode(text: str) -> tuple[datetime, int] | None:
    at, _bar, row = text.partition("_")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    number = numerals.read(row, digits=15)
    return (moment, number) if moment.tzinfo is not None and number is not None else None
