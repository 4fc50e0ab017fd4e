"""Order an item: where to, how many, a look at what it costs, and only then the order."""

from __future__ import annotations

import re
import secrets
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from config.kernel import numerals
from config.kernel.errors import DomainError
from config.pages.mall import shelf, wording
from config.pages.visitors import Visitor, center_storefront, member_page
from members import selectors as members_selectors
from members import services as members_services
from members.belongings import selectors as belongings_selectors
from points import errors as points_errors
from points.mall import errors, selectors, services
from points.mall.types import Address, Delivery, Offer

_KEY = re.compile(r"[0-9a-f]{32}")


class CheckoutForm(forms.Form):
    """What an order needs to know. Fields that this item does not need are taken out."""

    quantity = forms.IntegerField(
        min_value=1,
        error_messages={
            "required": gettext_lazy("How many would you like?"),
            "invalid": gettext_lazy("Write a number."),
            "min_value": gettext_lazy("One at least."),
        },
    )
    delivery = forms.ChoiceField(label=gettext_lazy("How should it reach you?"), choices=())
    store = forms.ChoiceField(label=gettext_lazy("Store"), choices=(), required=False)
    recipient = forms.CharField(
        label=gettext_lazy("Recipient"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    region = forms.CharField(
        label=gettext_lazy("Province, city, district"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "address-level1"}),
    )
    street = forms.CharField(
        label=gettext_lazy("Street and number"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postcode = forms.CharField(
        label=gettext_lazy("Postcode"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )

    ADDRESS = ("recipient", "phone", "region", "street", "postcode")

    def __init__(self, offer: Offer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer
        ways = offer.item.deliveries
        quantity = self.fields["quantity"]
        quantity.max_value = shelf.most(offer)  # type: ignore[attr-defined]
        self._choose("delivery", [(way.value, wording.delivery_title(way)) for way in ways])
        stores = [(str(s.store_id), s.name) for s in offer.stores if s.left > 0]
        self._choose("store", stores)
        for name in self.ADDRESS:
            self.fields[name].widget.attrs.pop("maxlength", None)
            self.fields[name].error_messages["required"] = _("Please fill this in.")
        if len(ways) == 1:
            del self.fields["delivery"]
        if Delivery.COLLECT not in ways:
            del self.fields["store"]
        chosen = self.way()
        if chosen is not Delivery.SHIP:
            for name in self.ADDRESS:
                # Somebody may change their mind: nothing typed is lost, nothing is asked.
                self.fields[name].required = False
        if Delivery.SHIP not in ways:
            for name in self.ADDRESS:
                del self.fields[name]

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        field.choices = choices  # type: ignore[attr-defined]
        field.widget = forms.RadioSelect(choices=choices)

    def way(self) -> Delivery:
        """Return how it is to be delivered, as far as it is chosen."""
        ways = self.offer.item.deliveries
        told = self.data.get("delivery") or self.initial.get("delivery")
        return next((way for way in ways if way == told), ways[0])

    def clean_phone(self) -> str:
        """Refuse what nobody can be called by."""
        phone = str(self.cleaned_data["phone"]).strip()
        if phone and sum(ch.isdigit() for ch in phone) < 5:
            raise forms.ValidationError(_("The courier calls this number: please check it."))
        return phone

    def clean_quantity(self) -> int:
        quantity = int(self.cleaned_data["quantity"])
        most = shelf.most(self.offer)
        if quantity > most:
            raise forms.ValidationError(_("At most %(most)s.") % {"most": most})
        return quantity

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.way() is Delivery.COLLECT and not cleaned.get("store"):
            self.add_error("store", _("Choose the store you will come to."))
        return cleaned

    @property
    def address(self) -> Address | None:
        """Return the address, where one is needed."""
        if self.way() is not Delivery.SHIP:
            return None
        return Address(**{name: self.cleaned_data[name].strip() for name in self.ADDRESS})


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def checkout(request: HttpRequest, visitor: Visitor, item: str) -> HttpResponse:
    """Ask what the order needs, show what it will cost, and place it when it is confirmed."""
    offer = shelf.find_offer(visitor, item)
    if not offer.open and request.method != "POST":
        return redirect("shop:item", item)
    form = _form(request, visitor, offer)
    _ask_for_proof(request, visitor, offer, form)
    if request.method != "POST" or not form.is_valid() or "change" in request.POST:
        bad = form.is_bound and bool(form.errors) and "change" not in request.POST
        return _ask(request, visitor, offer, form, status=422 if bad else 200)
    if "confirmed" not in request.POST:
        return _confirm(request, visitor, offer, form)
    try:
        placed = services.place_order(
            member_id=visitor.member.id,
            storefront=center_storefront(),
            item_id=offer.item.id,
            quantity=form.cleaned_data["quantity"],
            delivery=form.way(),
            address=form.address,
            store_id=int(form.cleaned_data["store"]) if form.way() is Delivery.COLLECT else None,
            price_version=_version(request),
            idempotency_key=f"web:{_key(request)}",
            actor=f"member:{visitor.member.public_id}",
            now=visitor.now,
        )
    except DomainError as refused:
        fresh = shelf.find_offer(visitor, item)
        form.add_error(None, _refusal(refused, fresh))
        return _ask(request, visitor, fresh, form, status=409)
    return redirect(reverse("shop:order", args=[placed.order.public_id]) + "?new=1")


def _ask_for_proof(
    request: HttpRequest, visitor: Visitor, offer: Offer, form: CheckoutForm
) -> None:
    """Ask for a second proof before much is spent: first thing, so that nothing typed is lost."""
    asked = str(form["quantity"].value() or "")
    quantity = numerals.read(asked, digits=3) or 1
    members_services.require_step_up_to_spend(
        session=request.session,
        user_id=int(request.user.pk or 0),
        points=offer.item.points * min(quantity, shelf.most(offer)),
        now=visitor.now,
    )


def _form(request: HttpRequest, visitor: Visitor, offer: Offer) -> CheckoutForm:
    if request.method == "POST":
        return CheckoutForm(offer, request.POST)
    asked = numerals.read(request.GET.get("quantity"), digits=3)
    initial: dict[str, Any] = {"quantity": 1 if asked is None else asked}
    if Delivery.SHIP in offer.item.deliveries:
        initial |= _address_of(request, visitor)
    near = [store.store_id for store in offer.stores if store.left > 0]
    if len(near) == 1:
        initial["store"] = near[0]
    return CheckoutForm(offer, initial={**initial, "delivery": offer.item.deliveries[0].value})


def _address_of(request: HttpRequest, visitor: Visitor) -> dict[str, str]:
    """Return the address that was picked, else the book's default, else the latest parcel's."""
    kept = belongings_selectors.list_addresses(member_ids=visitor.member_ids)
    asked = request.GET.get("address", "")
    picked = next((address for address in kept if address.public_id == asked), None)
    if picked or kept:
        address = picked or kept[0]
        return {
            "recipient": address.recipient,
            "phone": address.phone,
            "region": address.where,
            "street": address.detail,
            "postcode": address.postcode,
        }
    known = selectors.find_latest_address(member_ids=visitor.member_ids)
    return known.as_json() if known else _known_of(visitor)


def _book(request: HttpRequest, visitor: Visitor, offer: Offer) -> list[dict[str, object]]:
    """Return the addresses that may be picked, each with where it leads."""
    if Delivery.SHIP not in offer.item.deliveries:
        return []
    kept = belongings_selectors.list_addresses(member_ids=visitor.member_ids)
    here = request.GET.get("address", "") or (kept[0].public_id if kept else "")
    url = reverse("shop:checkout", args=[offer.item.public_id])
    return [
        {
            "address": address,
            "here": address.public_id == here and request.method != "POST",
            "url": f"{url}?{urlencode({'address': address.public_id, 'quantity': quantity})}",
        }
        for quantity in [request.POST.get("quantity") or request.GET.get("quantity", "1")]
        for address in kept
    ]


def _known_of(visitor: Visitor) -> dict[str, str]:
    member = members_selectors.get_member(member_id=visitor.member.id)
    return {"recipient": member.name or "", "phone": member.phone or ""}


def _ask(
    request: HttpRequest, visitor: Visitor, offer: Offer, form: CheckoutForm, *, status: int
) -> HttpResponse:
    values = {
        **_common(request, visitor, offer),
        "form": form,
        "address_fields": [form[name] for name in form.ADDRESS if name in form.fields],
        "quantity": form["quantity"].value(),
        "quantity_error": " ".join(str(error) for error in form.errors.get("quantity", [])),
        "most": shelf.most(offer),
        "book": _book(request, visitor, offer),
    }
    return render(request, "pages/mall/checkout.html", values, status=status)


def _confirm(
    request: HttpRequest, visitor: Visitor, offer: Offer, form: CheckoutForm
) -> HttpResponse:
    quantity = form.cleaned_data["quantity"]
    have = shelf.available(visitor)
    stores = {str(store.store_id): store.name for store in offer.stores}
    points = offer.item.points * quantity
    values = {
        **_common(request, visitor, offer),
        "quantity": quantity,
        "total": shelf.price_of(offer.item, quantity),
        "points": points,
        "have": have,
        "left": have - points,
        "short": max(0, points - have),
        "minutes": selectors.get_terms(programme_id=visitor.programme.id).pay_minutes,
        "way": wording.delivery_title(form.way()),
        "address": form.address,
        "store": stores.get(form.cleaned_data.get("store", ""), ""),
        "sent": [(name, form.data.get(name, "")) for name in form.fields],
    }
    return render(request, "pages/mall/confirm.html", values)


def _common(request: HttpRequest, visitor: Visitor, offer: Offer) -> dict[str, object]:
    return {
        "item": offer.item,
        "image": shelf.image(offer.item.pictures[0] if offer.item.pictures else None),
        "price": shelf.price_of(offer.item),
        "available": shelf.available(visitor),
        # The form carries its own key, so that a double click orders once.
        "key": _key(request),
        "version": _version(request) or offer.item.price_version,
        "url": reverse("shop:checkout", args=[offer.item.public_id]),
        "back": reverse("shop:item", args=[offer.item.public_id]),
    }


def _key(request: HttpRequest) -> str:
    told = request.POST.get("key", "")
    return told if _KEY.fullmatch(told) else secrets.token_hex(16)


def _version(request: HttpRequest) -> int | None:
    return numerals.read(request.POST.get("version"), digits=8)


def _refusal(refused: DomainError, offer: Offer) -> str:
    """Return what happened meanwhile, and that nothing was taken."""
    if isinstance(refused, errors.UnavailableError):
        title, remedy = wording.why(refused.hindrance, offer.item)
        return f"{title}. {remedy}" if title else remedy
    if isinstance(refused, points_errors.InsufficientPointsError):
        return _("You have too few points for this. Nothing was taken.")
    if isinstance(refused, errors.PriceChangedError):
        return _("The price has changed meanwhile: please look again. Nothing was taken.")
    return str(_(refused.title))
