"""Console: earn rules as versions, drafted, compared and published."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import (
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from config.kernel import clock
from config.kernel.console import (
    ReadOnlyAdmin,
    ReasonForm,
    Table,
    action,
    actor,
    ask,
    badge,
    found_or_404,
    record_url,
)
from config.kernel.errors import DomainError
from config.kernel.money import minor_digits
from loyalty import selectors as loyalty_selectors
from loyalty.earning import models, rulesets, selectors, services
from loyalty.earning.types import Action, LineFacts, OrderFacts, Rule, RulesDraft, RuleSet
from members.programmes import selectors as programmes_selectors


class FractionField(forms.CharField):
    """A number written exactly: 1/100, 0.5 or 3."""

    widget = UnfoldAdminTextInputWidget

    def clean(self, value: Any) -> Fraction:
        text = super().clean(value)
        try:
            return Fraction(text)
        except (ValueError, ZeroDivisionError):
            raise forms.ValidationError(_("Write a number such as 1/100, 0.5 or 3.")) from None


class RulesForm(ReasonForm):
    """A new version of earn rules."""

    rate = FractionField(
        label=gettext_lazy("Points for each minor unit (fen) paid"),
        help_text=gettext_lazy("1/100 gives 1 point for every ¥1."),
    )
    growth_rate = FractionField(label=gettext_lazy("Growth for each minor unit (fen) paid"))
    tier_multiplier = forms.BooleanField(
        label=gettext_lazy("Tiers multiply points"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )
    line_multipliers = forms.CharField(
        label=gettext_lazy("Multipliers of goods"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line, such as category:food/tea = 2 or sku:A1 = 3"),
    )
    field_order = ("rate", "growth_rate", "tier_multiplier", "line_multipliers", "reason")

    def clean_line_multipliers(self) -> dict[str, Fraction]:
        """Read the lines; a wrong one is named by its number."""
        found: dict[str, Fraction] = {}
        lines = self.cleaned_data["line_multipliers"].splitlines()
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            name, _equals, value = line.partition("=")
            try:
                found[name.strip()] = Fraction(value.strip())
            except (ValueError, ZeroDivisionError):
                raise forms.ValidationError(
                    _("Line %(number)s has no number behind its equals sign: %(line)s")
                    % {"number": number, "line": line}
                ) from None
        return found


@admin.register(models.EarnRuleVersion)
class EarnRuleVersionAdmin(ReadOnlyAdmin):
    """Earn rules: draft a version, compare it, publish it."""

    list_display = (
        "programme",
        "version",
        "shown_state",
        "rate",
        "growth_rate",
        "tier_multiplier",
        "from_at",
        "drafted_by",
    )
    list_filter = ("state",)
    ordering = ("programme_id", "-version")
    fields = (
        "programme",
        "version",
        "state",
        "rate",
        "growth_rate",
        "tier_multiplier",
        "from_at",
        "drafted_by",
        "drafted_at",
        "published_by",
        "published_at",
        "reason",
    )
    readonly_fields = fields
    actions_detail = ("draft", "publish", "restore")

    @admin.display(description=gettext_lazy("programme"))
    def programme(self, obj: models.EarnRuleVersion) -> str:
        return programmes_selectors.get_programme(obj.programme_id).code

    @admin.display(description=gettext_lazy("points"))
    def rate(self, obj: models.EarnRuleVersion) -> str:
        return f"{obj.rate_numerator}/{obj.rate_denominator}"

    @admin.display(description=gettext_lazy("growth"))
    def growth_rate(self, obj: models.EarnRuleVersion) -> str:
        return f"{obj.growth_numerator}/{obj.growth_denominator}"

    @badge(title=gettext_lazy("state"), colors={"published": "success", "draft": "info"})
    def shown_state(self, obj: models.EarnRuleVersion) -> tuple[str, str]:
        return obj.state, obj.get_state_display()

    @action(title=gettext_lazy("New version from this"), path="draft", icon="edit_note")
    def draft(self, request: HttpRequest, object_id: str) -> HttpResponse:
        base = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            reason = values.pop("reason")
            values["rules"] = _goods_rules(values.pop("line_multipliers"))
            version = services.draft_rules(
                programme_id=base.programme_id,
                draft=RulesDraft(**values),
                actor=actor(request),
                reason=reason,
                now=clock.now(),
            )
            return _("Version %(version)s is a draft now. Look at it, then publish.") % {
                "version": version
            }

        return ask(
            self,
            request,
            title=_("New version of the earn rules"),
            form_class=RulesForm,
            initial={
                "rate": self.rate(base),
                "growth_rate": self.growth_rate(base),
                "tier_multiplier": base.tier_multiplier,
                "line_multipliers": "\n".join(
                    f"{rule.goods[0]} = {rule.value}" for rule in _draft_of(base).rules
                ),
            },
            act=act,
            done=reverse("admin:earning_earnruleversion_changelist"),
            button=_("Keep as a draft"),
            preview=lambda values: [_would_get(base, values)],
        )

    @action(title=gettext_lazy("Publish"), path="publish", icon="publish")
    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.publish_rules(
                programme_id=version.programme_id,
                version=version.version,
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return _("Version %(version)s is in force.") % {"version": version.version}

        return ask(
            self,
            request,
            title=_("Publish version %(version)s") % {"version": version.version},
            form_class=ReasonForm,
            act=act,
            done=record_url(models.EarnRuleVersion, version.pk),
            explain=_("Orders placed from then on earn by it. What was earned stays as it is."),
            button=_("Publish"),
        )

    @action(title=gettext_lazy("Put in force again"), path="restore", icon="history")
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        older = found_or_404(self, request, object_id)

        @transaction.atomic
        def act(values: dict[str, Any]) -> str:
            said: dict[str, Any] = {
                "programme_id": older.programme_id,
                "actor": actor(request),
                "reason": values["reason"],
                "now": clock.now(),
            }
            version = services.draft_rules(draft=_draft_of(older), **said)
            services.publish_rules(version=version, **said)
            return _("Version %(version)s is in force, with the rules of version %(older)s.") % {
                "version": version,
                "older": older.version,
            }

        return ask(
            self,
            request,
            title=_("Put the rules of version %(version)s in force again")
            % {"version": older.version},
            form_class=ReasonForm,
            act=act,
            done=reverse("admin:earning_earnruleversion_changelist"),
            explain=_("They become a new version; history stays as it is."),
            button=_("Put in force again"),
        )

    def tables(self, request: HttpRequest, obj: models.EarnRuleVersion) -> list[Table]:
        changes = services.compare_rules(
            programme_id=obj.programme_id, version=obj.version, now=clock.now()
        )
        return [
            Table(
                title=_("Compared with the rules in force"),
                headers=[_("Field"), _("In force"), _("Drafted")],
                rows=[[name, before, after] for name, (before, after) in changes.items()],
                empty=_("Nothing: it equals the rules in force."),
            )
        ]


def _draft_of(row: models.EarnRuleVersion) -> RulesDraft:
    return RulesDraft(
        rate=Fraction(row.rate_numerator, row.rate_denominator),
        growth_rate=Fraction(row.growth_numerator, row.growth_denominator),
        tier_multiplier=row.tier_multiplier,
        rules=rulesets.of_row(row).rules,
        caps=row.caps,
        behaviors=tuple(rulesets.of_row(row).behaviors.values()),
    )


def _goods_rules(multipliers: Mapping[str, Fraction]) -> tuple[Rule, ...]:
    return rulesets.in_order(
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
    )


# What the preview buys: three lines whose shares do not divide evenly.
_BASKET = (12_800, 6_910, 29_990)


def _would_get(base: models.EarnRuleVersion, values: dict[str, Any]) -> Table:
    """Return what an order would get by the rules in force, and by those being written."""
    now = clock.now()
    programme = programmes_selectors.get_programme(base.programme_id)
    try:
        present = selectors.get_rules(programme_id=programme.id, at=now)
        tiers = loyalty_selectors.get_ladder(programme_id=programme.id).tiers
    except DomainError:
        return Table(title=_("This order would get"), headers=[], rows=[])
    written = RuleSet(
        programme_id=programme.id,
        version=0,
        rate=values["rate"],
        growth_rate=values["growth_rate"],
        tier_multiplier=values["tier_multiplier"],
        from_at=now,
        rules=_goods_rules(values["line_multipliers"]),
    )
    # Each multiplier of goods takes its turn on the first line, so that it can be seen.
    goods = [("", ""), *((name, name) for name in values["line_multipliers"])]
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
