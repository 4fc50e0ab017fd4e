"""Console: earn rules as versions, drafted, compared and published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from config.kernel import clock
from config.kernel.console import Fact, ReasonForm, RowsField, RulesAdmin, Said, Table, rows_of
from config.kernel.errors import DomainError
from config.kernel.money import minor_digits
from loyalty import selectors as loyalty_selectors
from loyalty.earning import models, rulesets, selectors, services
from loyalty.earning.errors import RulesNotFoundError
from loyalty.earning.figures import figures
from loyalty.earning.types import Action, LineFacts, OrderFacts, Rule, RulesDraft, RuleSet
from members.programmes import selectors as programmes_selectors


class FractionField(forms.CharField):
    """A number written exactly: 2, 0.5 or 1/3."""

    widget = UnfoldAdminTextInputWidget

    def clean(self, value: Any) -> Fraction | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            number = Fraction(text)
        except (ValueError, ZeroDivisionError):
            raise forms.ValidationError(_("Write a number such as 2, 0.5 or 1/3.")) from None
        if not 0 <= number <= 999:
            raise forms.ValidationError(_("It must be from 0 to 999."))
        return number


def kind_words() -> list[tuple[str, str]]:
    """Return what a multiplier of goods can be about."""
    return [("", "–"), ("category", _("Category")), ("sku", _("Product (SKU)"))]


class MultiplierRow(forms.Form):
    """Goods whose points are multiplied."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Goods"), choices=kind_words, widget=UnfoldAdminSelectWidget
    )
    what = forms.CharField(
        label=gettext_lazy("Category or SKU"), max_length=120, widget=UnfoldAdminTextInputWidget()
    )
    times = FractionField(
        label=gettext_lazy("Points ×"),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
    )


class RulesForm(ReasonForm):
    """A new version of earn rules."""

    rate = FractionField()
    growth_rate = FractionField()
    tier_multiplier = forms.BooleanField(
        label=gettext_lazy("Tiers multiply points"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )
    line_multipliers = RowsField(
        label=gettext_lazy("Multipliers of goods"),
        row=MultiplierRow,
        add=gettext_lazy("Add goods"),
        least=0,
        help_text=gettext_lazy("A product's own multiplier goes before that of its category."),
    )
    field_order = ("rate", "growth_rate", "tier_multiplier", "line_multipliers", "reason")

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {"currency": currency}
        self.fields["rate"].label = _("Points for each 1 %(currency)s paid") % names
        self.fields["growth_rate"].label = _("Growth for each 1 %(currency)s paid") % names

    def clean_line_multipliers(self) -> dict[str, Fraction]:
        """Return multipliers by goods; what stands twice is said at its row."""
        found: dict[str, Fraction] = {}
        for _place, row in rows_of(self, "line_multipliers").filled():
            key = f"{row.cleaned_data['kind']}:{row.cleaned_data['what']}"
            if key in found:
                row.add_error("what", _("These goods stand above already."))
                raise forms.ValidationError(_("Look at the rows that are marked."))
            found[key] = row.cleaned_data["times"]
        return found


@admin.register(models.EarnRuleVersion)
class EarnRuleVersionAdmin(RulesAdmin):
    """Earn rules: write a version, see what orders would get, publish it."""

    editor = RulesForm
    summary = ("rate", "growth_rate", "tier_multiplier", "from_at")
    publishing = gettext_lazy(
        "Orders placed from then on earn by it. What was earned stays as it is."
    )

    @admin.display(description=gettext_lazy("points"))
    def rate(self, obj: models.EarnRuleVersion) -> str:
        return _per_unit(obj.programme_id, _rate(obj))

    @admin.display(description=gettext_lazy("growth"))
    def growth_rate(self, obj: models.EarnRuleVersion) -> str:
        return _per_unit(obj.programme_id, _growth(obj))

    def editing(self, version: models.EarnRuleVersion) -> dict[str, Any]:
        return {"currency": programmes_selectors.get_programme(version.programme_id).currency}

    def opened(self, version: models.EarnRuleVersion) -> dict[str, Any]:
        unit = _unit(version.programme_id)
        rows = []
        for rule in filter(_of_goods, rulesets.of_row(version).rules):
            kind, _colon, what = rule.goods[0].partition(":")
            rows.append({"kind": kind, "what": what, "times": str(rule.value)})
        return {
            "rate": str(_rate(version) * unit),
            "growth_rate": str(_growth(version) * unit),
            "tier_multiplier": version.tier_multiplier,
            "line_multipliers": rows,
        }

    def drafted(self, values: Mapping[str, Any], version: models.EarnRuleVersion) -> RulesDraft:
        unit, present = _unit(version.programme_id), rulesets.of_row(version)
        others = [rule for rule in present.rules if not _of_goods(rule)]
        return RulesDraft(
            rate=values["rate"] / unit,
            growth_rate=values["growth_rate"] / unit,
            tier_multiplier=values["tier_multiplier"],
            rules=rulesets.in_order([*others, *_goods_rules(values["line_multipliers"])]),
            caps=present.caps,
            behaviors=tuple(present.behaviors.values()),
        )

    def kept(self, version: models.EarnRuleVersion) -> RulesDraft:
        rules = rulesets.of_row(version)
        return RulesDraft(
            rate=rules.rate,
            growth_rate=rules.growth_rate,
            tier_multiplier=rules.tier_multiplier,
            rules=rules.rules,
            caps=rules.caps,
            behaviors=tuple(rules.behaviors.values()),
        )

    def write(self, draft: RulesDraft, said: Said) -> int:
        version: int = services.draft_rules(draft=draft, **said.as_words())
        return version

    def put_in_force(self, version: int, said: Said) -> Sequence[str]:
        services.publish_rules(version=version, **said.as_words())
        return ()

    def in_force(self, programme_id: int) -> models.EarnRuleVersion | None:
        try:
            rules = selectors.get_rules(programme_id=programme_id, at=clock.now())
        except RulesNotFoundError:
            return None
        return models.EarnRuleVersion.objects.get(programme_id=programme_id, version=rules.version)

    def facts(self, version: models.EarnRuleVersion) -> Sequence[Fact]:
        facts = [
            Fact(key="rate", label=_("Points"), value=self.rate(version)),
            Fact(key="growth", label=_("Growth"), value=self.growth_rate(version)),
            Fact(
                key="tiers",
                label=_("Tiers multiply points"),
                value=_("Yes") if version.tier_multiplier else _("No"),
            ),
        ]
        worded = {"rate", "growth_rate", "tier_multiplier", "from_at"}
        told = figures(rulesets.of_row(version))
        return facts + [
            Fact(key=name, label=name, value=value)
            for name, value in told.items()
            if name not in worded
        ]

    def preview(self, values: dict[str, Any], version: models.EarnRuleVersion) -> Sequence[Table]:
        return [_would_get(version.programme_id, self.drafted(values, version))]

    def effects(self, version: models.EarnRuleVersion) -> Sequence[Table]:
        return [_would_get(version.programme_id, self.kept(version))]


def _unit(programme_id: int) -> int:
    """Return how many minor units make one of the programme's currency."""
    unit: int = 10 ** minor_digits(programmes_selectors.get_programme(programme_id).currency)
    return unit


def _rate(row: models.EarnRuleVersion) -> Fraction:
    return Fraction(row.rate_numerator, row.rate_denominator)


def _growth(row: models.EarnRuleVersion) -> Fraction:
    return Fraction(row.growth_numerator, row.growth_denominator)


def _per_unit(programme_id: int, rate: Fraction) -> str:
    currency = programmes_selectors.get_programme(programme_id).currency
    return _("%(number)s for 1 %(currency)s") % {
        "number": rate * _unit(programme_id),
        "currency": currency,
    }


def _goods(name: str) -> str:
    kind, _colon, what = name.partition(":")
    return f"{dict(kind_words()).get(kind, kind)} {what}"


def _of_goods(rule: Rule) -> bool:
    """Tell whether a rule is one of the editor's rows: goods whose points are multiplied."""
    return rule.group == "goods" and rule.action is Action.FACTOR and len(rule.goods) == 1


def _goods_rules(multipliers: Mapping[str, Fraction]) -> list[Rule]:
    return [
        Rule(
            code=f"goods-{number}",
            name_zh=selector,
            name_en=selector,
            priority=10 if selector.startswith("sku:") else 20,
            group="goods",
            action=Action.FACTOR,
            value=value,
            goods=(selector,),
        )
        for number, (selector, value) in enumerate(multipliers.items(), 1)
    ]


# What the preview buys: three lines whose shares do not divide evenly.
_BASKET = (12_800, 6_910, 29_990)


def _would_get(programme_id: int, draft: RulesDraft) -> Table:
    """Return what an order would get by the rules in force, and by those being written."""
    now = clock.now()
    programme = programmes_selectors.get_programme(programme_id)
    try:
        present = selectors.get_rules(programme_id=programme.id, at=now)
        tiers = loyalty_selectors.get_ladder(programme_id=programme.id).tiers
    except DomainError:
        return Table(title=_("This order would get"), headers=[], rows=[])
    written = RuleSet(
        programme_id=programme.id,
        version=0,
        rate=draft.rate,
        growth_rate=draft.growth_rate,
        tier_multiplier=draft.tier_multiplier,
        from_at=now,
        rules=tuple(draft.rules),
        caps=draft.caps,
    )
    # Each multiplier of goods takes its turn on the first line, so that it can be seen.
    named = [rule.goods[0] for rule in written.rules if _of_goods(rule)]
    goods = [("", ""), *((_goods(name), name) for name in named)]
    facts = OrderFacts(at=now, day=programme.local_day(now))
    chinese = (get_language() or "").startswith("zh")
    rows: list[list[object]] = []
    for label, key in goods:
        lines = [
            LineFacts(
                line_no=number,
                net=net,
                sku=key.removeprefix("sku:") if number == 1 and key.startswith("sku:") else "",
                category=key.removeprefix("category:")
                if number == 1 and key.startswith("category:")
                else "",
            )
            for number, net in enumerate(_BASKET, start=1)
        ]
        for tier in tiers:
            before = services.decide(
                rules=present, lines=lines, multiplier=tier.multiplier, facts=facts
            )
            after = services.decide(
                rules=written, lines=lines, multiplier=tier.multiplier, facts=facts
            )
            rows.append(
                [
                    tier.name_zh if chinese else tier.name_en,
                    label or "–",
                    f"{before.earned:,}",
                    f"{after.earned:,}",
                    f"{after.earned - before.earned:+,}",
                    f"{after.growth:,}",
                ]
            )
    digits = minor_digits(programme.currency)
    total = f"{sum(_BASKET) / 10**digits:,.{digits}f} {programme.currency}"
    return Table(
        title=_("An order of %(total)s would get") % {"total": total},
        headers=[
            _("Tier"),
            _("First line is"),
            _("Points now"),
            _("Points then"),
            _("Difference"),
            _("Growth then"),
        ],
        rows=rows[:60],
    )
