"""The shelf: what points buy, for whom it is open, and one item with why or why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config.pages import formats
from config.pages.addresses import linked
from config.pages.mall import wording
from config.pages.templatetags.pages import named
from config.pages.visitors import Visitor, member_page
from points import selectors as points_selectors
from points.mall import selectors
from points.mall.types import Bar, Item, ItemStatus, Offer, Picture

MOST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An item on the shelf."""

    url: str
    image: str
    name: str
    price: str
    badge: str
    tone: str
    why: str
    closed: bool


@require_safe
@member_page
def items(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the shelf; with HTMX only the shelf is drawn again."""
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in _filters() else ""
    offers = selectors.list_offers(
        items=selectors.list_items(programme_id=visitor.programme.id, at=visitor.now, limit=MOST),
        member_id=visitor.member.id,
        at=visitor.now,
    )
    kinds = {offer.item.kind for offer in offers}
    values: dict[str, object] = {
        "filters": [
            {"url": linked("shop:items", show=code), "title": title, "here": code == chosen}
            for code, title in _filters().items()
            if code in ("", "mine", *kinds)
        ],
        "chosen": chosen,
        "cards": [_card(offer) for offer in offers if _fits(offer, chosen)],
    }
    if request.headers.get("HX-Target") == "shelf":
        return _varied(render(request, "pages/mall/_shelf.html", values))
    values["available"] = available(visitor)
    return _varied(render(request, "pages/mall/items.html", values))


@require_safe
@member_page
def item(request: HttpRequest, visitor: Visitor, item: str) -> HttpResponse:
    """Show one item, what stands in the way, and what would take it away."""
    offer = find_offer(visitor, item)
    values = {
        "offer": offer,
        "item": offer.item,
        "pictures": [reverse("mall:picture", args=[one.large]) for one in offer.item.pictures],
        "price": price_of(offer.item),
        "description": described(offer.item),
        "facts": _facts(offer),
        "whys": [wording.why(one, offer.item) for one in offer.hindrances],
        "few": wording.stock(offer),
        "most": most(offer),
        "available": available(visitor),
    }
    return render(request, "pages/mall/item.html", values)


def find_offer(visitor: Visitor, public_id: str) -> Offer:
    """Return an item as this member sees it. Raises Http404: drafts are nobody's business."""
    item_id = selectors.find_item_id(public_id)
    if item_id is None:
        raise Http404
    found = selectors.get_item(item_id=item_id)
    if found.programme_id != visitor.programme.id or found.status is ItemStatus.DRAFT:
        raise Http404
    return selectors.list_offers(items=[found], member_id=visitor.member.id, at=visitor.now)[0]


def available(visitor: Visitor, currency: str = "points") -> int:
    """Return what the member can spend now."""
    return points_selectors.get_balances(
        member_ids=[visitor.member.id],
        programme_id=visitor.programme.id,
        currency=currency,
        at=visitor.now,
    )[visitor.member.id].available


def price_of(found: Item, quantity: int = 1) -> str:
    """Return what so many of an item cost."""
    return wording.price(
        points=found.points * quantity, cash=found.cash * quantity, currency=found.currency
    )


def described(found: Item) -> str:
    """Return the description in the active language, or in the other one."""
    chinese = formats.locale().startswith("zh")
    first, other = found.description_zh, found.description_en
    return (first or other) if chinese else (other or first)


def image(picture: Picture | None) -> str:
    """Return the address of a small picture, or nothing."""
    return reverse("mall:picture", args=[picture.small]) if picture else ""


def most(offer: Offer) -> int:
    """Return how many the member can order at once."""
    found = offer.item
    limits = [99, found.left, offer.allowance]
    if found.collects:
        limits[1] = max(found.left or 0, *(store.left for store in offer.stores), 0)
    return max(1, min(limit for limit in limits if limit is not None))


def _filters() -> dict[str, str]:
    return {"": _("All"), "mine": _("I can have"), **wording.kind_titles()}


def _fits(offer: Offer, chosen: str) -> bool:
    return (not chosen) or (offer.open if chosen == "mine" else offer.item.kind == chosen)


def _card(offer: Offer) -> Card:
    found, first = offer.item, offer.first
    gone = first is not None and first.bar in (Bar.SOLD_OUT, Bar.ENDED)
    badge, tone = _badge(offer)
    return Card(
        url=reverse("shop:item", args=[found.public_id]),
        image=image(found.pictures[0] if found.pictures else None),
        name=named(found),
        price=price_of(found),
        badge=badge,
        tone=tone,
        why="" if badge and first and badge == wording.brief(offer) else wording.brief(offer),
        closed=gone,
    )


def _badge(offer: Offer) -> tuple[str, str]:
    first = offer.first
    if first is not None and first.bar is Bar.SOLD_OUT:
        return _("Sold out"), "plain"
    if first is not None and first.bar is Bar.STARTS_LATER:
        return _("Soon"), "main"
    if offer.item.tiers:
        return _("Tier only"), "gold"
    return wording.stock(offer), "warn"


def _facts(offer: Offer) -> list[Mapping[str, str]]:
    found = offer.item
    tiers = wording.tier_names(programme_id=found.programme_id, codes=found.tiers)
    told = (
        (_("How it reaches you"), _(" or ").join(map(wording.delivery_title, found.deliveries))),
        (_("Limit for each"), wording.limit(found)),
        (_("For"), tiers if found.tiers else ""),
        (_("On sale until"), formats.moment(found.on_sale_until)),
        (_("Stores"), _(", ").join(store.name for store in offer.stores if store.left)),
    )
    return [{"title": title, "value": value} for title, value in told if value]


def _varied(response: HttpResponse) -> HttpResponse:
    # The address is the same for the page and for its part: a cache must not mix them up.
    response["Vary"] = ", ".join(filter(None, [response.get("Vary"), "HX-Request"]))
    return response
