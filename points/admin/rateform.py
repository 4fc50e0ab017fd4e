"""What an operator says of an exchange rate, and what it would bring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldBooleanSwitchWidget,
)

from config.kernel import clock
from config.kernel.console import ReasonForm, Table
from points import models
from points.admin import purses
from points.admin.wording import rounding_words
from points.types import Rate, Rounding

_SHOWN = (100, 1_000, 10_000)


def _number(label: Any, *, least: int = 0, required: bool = True, hint: Any = "") -> Any:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=10**12,
        required=required,
        help_text=hint,
        widget=UnfoldAdminIntegerFieldWidget,
    )


class RateForm(ReasonForm):
    """The next version of a rate."""

    field_order = (
        *("source", "target", "begins_at", "per", "gives", "rounding", "fee_permille"),
        *("fee_fixed", "minimum", "step", "member_limit", "pair_limit", "carries_expiry"),
        *("price", "closed", "reason"),
    )

    source = forms.ChoiceField(
        label=gettext_lazy("Members give"), choices=purses.choices, widget=UnfoldAdminSelectWidget
    )
    target = forms.ChoiceField(
        label=gettext_lazy("They receive"), choices=purses.choices, widget=UnfoldAdminSelectWidget
    )
    begins_at = forms.SplitDateTimeField(
        label=gettext_lazy("Holds from"),
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text=gettext_lazy("Empty: from now on."),
    )
    per = _number(gettext_lazy("So many points given"), least=1)
    gives = _number(gettext_lazy("Bring so many"), least=1)
    rounding = forms.ChoiceField(
        label=gettext_lazy("Rounding"),
        choices=lambda: list(rounding_words().items()),
        widget=UnfoldAdminSelectWidget,
    )
    fee_permille = _number(
        gettext_lazy("Fee, per mille of what is given"),
        hint=gettext_lazy("Rounded up; it goes off before the rate is applied."),
    )
    fee_fixed = _number(gettext_lazy("Fee besides, points"))
    minimum = _number(gettext_lazy("At least"), least=1)
    step = _number(gettext_lazy("In steps of"), least=1)
    member_limit = _number(
        gettext_lazy("A member, a day"),
        least=1,
        required=False,
        hint=gettext_lazy("Points given; empty: no limit."),
    )
    pair_limit = _number(gettext_lazy("Everyone, a day"), least=1, required=False)
    carries_expiry = forms.BooleanField(
        label=gettext_lazy("Earlier ends are kept"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy("Else every point received is valid as a new one is."),
    )
    price = _number(
        gettext_lazy("Settlement price of 1,000 points received"),
        hint=gettext_lazy("In minor units of the receiving programme's money."),
    )
    closed = forms.BooleanField(
        label=gettext_lazy("No exchange from then on"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )


TERMS = (
    "per", "gives", "rounding", "fee_permille", "fee_fixed", "minimum", "step", "member_limit",
    "pair_limit", "carries_expiry", "price",
)  # fmt: skip


def to_rate(values: dict[str, Any], now: datetime) -> Rate:
    terms = {name: values[name] for name in TERMS}
    return Rate(
        id=0,
        version=0,
        source=purses.read(values["source"]),
        target=purses.read(values["target"]),
        begins_at=values.get("begins_at") or now,
        closed=bool(values.get("closed")),
        **terms | {"rounding": Rounding(terms["rounding"])},
    )


def brings(values: dict[str, Any]) -> Sequence[Table]:
    """Return what a few amounts would become."""
    rate = to_rate(values, clock.now())
    quotes = [rate.quote(points) for points in _SHOWN]
    return [
        Table(
            title=_("What it brings"),
            headers=[_("Given"), _("Fee"), _("Brought in")],
            rows=[[f"{q.given:,}", f"{q.fee:,}", f"{q.received:,}"] for q in quotes],
        )
    ]


def opened(obj: models.ExchangeRate) -> dict[str, Any]:
    """Return what the form opens with for the next version of a rate."""
    source, target = purses.ends(obj)
    return {name: getattr(obj, name) for name in TERMS} | {
        "source": purses.code(source),
        "target": purses.code(target),
    }
