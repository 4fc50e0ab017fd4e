"""The screen of earn rules: write a version, see what orders would get, publish it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import clock
from config.kernel.console import Fact, RulesAdmin, Said, Table, when
from config.kernel.money import minor_digits
from loyalty.earning import models, rulesets, selectors, services
from loyalty.earning.admin import cells, facts, rows, trials
from loyalty.earning.admin.form import RulesForm
from loyalty.earning.errors import RulesNotFoundError
from loyalty.earning.types import RulesDraft, RuleSet
from members.programmes import selectors as programmes_selectors
from members.programmes.types import Programme


@admin.register(models.EarnRuleVersion)
class EarnRuleVersionAdmin(RulesAdmin):
    """Earn rules as versions."""

    editor = RulesForm
    summary = ("rate", "growth_rate", "tier_multiplier", "rows", "starts")
    publishing = gettext_lazy(
        "Orders placed from then on earn by it. What was earned stays as it is."
    )

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("rules", "behaviors")

    @admin.display(description=gettext_lazy("points"))
    def rate(self, obj: models.EarnRuleVersion) -> str:
        return _per_unit(obj.programme_id, rulesets.of_row(obj).rate)

    @admin.display(description=gettext_lazy("growth"))
    def growth_rate(self, obj: models.EarnRuleVersion) -> str:
        return _per_unit(obj.programme_id, rulesets.of_row(obj).growth_rate)

    @admin.display(description=gettext_lazy("rules"))
    def rows(self, obj: models.EarnRuleVersion) -> int:
        return len(obj.rules.all())

    @admin.display(description=gettext_lazy("in force from"), ordering="from_at")
    def starts(self, obj: models.EarnRuleVersion) -> str:
        return when(obj.from_at) if obj.from_at else _("When it is published")

    def editing(self, version: models.EarnRuleVersion) -> dict[str, Any]:
        return {"programme": _programme(version)}

    def opened(self, version: models.EarnRuleVersion) -> dict[str, Any]:
        programme, rules = _programme(version), rulesets.of_row(version)
        unit = 10 ** minor_digits(programme.currency)
        return {
            "rate": str(rules.rate * unit),
            "growth_rate": str(rules.growth_rate * unit),
            "tier_multiplier": rules.tier_multiplier,
            "rules": [
                rows.open_rule(rule, currency=programme.currency, zone=programme.zone)
                for rule in rules.rules
            ],
            "caps": [{"period": period, "points": str(cap)} for period, cap in rules.caps.items()],
            "behaviors": [rows.open_behavior(rule) for rule in rules.behaviors.values()],
            "from_at": cells.local(version.from_at, programme.zone)
            if version.state == models.EarnRuleVersion.State.DRAFT
            else "",
        }

    def drafted(self, values: Mapping[str, Any], version: models.EarnRuleVersion) -> RulesDraft:
        unit = 10 ** minor_digits(_programme(version).currency)
        return RulesDraft(
            rate=values["rate"] / unit,
            growth_rate=values["growth_rate"] / unit,
            tier_multiplier=values["tier_multiplier"],
            from_at=values["from_at"],
            rules=[row["rule"] for row in values["rules"]],
            caps=values["caps"],
            behaviors=[row["behavior"] for row in values["behaviors"]],
        )

    def kept(self, version: models.EarnRuleVersion) -> RulesDraft:
        return services.draft_of(rules=rulesets.of_row(version))

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

    def state_of(self, obj: models.EarnRuleVersion) -> tuple[str, str]:
        if obj.published_at is not None and obj.from_at and obj.from_at > clock.now():
            return "draft", _("From %(moment)s") % {"moment": when(obj.from_at)}
        return super().state_of(obj)

    def facts(self, version: models.EarnRuleVersion) -> Sequence[Fact]:
        return list(facts.facts_of(rulesets.of_row(version), _programme(version)))

    def warnings(self, version: models.EarnRuleVersion) -> Sequence[str]:
        return services.warn_of_rules(rules=rulesets.of_row(version), now=clock.now())

    def preview(self, values: dict[str, Any], version: models.EarnRuleVersion) -> Sequence[Table]:
        programme, now = _programme(version), clock.now()
        draft = self.drafted(values, version)
        written = services.as_rules(programme_id=programme.id, draft=draft, now=now)
        typed = {
            **values,
            "cart": rows.cart_lines(values["cart"], currency=programme.currency),
        }
        return trials.of_form(programme, written, typed, now)

    def effects(self, version: models.EarnRuleVersion) -> Sequence[Table]:
        written: RuleSet = rulesets.of_row(version)
        return trials.of_version(_programme(version), written, clock.now())


def _programme(version: models.EarnRuleVersion) -> Programme:
    return programmes_selectors.get_programme(version.programme_id)


def _per_unit(programme_id: int, rate: Any) -> str:
    programme = programmes_selectors.get_programme(programme_id)
    return _("%(number)s for 1 %(currency)s") % {
        "number": rate * 10 ** minor_digits(programme.currency),
        "currency": programme.currency,
    }
