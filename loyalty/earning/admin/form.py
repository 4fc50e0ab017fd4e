"""The form that edits a version of earn rules, and tries it before it is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from config.kernel.console import ReasonForm, RowsField, give_rows, rows_of
from config.kernel.errors import DomainError
from loyalty import selectors as loyalty_selectors
from loyalty.earning.admin import cells
from loyalty.earning.admin.rows import BehaviorRow, CapRow, CartRow, RuleRow
from members.commerce import selectors as commerce_selectors
from members.commerce.types import Order
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Programme


class RulesForm(ReasonForm):
    """A new version of earn rules."""

    rate = cells.FractionField()
    growth_rate = cells.FractionField()
    tier_multiplier = cells.switch(gettext_lazy("Tiers multiply points"))
    rules = RowsField(
        label=gettext_lazy("Rules of goods and campaigns"),
        row=RuleRow,
        add=gettext_lazy("Add a rule"),
        least=0,
        most=200,
        help_text=gettext_lazy(
            "Without goods a rule is about all of them; a category holds all below it. Of one"
            " exclusive group, only the first by priority works on a line; group “tier” works"
            " instead of the tier's multiplier. Validity counts from payment."
        ),
    )
    caps = RowsField(
        label=gettext_lazy("All orders of a member together"),
        row=CapRow,
        add=gettext_lazy("Add a cap"),
        least=0,
        most=5,
    )
    behaviors = RowsField(
        label=gettext_lazy("Behaviors"),
        row=BehaviorRow,
        add=gettext_lazy("Add a behavior"),
        least=0,
        most=200,
        help_text=gettext_lazy("sign_up, profile and birthday are seen by the system itself."),
    )
    from_at = cells.LocalTimeField(
        label=gettext_lazy("In force from"),
        help_text=gettext_lazy("Empty: from the moment it is published."),
    )
    order = forms.CharField(
        label=gettext_lazy("Try it on an order"),
        required=False,
        max_length=64,
        widget=cells.text(),
        help_text=gettext_lazy("The shop's order number; not kept."),
    )
    cart = RowsField(
        label=gettext_lazy("Or on a cart"),
        row=CartRow,
        add=gettext_lazy("Add a line"),
        least=0,
        help_text=gettext_lazy("Not kept."),
    )
    tier = cells.choice(gettext_lazy("of a member who is"), [], required=False)
    first_order = cells.switch(gettext_lazy("and orders for the first time"))
    replay = cells.switch(gettext_lazy("Replay the last 500 orders"))
    field_order = (
        "rate",
        "growth_rate",
        "tier_multiplier",
        "rules",
        "caps",
        "behaviors",
        "from_at",
        "order",
        "cart",
        "tier",
        "first_order",
        "replay",
        "reason",
    )
    found: Order | None = None

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme = programme
        names = {"currency": programme.currency}
        self.fields["rate"].label = _("Points for each 1 %(currency)s paid") % names
        self.fields["growth_rate"].label = _("Growth for each 1 %(currency)s paid") % names
        give_rows(self, "rules", currency=programme.currency, zone=programme.zone)
        self.fields["from_at"].zone = programme.zone  # type: ignore[attr-defined]
        self.fields["tier"].choices = tier_words(programme)  # type: ignore[attr-defined]

    def clean_caps(self) -> dict[str, int]:
        """Return the caps by period; one that stands twice is said at its row."""
        found: dict[str, int] = {}
        for _place, row in rows_of(self, "caps").filled():
            period = row.cleaned_data["period"]
            if period in found:
                row.add_error("period", _("This one stands above already."))
                raise forms.ValidationError(_("Look at the rows that are marked."))
            found[period] = row.cleaned_data["points"]
        return found

    def clean_order(self) -> Order | None:
        """Find the order to try the rules on."""
        number = self.cleaned_data["order"].strip()
        shops = programmes_selectors.list_storefronts(self.programme.id)
        if not number or not shops:
            return None
        found = commerce_selectors.find_order(
            external_no=number, storefront_id=shops[0].id, sisters=[shop.id for shop in shops]
        )
        if found is None:
            raise forms.ValidationError(_("There is no order of this number."))
        return found


def tier_words(programme: Programme) -> list[tuple[str, str]]:
    """Return the programme's tiers by code, lowest first."""
    try:
        tiers = loyalty_selectors.get_ladder(programme_id=programme.id).tiers
    except DomainError:
        return [("", "–")]
    chinese = (get_language() or "").startswith("zh")
    return [(tier.code, tier.name_zh if chinese else tier.name_en) for tier in tiers]
