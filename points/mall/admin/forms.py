"""Forms of the mall's screens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from config.kernel.console import ReasonForm
from config.kernel.money import minor_digits
from members.programmes import selectors as programmes_selectors
from points.mall import audiences, pictures
from points.mall.admin import wording
from points.mall.types import ItemKind

_TEXT, _NUMBER = UnfoldAdminTextInputWidget, UnfoldAdminIntegerFieldWidget
_SELECT, _AREA = UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget
_MOMENT = {"type": "datetime-local"}


class ItemForm(ReasonForm):
    """Everything an operator writes down about an item. `programme` is given by the screen."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=_TEXT,
        help_text=gettext_lazy("Small letters, digits and dashes; it stays for good."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list, widget=_SELECT)
    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=80, widget=_TEXT)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=80, widget=_TEXT)
    description_zh = forms.CharField(
        label=gettext_lazy("Chinese description"),
        max_length=4000,
        required=False,
        widget=_AREA(attrs={"rows": 4}),
    )
    description_en = forms.CharField(
        label=gettext_lazy("English description"),
        max_length=4000,
        required=False,
        widget=_AREA(attrs={"rows": 4}),
    )
    points = forms.IntegerField(label=gettext_lazy("Points"), min_value=1, widget=_NUMBER)
    cash = forms.DecimalField(
        label=gettext_lazy("Cash besides"),
        min_value=Decimal(0),
        max_digits=12,
        required=False,
        widget=_TEXT(attrs={"inputmode": "decimal"}),
        help_text=gettext_lazy("In the programme's currency. Empty: points alone."),
    )
    tickets = forms.IntegerField(
        label=gettext_lazy("Lottery tickets for each"),
        min_value=1,
        required=False,
        widget=_NUMBER,
        help_text=gettext_lazy("Only for lottery tickets."),
    )
    issuer = forms.ChoiceField(
        label=gettext_lazy("Coupon issued by"),
        choices=list,
        required=False,
        widget=_SELECT,
        help_text=gettext_lazy("Only for coupons."),
    )
    template = forms.CharField(
        label=gettext_lazy("The issuer's template"), max_length=80, required=False, widget=_TEXT
    )
    ships = forms.BooleanField(
        label=gettext_lazy("Can be sent"), required=False, widget=UnfoldBooleanWidget
    )
    collects = forms.BooleanField(
        label=gettext_lazy("Can be collected in a store"),
        required=False,
        widget=UnfoldBooleanWidget,
    )
    limit_count = forms.IntegerField(
        label=gettext_lazy("At most for a member"),
        min_value=1,
        required=False,
        widget=_NUMBER,
        help_text=gettext_lazy("Empty: no limit."),
    )
    limit_per = forms.ChoiceField(
        label=gettext_lazy("The limit counts"), choices=list, widget=_SELECT
    )
    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("For these tiers alone"),
        choices=list,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("None ticked: for everybody."),
    )
    on_sale_from = forms.DateTimeField(
        label=gettext_lazy("On sale from"), required=False, widget=_TEXT(attrs=_MOMENT)
    )
    on_sale_until = forms.DateTimeField(
        label=gettext_lazy("On sale until"),
        required=False,
        widget=_TEXT(attrs=_MOMENT),
        help_text=gettext_lazy("In the programme's time zone; this moment is no longer included."),
    )
    sort = forms.IntegerField(
        label=gettext_lazy("Place on the shelf"),
        required=False,
        widget=_NUMBER,
        help_text=gettext_lazy("Small numbers come first."),
    )

    programme_id = 0
    fixed: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme = programmes_selectors.get_programme(self.programme_id)
        self.digits = minor_digits(programme.currency)
        chinese = (get_language() or "").startswith("zh")
        self._choose("kind", wording.kinds())
        self._choose("limit_per", wording.periods())
        self._choose("issuer", wording.issuers())
        tiers = audiences.list_tiers(programme_id=self.programme_id)
        self._choose("tiers", {t.code: t.name_zh if chinese else t.name_en for t in tiers})
        for name in self.fixed:
            del self.fields[name]
        # Why it is done comes last.
        self.fields["reason"] = self.fields.pop("reason")

    def _choose(self, name: str, words: dict[str, str]) -> None:
        self.fields[name].choices = list(words.items())  # type: ignore[attr-defined]

    def clean_cash(self) -> Decimal | None:
        """Refuse fractions of the smallest coin."""
        cash: Decimal | None = self.cleaned_data["cash"]
        if cash is not None and cash != round(cash, self.digits):
            raise forms.ValidationError(
                _("At most %(digits)s decimal places.") % {"digits": self.digits}
            )
        return cash

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["cash"] = int((cleaned.get("cash") or 0) * 10**self.digits)
        cleaned["sort"] = 100 if cleaned.get("sort") is None else cleaned["sort"]
        cleaned["tiers"] = tuple(cleaned.get("tiers") or ())
        if "tickets" in self.fields:
            cleaned["tickets"] = cleaned.get("tickets") or 1
        return cleaned


def item_form(programme_id: int, *, fixed: tuple[str, ...] = ()) -> type[ItemForm]:
    """Return the form for an item of a programme, without the fields that are fixed."""
    return type("ItemFormOfProgramme", (ItemForm,), {"programme_id": programme_id, "fixed": fixed})


def opened(item: Any, *, digits: int) -> dict[str, Any]:
    """Return what the form opens with for an item that is there."""
    told = {name: getattr(item, name) for name in ItemForm.base_fields if hasattr(item, name)}
    told["cash"] = f"{Decimal(item.cash).scaleb(-digits):f}" if item.cash else ""
    for name in ("on_sale_from", "on_sale_until"):
        told[name] = _local(told[name])
    return told


def _local(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M") if at else ""


class ProgrammeForm(forms.Form):
    """For which programme."""

    programme = forms.ChoiceField(label=gettext_lazy("Programme"), choices=list, widget=_SELECT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zh = (get_language() or "").startswith("zh")
        self.fields["programme"].choices = [  # type: ignore[attr-defined]
            (one.id, one.name_zh if zh else one.name_en)
            for one in programmes_selectors.list_programmes()
        ]


class PictureForm(ReasonForm):
    """A picture for an item."""

    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy(
            "JPEG, PNG or WebP, square if you can. It is drawn anew: what it said of camera"
            " and place is gone."
        ),
    )
    field_order = ("picture", "reason")

    def clean_picture(self) -> bytes:
        """Read the file, unless it is too large to be a picture."""
        file = self.cleaned_data["picture"]
        if (file.size or 0) > pictures.LARGEST_FILE:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB.")
                % {"limit": pictures.LARGEST_FILE // 1024 // 1024}
            )
        return bytes(file.read())


class CodesForm(ReasonForm):
    """A file of codes."""

    file = forms.FileField(
        label=gettext_lazy("File of codes"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy(
            "CSV in UTF-8, one code a line in the first column. Each is given out once;"
            " they are kept encrypted and not shown to staff."
        ),
    )
    field_order = ("file", "reason")


class StockForm(ReasonForm):
    """Stock that comes in or goes out."""

    change = forms.IntegerField(
        label=gettext_lazy("Pieces"),
        widget=_NUMBER,
        help_text=gettext_lazy("Above zero comes in, below zero goes out."),
    )
    store = forms.ChoiceField(
        label=gettext_lazy("Where"), choices=list, required=False, widget=_SELECT
    )
    field_order = ("change", "store", "reason")

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store"].choices = places  # type: ignore[attr-defined]


class ShipForm(forms.Form):
    """A parcel that leaves."""

    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=40, widget=_TEXT)
    tracking = forms.CharField(label=gettext_lazy("Tracking number"), max_length=60, widget=_TEXT)


class ShipFileForm(ProgrammeForm):
    """A file of parcels that leave."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy(
            "CSV: order number, carrier, tracking number. The file of orders to ship"
            " has these columns first; fill them in and send it back."
        ),
    )
    field_order = ("programme", "file")


class ExportForm(ReasonForm, ProgrammeForm):
    """Why somebody takes addresses out of the house."""

    field_order = ("programme", "reason")


class CollectForm(ProgrammeForm):
    """A code that somebody shows in a store."""

    code = forms.CharField(
        label=gettext_lazy("Collection code"),
        max_length=40,
        widget=_TEXT(attrs={"autocomplete": "off", "autofocus": True}),
    )
    store = forms.ChoiceField(
        label=gettext_lazy("Store"), choices=list, required=False, widget=_SELECT
    )
    field_order = ("code", "store", "programme")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stores = [
            (store.id, store.name)
            for programme in programmes_selectors.list_programmes()
            for store in programmes_selectors.list_stores(programme.id)
        ]
        self.fields["store"].choices = [("", _("Any store")), *stores]  # type: ignore[attr-defined]


class PaidForm(forms.Form):
    """Cash that was taken outside."""

    reference = forms.CharField(
        label=gettext_lazy("Where it was paid"),
        max_length=120,
        widget=_TEXT,
        help_text=gettext_lazy("Receipt number or till: whoever looks for it finds it by this."),
    )


class RefundForm(ReasonForm):
    """A refund, and whether the piece came back."""

    restock = forms.BooleanField(
        label=gettext_lazy("It came back and can be given out again"),
        required=False,
        widget=UnfoldBooleanWidget,
    )
    field_order = ("restock", "reason")


class TermsForm(ReasonForm):
    """A programme's times."""

    pay_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes to pay the cash part"),
        min_value=1,
        max_value=1440,
        widget=_NUMBER,
    )
    collect_days = forms.IntegerField(
        label=gettext_lazy("Days to collect an order in a store"),
        min_value=1,
        max_value=365,
        widget=_NUMBER,
    )
    undo_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes to take a collection back"),
        min_value=0,
        max_value=1440,
        widget=_NUMBER,
    )
    field_order: tuple[str, ...] = ("pay_minutes", "collect_days", "undo_minutes", "reason")


DRAFT_FIELDS = tuple(name for name in ItemForm.base_fields if name != "reason")
_ONLY_FOR = {
    ItemKind.PHYSICAL: ("ships", "collects"),
    ItemKind.COUPON: ("issuer", "template"),
    ItemKind.TICKET: ("tickets",),
}


def fixed_fields(kind: str) -> tuple[str, ...]:
    """Return what is not asked of an item that is there: what it is, and what others have."""
    others = (names for only, names in _ONLY_FOR.items() if only != kind)
    return ("code", "kind", *(name for names in others for name in names))
