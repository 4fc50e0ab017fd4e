"""The rows of the editor: a rule, a behavior, a cap, a line of a cart that is tried."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel.money import minor_digits
from loyalty.earning.admin import cells
from loyalty.earning.types import Action, BehaviorRule, LineFacts, Period, Rule


def action_words() -> list[tuple[str, str]]:
    """Return what a rule can do."""
    return [
        ("", "–"),
        (Action.FACTOR.value, _("Points × so many")),
        (Action.BONUS.value, _("So many points once an order")),
        (Action.RATE.value, _("Another rate, for 1 of the currency")),
        (Action.EXTRA.value, _("More on top, for 1 of the currency")),
        (Action.EXCLUDED.value, _("Earns nothing")),
    ]


class RuleRow(cells.LastingRow):
    """A rule of goods, of a campaign, of the first order."""

    name_zh = cells.name(gettext_lazy("Name in Chinese"))
    name_en = cells.name(gettext_lazy("Name in English"))
    code = forms.CharField(
        label=gettext_lazy("Code"),
        required=False,
        max_length=40,
        widget=cells.text(spellcheck="false"),
    )
    action = cells.choice(gettext_lazy("What it does"), action_words)
    value = cells.FractionField(label=gettext_lazy("How much"), required=False)
    goods = cells.goods(gettext_lazy("Categories"), "food/tea")
    skus = cells.goods(gettext_lazy("Products (SKU)"), "A1, B2")
    brands = cells.goods(gettext_lazy("Brands"), "X")
    minimum = forms.DecimalField(
        label=gettext_lazy("From an amount of"),
        required=False,
        min_value=0,
        max_value=10**9,
        widget=cells.figures(),
    )
    starts_at = cells.LocalTimeField(label=gettext_lazy("Placed from"))
    ends_at = cells.LocalTimeField(label=gettext_lazy("Placed before"))
    first_order = cells.switch(gettext_lazy("First order only"))
    group = forms.CharField(
        label=gettext_lazy("Exclusive group"), required=False, max_length=40, widget=cells.text()
    )
    priority = forms.IntegerField(
        label=gettext_lazy("Priority"),
        required=False,
        min_value=0,
        max_value=10_000,
        widget=cells.text(inputmode="numeric", placeholder="100"),
    )
    cap_order = cells.count(gettext_lazy("Points at most an order"))
    cap_day = cells.count(gettext_lazy("at most a day"))
    cap_week = cells.count(gettext_lazy("at most a week"))
    cap_month = cells.count(gettext_lazy("at most a month"))
    cap_member = cells.count(gettext_lazy("at most for ever"))
    periods: tuple[Period, ...] = ("order", "day", "week", "month", "member")
    field_order = (
        "name_zh",
        "name_en",
        "action",
        "value",
        "goods",
        "skus",
        "brands",
        "minimum",
        "starts_at",
        "ends_at",
        "first_order",
        "group",
        "priority",
        "validity",
        "lasts",
        "cap_order",
        "cap_day",
        "cap_week",
        "cap_month",
        "cap_member",
        "code",
    )

    def __init__(self, *args: Any, currency: str, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = 10 ** minor_digits(currency)
        self.fields["minimum"].label = _("From an amount of, %(currency)s") % {"currency": currency}
        for field in ("starts_at", "ends_at"):
            self.fields[field].zone = zone  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Make a rule of the cells; how they belong together is said at the cell."""
        values = super().clean()
        if "action" not in values:
            return values
        action = Action(values["action"])
        if action is not Action.EXCLUDED and values.get("value") is None:
            if "value" not in self.errors:
                self.add_error("value", _("Say how much."))
        elif action is Action.EXCLUDED and values.get("value"):
            self.add_error("value", _("What earns nothing has no value."))
        starts, ends = values.get("starts_at"), values.get("ends_at")
        if starts and ends and starts >= ends:
            self.add_error("ends_at", _("It ends before it starts."))
        if not self.errors:
            values["rule"] = self._rule(action, values)
        return values

    def _rule(self, action: Action, values: dict[str, Any]) -> Rule:
        value = values.get("value") or Fraction(0)
        if action in (Action.RATE, Action.EXTRA):
            value /= self.unit
        return Rule(
            code=values["code"] or slugify(values["name_en"])[:40] or "rule",
            name_zh=values["name_zh"],
            name_en=values["name_en"],
            action=action,
            value=value,
            goods=(
                *(f"category:{one.strip('/')}" for one in values["goods"]),
                *(f"sku:{one}" for one in values["skus"]),
                *(f"brand:{one}" for one in values["brands"]),
            ),
            minimum=int((values.get("minimum") or 0) * self.unit),
            starts_at=values["starts_at"],
            ends_at=values["ends_at"],
            first_order=values["first_order"],
            group=values["group"],
            priority=100 if values["priority"] is None else values["priority"],
            caps=self.capped(),
            validity=self.lasting(),
        )


def open_rule(rule: Rule, *, currency: str, zone: ZoneInfo) -> dict[str, Any]:
    """Return a rule as its row opens."""
    unit = 10 ** minor_digits(currency)
    value = rule.value * unit if rule.action in (Action.RATE, Action.EXTRA) else rule.value

    def of(kind: str) -> str:
        return ", ".join(
            one.removeprefix(f"{kind}:") for one in rule.goods if one.startswith(f"{kind}:")
        )

    return {
        "name_zh": rule.name_zh,
        "name_en": rule.name_en,
        "code": rule.code,
        "action": rule.action.value,
        "value": "" if rule.action is Action.EXCLUDED else str(value),
        "goods": of("category"),
        "skus": of("sku"),
        "brands": of("brand"),
        "minimum": f"{rule.minimum / unit:g}" if rule.minimum else "",
        "starts_at": cells.local(rule.starts_at, zone),
        "ends_at": cells.local(rule.ends_at, zone),
        "first_order": rule.first_order,
        "group": rule.group,
        "priority": str(rule.priority),
        **cells.as_cells(caps=rule.caps, validity=rule.validity),
    }


class BehaviorRow(cells.LastingRow):
    """What a behavior earns, and how often."""

    name_zh = cells.name(gettext_lazy("Name in Chinese"))
    name_en = cells.name(gettext_lazy("Name in English"))
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40, widget=cells.text(spellcheck="false")
    )
    points = cells.count(gettext_lazy("Points"), required=True, most=1_000_000)
    active = cells.switch(gettext_lazy("On"))
    cap_day = cells.count(gettext_lazy("Times at most a day"))
    cap_week = cells.count(gettext_lazy("at most a week"))
    cap_month = cells.count(gettext_lazy("at most a month"))
    cap_member = cells.count(gettext_lazy("at most for ever"))
    periods: tuple[Period, ...] = ("day", "week", "month", "member")
    field_order = (
        "name_zh",
        "name_en",
        "code",
        "points",
        "active",
        "cap_day",
        "cap_week",
        "cap_month",
        "cap_member",
        "validity",
        "lasts",
    )

    def clean(self) -> dict[str, Any]:
        """Make a behavior's rule of the cells."""
        values = super().clean()
        if not self.errors:
            values["behavior"] = BehaviorRule(
                code=values["code"],
                name_zh=values["name_zh"],
                name_en=values["name_en"],
                points=values["points"],
                active=values["active"],
                caps=self.capped(),
                validity=self.lasting(),
            )
        return values


def open_behavior(rule: BehaviorRule) -> dict[str, Any]:
    """Return a behavior's rule as its row opens."""
    return {
        "name_zh": rule.name_zh,
        "name_en": rule.name_en,
        "code": rule.code,
        "points": str(rule.points),
        "active": rule.active,
        **cells.as_cells(caps=rule.caps, validity=rule.validity),
    }


def period_words() -> list[tuple[str, str]]:
    """Return the periods of caps."""
    return [
        ("", "–"),
        ("order", _("an order")),
        ("day", _("a day")),
        ("week", _("a week")),
        ("month", _("a month")),
        ("member", _("for ever")),
    ]


class CapRow(forms.Form):
    """How many points all orders of a member together may earn."""

    points = cells.count(gettext_lazy("Points at most"), required=True)
    period = cells.choice(gettext_lazy("Period"), period_words)


class CartRow(forms.Form):
    """A line of a cart that is tried."""

    amount = forms.DecimalField(
        label=gettext_lazy("Amount paid"), min_value=0, max_value=10**9, widget=cells.figures()
    )
    category = forms.CharField(
        label=gettext_lazy("Category"), required=False, max_length=200, widget=cells.text()
    )
    sku = forms.CharField(
        label=gettext_lazy("SKU"), required=False, max_length=64, widget=cells.text()
    )
    brand = forms.CharField(
        label=gettext_lazy("Brand"), required=False, max_length=100, widget=cells.text()
    )


def cart_lines(rows: list[dict[str, Any]], *, currency: str) -> tuple[LineFacts, ...]:
    """Return what was typed as lines of an order."""
    unit = 10 ** minor_digits(currency)
    return tuple(
        LineFacts(
            line_no=number,
            net=int(row["amount"] * unit),
            category=row["category"],
            sku=row["sku"],
            brand=row["brand"],
        )
        for number, row in enumerate(rows, 1)
    )
