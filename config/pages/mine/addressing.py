"""The form of an address: three linked lists in China, free text abroad."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.pages import formats
from config.pages.mine import wording
from members.belongings import selectors
from members.belongings.types import CHINA, Address, AddressDraft, Label, Pasted, Place

REGION = ("country", "province", "city", "county", "area", "postcode")


class AddressForm(forms.Form):
    """An address as it is filled in. What it must be, its service says; here it is only asked."""

    recipient = forms.CharField(
        label=gettext_lazy("Recipient"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country or region"),
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    province = forms.CharField(label=gettext_lazy("Province"), widget=forms.Select)
    city = forms.CharField(label=gettext_lazy("City"), widget=forms.Select)
    county = forms.CharField(label=gettext_lazy("District or county"), widget=forms.Select)
    area = forms.CharField(label=gettext_lazy("City and state"), required=False)
    detail = forms.CharField(
        label=gettext_lazy("Street and number"),
        widget=forms.TextInput(attrs={"autocomplete": "street-address", "list": "streets"}),
    )
    postcode = forms.CharField(
        label=gettext_lazy("Postcode"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    label = forms.ChoiceField(label=gettext_lazy("Label"), required=False, widget=forms.RadioSelect)
    label_text = forms.CharField(label=gettext_lazy("Your own word"), required=False)
    is_default = forms.BooleanField(label=gettext_lazy("Fill this one in first"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # The service names what is missing, all at once and at its field.
            field.error_messages["required"] = wording.refusal("", "missing")
        self._choose("country", countries(formats.locale()))
        self._choose("label", [(code.value, title) for code, title in wording.labels().items()])
        province, city = self.told("province"), self.told("city")
        cities = selectors.list_cities(province=province)
        counties = selectors.list_counties(city=city) if _has(cities, city) else ()
        self._offer("province", selectors.list_provinces())
        self._offer("city", cities)
        self._offer("county", counties)
        abroad = self.told("country") not in ("", CHINA)
        for name in ("province", "city", "county"):
            if abroad or (name != "province" and not self.fields[name].choices):  # type: ignore[attr-defined]
                del self.fields[name]
        if abroad:
            self.fields["area"].required = True
        else:
            del self.fields["area"]

    def told(self, name: str) -> str:
        """Return what is filled in so far."""
        found = self.data.get(name) if self.is_bound else self.initial.get(name)
        return str(found or "")

    def _choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def _offer(self, name: str, places: Sequence[Place]) -> None:
        if not places:
            self.fields[name].choices = []  # type: ignore[attr-defined]
            return
        listed = [(place.code, place.name) for place in places]
        self.fields[name].choices = [("", _("Please choose")), *listed]  # type: ignore[attr-defined]

    def clean_label(self) -> Label:
        """Return the label."""
        return Label(self.cleaned_data["label"])

    def draft(self) -> AddressDraft:
        """Return what was filled in, as far as it was."""
        said = {name: self.told(name) for name in ("recipient", "phone", "detail", "postcode")}
        return AddressDraft(
            **said,
            country=self.told("country") or CHINA,
            region=self.region(),
            area=self.told("area"),
            label=self.cleaned_data.get("label", Label.NONE),
            label_text=self.told("label_text"),
            is_default=bool(self.cleaned_data.get("is_default")),
        )

    def region(self) -> str:
        """Return the finest division that is chosen and belongs to the ones above it."""
        code = ""
        for name in ("province", "city", "county"):
            choices = getattr(self.fields.get(name), "choices", ())
            chosen = self.told(name)
            if not chosen or chosen not in {value for value, _title in choices}:
                break
            code = chosen
        return code


def _has(places: Sequence[Place], code: str) -> bool:
    return any(place.code == code for place in places)


@lru_cache(maxsize=4)
def countries(locale: str) -> list[tuple[str, str]]:
    """Return the countries by name, China first: the shop is at home there."""
    names = Locale.parse(locale).territories
    found = {code: name for code, name in names.items() if len(code) == 2 and code.isalpha()}
    # What is no place of its own, or is chosen as a province.
    for code in ("EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", "HK", "MO", "TW", "AC", "CP", "DG"):
        found.pop(code, None)
    first = (CHINA, found.pop(CHINA))
    return [first, *sorted(found.items(), key=lambda item: item[1])]


def initial_of(address: Address) -> dict[str, Any]:
    """Return an address as the form's fields."""
    region = address.region
    return {
        "recipient": address.recipient,
        "phone": address.phone,
        "country": address.country,
        "province": region.province_code if region else "",
        "city": region.city_code if region else "",
        "county": region.county_code if region else "",
        "area": address.area,
        "detail": address.detail,
        "postcode": address.postcode,
        "label": address.label.value,
        "label_text": address.label_text,
        "is_default": address.is_default,
    }


def filled(values: Mapping[str, Any], pasted: Pasted) -> dict[str, Any]:
    """Return the form's fields with what was found in a pasted text; the rest as it was."""
    region = selectors.find_region(code=pasted.region)
    found = {
        "recipient": pasted.recipient,
        "phone": pasted.phone,
        "detail": pasted.detail,
        "postcode": pasted.postcode,
    }
    told = {**values, **{name: value for name, value in found.items() if value}}
    if region is not None:
        told |= {
            "country": CHINA,
            "province": region.province_code,
            "city": region.city_code,
            "county": region.county_code,
        }
    elif pasted.country != CHINA:
        told |= {"country": pasted.country, "area": pasted.area}
    return told
