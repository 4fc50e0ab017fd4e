"""Console: earn rules as versions, drafted, compared and published."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
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
from loyalty.earning import models, services
from loyalty.earning.types import RulesDraft
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
        "line_multipliers",
        "from_at",
        "drafted_by",
        "drafted_at",
        "published_by",
        "published_at",
        "reason",
    )
    readonly_fields = fields
    actions_detail = ("draft", "publish")

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
                    f"{name} = {value}" for name, value in base.line_multipliers.items()
                ),
            },
            act=act,
            done=reverse("admin:earning_earnruleversion_changelist"),
            button=_("Keep as a draft"),
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

    def tables(self, request: HttpRequest, obj: models.EarnRuleVersion) -> list[Table]:
        if obj.state != models.EarnRuleVersion.State.DRAFT:
            return []
        changes = services.compare_rules(
            programme_id=obj.programme_id, version=obj.version, now=clock.now()
        )
        return [
            Table(
                title=_("What it would change"),
                headers=[_("Field"), _("In force"), _("Drafted")],
                rows=[[name, before, after] for name, (before, after) in changes.items()],
                empty=_("Nothing: it equals the rules in force."),
            )
        ]
