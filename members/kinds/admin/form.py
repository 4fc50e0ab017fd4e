"""The form that edits the kinds: a row for each, lowest rank first."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from config.kernel.console import ReasonForm, RowsField, give_rows, rows_of
from members.kinds.admin import wording
from members.kinds.types import ORDINARY, Entry, Proof


class KindRow(forms.Form):
    """A kind of member."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9_-]*\Z",
                gettext_lazy("Small letters, digits, - and _; a letter first."),
            )
        ],
    )
    name_zh = forms.CharField(
        label=gettext_lazy("Name in Chinese"), max_length=40, widget=UnfoldAdminTextInputWidget()
    )
    name_en = forms.CharField(
        label=gettext_lazy("Name in English"), max_length=40, widget=UnfoldAdminTextInputWidget()
    )
    entry = forms.ChoiceField(
        label=gettext_lazy("How one enters"),
        choices=lambda: list(wording.entries().items()),
        widget=UnfoldAdminSelectWidget,
    )
    threshold = forms.DecimalField(
        label=gettext_lazy("From"),
        min_value=0,
        max_value=10**12,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    validity_months = forms.IntegerField(
        label=gettext_lazy("Months (0: no end)"),
        min_value=0,
        max_value=120,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    proof = forms.ChoiceField(
        label=gettext_lazy("Proof"),
        choices=lambda: list(wording.proofs().items()),
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    by_operator = forms.BooleanField(
        label=gettext_lazy("Staff decide"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    service_level = forms.ChoiceField(
        label=gettext_lazy("Service"),
        choices=lambda: list(wording.levels().items()),
        widget=UnfoldAdminSelectWidget,
    )
    group_size = forms.IntegerField(
        label=gettext_lazy("People in a group (0: single)"),
        min_value=0,
        max_value=500,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["threshold"].label = _("From, %(currency)s") % {"currency": currency}

    def clean(self) -> dict[str, Any]:
        """Look at what belongs together."""
        values = super().clean() or self.cleaned_data
        entry = values.get("entry")
        if entry == Entry.SPEND and not values.get("threshold"):
            self.add_error("threshold", _("Say how much spend it takes."))
        if values.get("proof", Proof.NONE) != Proof.NONE and entry != Entry.APPLY:
            self.add_error("proof", _("Only who applies shows a proof."))
        if values.get("group_size") == 1:
            self.add_error("group_size", _("A group has at least two."))
        if (values.get("group_size") or 0) > 1 and entry != Entry.APPLY:
            self.add_error("group_size", _("Only what one applies for can be a group."))
        return values


class KindsForm(ReasonForm):
    """A new version of the kinds."""

    kinds = RowsField(
        label=gettext_lazy("Kinds, lowest rank first"),
        row=KindRow,
        add=gettext_lazy("Add a kind"),
        most=20,
        ordered=True,
        help_text=gettext_lazy("Who is of several is called by the one that stands last."),
    )
    field_order = ("kinds", "reason")

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_rows(self, "kinds", currency=currency)

    def clean(self) -> dict[str, Any]:
        """Look at the kinds as a whole: codes stand once."""
        values = super().clean() or self.cleaned_data
        if "kinds" not in values:
            return values
        rows = [row for _place, row in rows_of(self, "kinds").filled()]
        seen = {ORDINARY}
        for row in rows:
            code = row.cleaned_data["code"]
            if code in seen:
                row.add_error("code", _("This code stands above already, or is everybody's."))
            seen.add(code)
        if any(row.errors for row in rows):
            self.add_error("kinds", _("Look at the rows that are marked."))
        return values
