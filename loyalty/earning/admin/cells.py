"""Cells of the forms that edit earn rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from loyalty.earning.types import Period, Validity

# Operators write lists with whatever comma their keyboard has.
_COMMAS = re.compile(r"[,，、;；\n]")
_LOCAL = "%Y-%m-%dT%H:%M"


class FractionField(forms.CharField):
    """A number written exactly: 2, 0.5 or 1/3."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", figures())
        super().__init__(**options)

    def clean(self, value: Any) -> Fraction | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            number = Fraction(text)
        except (ValueError, ZeroDivisionError):
            raise forms.ValidationError(_("Write a number such as 2, 0.5 or 1/3.")) from None
        if not 0 <= number <= 1_000_000:
            raise forms.ValidationError(_("It must be from 0 to 1,000,000."))
        return number


class ListField(forms.CharField):
    """Codes with commas between them."""

    def clean(self, value: Any) -> tuple[str, ...]:
        parts = [part.strip() for part in _COMMAS.split(super().clean(value))]
        return tuple(dict.fromkeys(part for part in parts if part))


class LocalTimeField(forms.CharField):
    """A time on the programme's clock; `zone` is given by the form that holds it."""

    zone: ZoneInfo

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", text(type="datetime-local"))
        super().__init__(required=False, **options)

    def clean(self, value: Any) -> datetime | None:
        written = super().clean(value)
        if not written:
            return None
        try:
            return datetime.fromisoformat(written).replace(tzinfo=self.zone)
        except ValueError:
            raise forms.ValidationError(_("Write a time such as 2026-11-11T00:00.")) from None


def local(at: datetime | None, zone: ZoneInfo) -> str:
    """Return a time as a `LocalTimeField` opens with it."""
    return at.astimezone(zone).strftime(_LOCAL) if at else ""


def text(**attrs: Any) -> UnfoldAdminTextInputWidget:
    return UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", **attrs})


def figures() -> UnfoldAdminTextInputWidget:
    return text(inputmode="decimal")


def name(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=60, widget=text())


def goods(label: Any, example: str) -> ListField:
    return ListField(
        label=label, required=False, max_length=2_000, widget=text(placeholder=example)
    )


def choice(label: Any, words: Any, *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=words, required=required, widget=UnfoldAdminSelectWidget
    )


def switch(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, widget=UnfoldBooleanSwitchWidget)


def count(label: Any, *, required: bool = False, most: int = 10**12) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=1,
        max_value=most,
        widget=UnfoldAdminIntegerFieldWidget,
    )


def validity_words() -> list[tuple[str, str]]:
    """Return in what the validity of points is counted."""
    return [
        ("", _("As the programme's")),
        ("days", _("Days")),
        ("months", _("Months")),
        ("month_end", _("Months, to the end of the month")),
    ]


class LastingRow(forms.Form):
    """A row whose points may last for a time of their own, and that may have caps."""

    validity = forms.ChoiceField(
        label=gettext_lazy("Valid for"),
        required=False,
        choices=validity_words,
        widget=UnfoldAdminSelectWidget,
    )
    lasts = forms.IntegerField(
        label=gettext_lazy("How many"),
        required=False,
        min_value=1,
        max_value=3660,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    periods: Sequence[Period] = ()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        unit, lasts = values.get("validity"), values.get("lasts")
        if unit and not lasts and "lasts" not in self.errors:
            self.add_error("lasts", _("Say how many."))
        if lasts and not unit:
            self.add_error("validity", _("Say what is counted."))
        return values

    def lasting(self) -> Validity | None:
        """Return the validity that was written, if any."""
        unit, lasts = self.cleaned_data.get("validity"), self.cleaned_data.get("lasts")
        return Validity(unit=unit, count=lasts) if unit and lasts else None

    def capped(self) -> dict[Period, int]:
        """Return the caps that were written."""
        written = {period: self.cleaned_data.get(f"cap_{period}") for period in self.periods}
        return {period: cap for period, cap in written.items() if cap}


def as_cells(*, caps: Any, validity: Validity | None) -> dict[str, str]:
    """Return caps and validity as the cells of a row open with them."""
    return {
        **{f"cap_{period}": str(cap) for period, cap in caps.items()},
        "validity": validity.unit if validity else "",
        "lasts": str(validity.count) if validity else "",
    }
