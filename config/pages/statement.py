"""The statement of points, and one entry explained."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.kernel import ids
from config.pages import drawing, entries, explanations, holdings, purse, wording
from config.pages.addresses import linked
from config.pages.addresses import place as row_before
from config.pages.visitors import Visitor, member_page
from members.commerce import selectors as commerce_selectors
from points import selectors as points_selectors
from points.types import Kind

PAGE = 30
ROOMS = "points"


@require_safe
@member_page
def statement(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the ledger, newest first; with HTMX only the list is drawn again."""
    kind = request.GET.get("kind", "")
    if kind not in _filters():
        kind = ""
    before = row_before(request.GET.get("before"))
    page = points_selectors.list_entries(
        member_ids=visitor.member_ids,
        programme_id=visitor.programme.id,
        kinds=_KINDS[kind],
        before=before,
        limit=PAGE,
    )
    values: dict[str, object] = {
        "filters": [
            {"url": linked("pages:statement", kind=code), "title": title, "here": code == kind}
            for code, title in _filters().items()
        ],
        "kind": kind,
        "newest": linked("pages:statement", kind=kind) if before else "",
        "older": linked("pages:statement", kind=kind, before=page.next_before)
        if page.next_before
        else "",
        "lines": entries.as_lines(
            page.entries, member_ids=visitor.member_ids, programme_id=visitor.programme.id
        ),
    }
    if request.headers.get("HX-Target") == "entries":
        return _varied(render(request, "pages/_statement.html", values))
    values["holdings"] = holdings.of_visitor(visitor)
    values["rooms"] = drawing.rooms_of(ROOMS, visitor)
    wallet = points_selectors.get_wallet(
        member_id=visitor.member.id, programme_id=visitor.programme.id, now=visitor.now
    )
    values |= {
        "balance": wallet.balance,
        "arrives": purse.arrives(wallet),
        "endings": purse.by_month(wallet.balance.expiring),
        "chart": purse.chart(wallet.balance.expiring),
    }
    return _varied(render(request, "pages/statement.html", values))


# What a member filters by, and which kinds of entry each filter shows.
_KINDS: dict[str, tuple[Kind, ...]] = {
    "": (),
    "earned": (Kind.EARN, Kind.ACTIVATE, Kind.EXCHANGE_IN),
    "spent": (Kind.SPEND, Kind.HOLD, Kind.RELEASE, Kind.EXCHANGE_OUT),
    "refunds": (Kind.RETURN, Kind.REVERSE),
    "expired": (Kind.EXPIRE,),
}


def _filters() -> dict[str, str]:
    titles = wording.filter_titles()
    return {code: titles[code] for code in _KINDS}


def _varied(response: HttpResponse) -> HttpResponse:
    # The address is the same for the page and for its part: a cache must not mix them up.
    response["Vary"] = ", ".join(filter(None, [response.get("Vary"), "HX-Request"]))
    return response


@require_safe
@member_page
def entry(request: HttpRequest, visitor: Visitor, entry: str) -> HttpResponse:
    """Explain one entry: why, by which arithmetic, and which points it moved."""
    place = ids.decode("ent", entry)
    if place.member_id not in visitor.member_ids:
        raise Http404
    found = points_selectors.get_entry(
        member_id=place.member_id, entry_id=place.row_id, programme_id=visitor.programme.id
    )
    numbers = entries.order_numbers([found], member_ids=visitor.member_ids)
    order_id = wording.order_of(found.source)
    values = {
        "line": wording.entry_line(
            found,
            order_numbers=numbers,
            gifts=entries.mall_items([found], member_ids=visitor.member_ids),
            behaviors=entries.behaviors([found], programme_id=visitor.programme.id),
        ),
        "order_id": order_id if order_id in numbers else None,
        "lots": found.lots,
        "explanation": explanations.of_entry(
            found, programme=visitor.programme, titles=_goods_of(order_id, numbers)
        ),
    }
    return render(request, "pages/entry.html", values)


def _goods_of(order_id: str | None, numbers: Mapping[str, str]) -> dict[int, str]:
    """Return what the lines of the member's order are called."""
    if order_id not in numbers:
        return {}
    place = ids.decode("ord", str(order_id))
    order = commerce_selectors.find_order_by_id(member_id=place.member_id, order_id=place.row_id)
    return {part.line_no: part.name or part.sku for part in order.lines} if order else {}
