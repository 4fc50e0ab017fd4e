"""Forms of the liability page: what points cost, and the band of issued ÷ redeemed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from config.kernel.console import ReasonForm


class CostForm(ReasonForm):
    """What points cost from a day on."""

    brand = forms.TypedChoiceField(
        label=gettext_lazy("Brand"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    from_day = forms.DateField(
        label=gettext_lazy("From"), widget=UnfoldAdminTextInputWidget(attrs={"type": "date"})
    )
    minor_units = forms.IntegerField(
        label=gettext_lazy("Cost in minor units (fen)"),
        min_value=0,
        max_value=10**12,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    points = forms.IntegerField(
        label=gettext_lazy("for so many points"),
        min_value=1,
        max_value=10**12,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("100 fen for 100 points: a point costs one fen, exactly."),
    )
    field_order = ("brand", "from_day", "minor_units", "points", "reason")


class BandForm(ReasonForm):
    """Bounds of issued ÷ redeemed."""

    least = forms.DecimalField(
        label=gettext_lazy("At least"),
        min_value=0,
        max_digits=6,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    most = forms.DecimalField(
        label=gettext_lazy("At most"),
        min_value=0,
        max_digits=6,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text=gettext_lazy(
            "A burn rate of 60 to 80 % is issued ÷ redeemed between 1.25 and 1.67."
        ),
    )
    field_order = ("least", "most", "reason")
