"""The form that edits a ladder: a row for each tier, lowest first."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from config.kernel.console import ReasonForm, RowsField, give_rows, rows_of
from config.kernel.money import minor_digits
from loyalty.admin.amounts import measure_words
from loyalty.types import Measure


def _figures() -> UnfoldAdminTextInputWidget:
    return UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"})


class TierRow(forms.Form):
    """A tier."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=32,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9_-]*\Z",
                gettext_lazy("Small letters, digits, - and _; a letter first."),
            )
        ],
    )
    name_zh = forms.CharField(
        label=gettext_lazy("Name in Chinese"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(),
    )
    name_en = forms.CharField(
        label=gettext_lazy("Name in English"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(),
    )
    threshold = forms.DecimalField(
        label=gettext_lazy("From"),
        min_value=0,
        max_value=10**12,
        widget=_figures(),
    )
    multiplier = forms.DecimalField(
        label=gettext_lazy("Points ×"),
        min_value=Decimal("0.001"),
        max_value=999,
        decimal_places=3,
        widget=_figures(),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["threshold"]
        field.label = _("From, %(currency)s or growth") % {"currency": currency}


class LadderForm(ReasonForm):
    """A new version of a ladder."""

    measure = forms.ChoiceField(
        label=gettext_lazy("What counts"), choices=measure_words, widget=UnfoldAdminSelectWidget
    )
    tiers = RowsField(
        label=gettext_lazy("Tiers, lowest first"),
        row=TierRow,
        add=gettext_lazy("Add a tier"),
        most=12,
        ordered=True,
    )
    validity_months = forms.IntegerField(
        label=gettext_lazy("A tier is valid for, months"),
        min_value=1,
        max_value=120,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    grace_days = forms.IntegerField(
        label=gettext_lazy("Grace, days"),
        min_value=0,
        max_value=366,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("How long a tier stays after it has run out."),
    )
    steps_down = forms.IntegerField(
        label=gettext_lazy("Levels lost at most"),
        min_value=0,
        max_value=9,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("When a tier runs out; 0 means any number."),
    )
    member = forms.CharField(
        label=gettext_lazy("Try it on a member"),
        required=False,
        max_length=120,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Member number, mem_ id, phone or e-mail; not kept."),
    )
    field_order = (
        "measure",
        "tiers",
        "validity_months",
        "grace_days",
        "steps_down",
        "member",
        "reason",
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.digits = minor_digits(currency)
        give_rows(self, "tiers", currency=currency)

    def clean(self) -> dict[str, Any]:
        """Look at the tiers as a whole: codes stand once, thresholds rise from 0."""
        values = super().clean() or self.cleaned_data
        if "tiers" not in values or "measure" not in values:
            return values
        rows = [row for _place, row in rows_of(self, "tiers").filled()]
        digits = 0 if values["measure"] == Measure.GROWTH else self.digits
        self._look_at_amounts(rows, digits)
        seen: set[str] = set()
        for row in rows:
            code = row.cleaned_data["code"]
            if code in seen:
                row.add_error("code", _("This code stands above already."))
            seen.add(code)
        if any(row.errors for row in rows):
            self.add_error("tiers", _("Look at the rows that are marked."))
        return values

    def _look_at_amounts(self, rows: list[forms.Form], digits: int) -> None:
        amounts = [row.cleaned_data["threshold"] for row in rows]
        for row, amount in zip(rows, amounts, strict=True):
            if amount != round(amount, digits):
                row.add_error("threshold", _("At most %(digits)d decimals.") % {"digits": digits})
        if amounts[0] != 0:
            rows[0].add_error("threshold", _("The lowest tier starts at 0."))
        for (lower, higher), row in zip(pairwise(amounts), rows[1:], strict=True):
            if higher <= lower:
                said = _("It must be more than %(amount)s, the tier below.")
                row.add_error("threshold", said % {"amount": f"{lower.normalize():f}"})
