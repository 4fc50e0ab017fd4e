"""The member's address book."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kernel import ids
from config.kernel.errors import DomainError
from config.pages.mine import wording
from config.pages.mine.addressing import REGION, AddressForm, filled, initial_of
from config.pages.visitors import Visitor, member_page
from members import selectors as members_selectors
from members.belongings import selectors, services
from members.belongings.types import MOST_ADDRESSES, Address

_LONGEST_PASTE = 500


@require_safe
@member_page
def addresses(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the member's addresses."""
    found = selectors.list_addresses(member_ids=visitor.member_ids)
    values = {
        "addresses": [{"is": row, "label": wording.label(row)} for row in found],
        "most": MOST_ADDRESSES,
        "full": len(found) >= MOST_ADDRESSES,
    }
    return render(request, "pages/mine/addresses.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def add(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask for a new address, or fill the form in from a pasted text, and keep it."""
    form = AddressForm(request.POST) if request.method == "POST" else None
    if form is None:
        return _ask(request, AddressForm(initial=_known_of(visitor)))
    if "fill" in request.POST or "redraw" in request.POST:
        return _ask(request, _filled_in(request))
    if _save(form, visitor, None):
        messages.success(request, _("The address is in your book."))
        return redirect("mine:addresses")
    return _ask(request, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def change(request: HttpRequest, visitor: Visitor, address: str) -> HttpResponse:
    """Show an address to be changed, and keep what was changed."""
    found = _find(visitor, address)
    if request.method != "POST":
        return _ask(request, AddressForm(initial=initial_of(found)), found)
    if "fill" in request.POST or "redraw" in request.POST:
        return _ask(request, _filled_in(request), found)
    form = AddressForm(request.POST)
    if _save(form, visitor, found):
        messages.success(request, _("Saved."))
        return redirect("mine:addresses")
    return _ask(request, form, found, status=422)


@require_POST
@member_page
def make_default(request: HttpRequest, visitor: Visitor, address: str) -> HttpResponse:
    """Make an address the one that is filled in first."""
    found = _find(visitor, address)
    services.make_default_address(
        member_id=found.member_id, address_id=found.id, actor=_actor(visitor), now=visitor.now
    )
    messages.success(request, _("This address is now filled in first."))
    return redirect("mine:addresses")


@require_POST
@member_page
def remove(request: HttpRequest, visitor: Visitor, address: str) -> HttpResponse:
    """Take an address out of the book."""
    found = _find(visitor, address)
    services.remove_address(
        member_id=found.member_id, address_id=found.id, actor=_actor(visitor), now=visitor.now
    )
    messages.success(request, _("The address is removed."))
    return redirect("mine:addresses")


@require_safe
@member_page
def region(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Draw the lists of province, city and county again, for what is chosen so far."""
    initial = {name: request.GET.get(name, "") for name in REGION}
    return render(request, "pages/mine/_region.html", {"form": AddressForm(initial=initial)})


@require_safe
@member_page
def streets(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List streets of the member's own book that complete what is being typed."""
    form = AddressForm(initial={name: request.GET.get(name, "") for name in REGION})
    found = selectors.suggest_details(
        member_ids=visitor.member_ids,
        text=request.GET.get("detail", "")[:120],
        region=form.region(),
    )
    return render(request, "pages/mine/_streets.html", {"streets": found})


def _find(visitor: Visitor, public_id: str) -> Address:
    place = ids.decode("adr", public_id)
    if place.member_id not in visitor.member_ids:
        raise Http404
    return selectors.get_address(member_id=place.member_id, address_id=place.row_id)


def _known_of(visitor: Visitor) -> dict[str, Any]:
    """Return what need not be typed: the member is the likeliest recipient."""
    member = members_selectors.get_member(member_id=visitor.member.id)
    phone = (member.phone or "").removeprefix("+86")
    return {"recipient": member.name or "", "phone": phone, "label": ""}


def _filled_in(request: HttpRequest) -> AddressForm:
    """Return the form as it was, with what a pasted text says."""
    values: dict[str, Any] = request.POST.dict()
    values["is_default"] = "is_default" in request.POST
    text = request.POST.get("pasted", "")[:_LONGEST_PASTE]
    if "fill" in request.POST:
        values = filled(values, selectors.read_pasted(text=text))
    return AddressForm(initial=values)


def _save(form: AddressForm, visitor: Visitor, found: Address | None) -> bool:
    """Keep an address; a refusal is put at its field."""
    if not form.is_valid() and {"label", "country"} & set(form.errors):
        # Nobody chooses these from a list of ours: there is nothing to keep.
        return False
    draft, actor, now = form.draft(), _actor(visitor), visitor.now
    try:
        if found is None:
            services.add_address(member_id=visitor.member.id, draft=draft, actor=actor, now=now)
        else:
            services.change_address(
                member_id=found.member_id, address_id=found.id, draft=draft, actor=actor, now=now
            )
    except services.FieldsRefusedError as refused:
        wording.put(form, refused)
    except DomainError as refused:
        form.add_error(None, wording.said(refused))
    else:
        return True
    return False


def _ask(
    request: HttpRequest, form: AddressForm, found: Address | None = None, *, status: int = 200
) -> HttpResponse:
    url = reverse("mine:address", args=[found.public_id]) if found else reverse("mine:add_address")
    values = {
        "form": form,
        "address": found,
        "action": url,
        "pasted": request.POST.get("pasted", "")[:_LONGEST_PASTE],
        "read": "fill" in request.POST,
    }
    return render(request, "pages/mine/address.html", values, status=status)


def _actor(visitor: Visitor) -> str:
    return f"member:{visitor.member.public_id}"
